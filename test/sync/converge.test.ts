import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import type { Store } from "../../lib/store/store.ts";
import { pullRemote } from "../../lib/sync/pull.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { ownRefs } from "../../lib/sync/shared-refs.ts";
import { gitFsck, gitText } from "../store/git.ts";
import { buildWorkers, runWorker } from "../store/workers.ts";
import { contextOf, FORMATS, identitiesOf, newHost, newPeer, person, reopened } from "./pair.ts";

/** Histories that are tried; each is some twenty processes. */
const RUNS = Number(process.env["VIBESAFE_RUNS"] ?? 1);

const workers = buildWorkers(["../../sync/workers/peer"]);

interface Step {
  readonly who: 0 | 1;
  readonly words: readonly string[];
  /** Before which of its system calls the process is killed, as a share of some hundred; none where it is beyond. */
  readonly killAt: number;
}

const who = fc.constantFrom<0 | 1>(0, 1);
// Most processes come through: a history in which everybody dies at once shows nothing.
const killAt = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 1, max: 120 }) });
const words = fc.oneof(
  fc.tuple(fc.constant("save"), fc.constantFrom("src.m/f", "src.m/g"), fc.constantFrom("x", "y", "z")),
  fc.tuple(fc.constant("pull"), fc.constantFrom("none", "ours", "theirs", "newest")),
  fc.tuple(fc.constant("push")),
);
const histories: fc.Arbitrary<Step[]> = fc.array(fc.record({ who, words, killAt }), RUNS === 1 ? { minLength: 9, maxLength: 11 } : { minLength: 14, maxLength: 20 });

const NAMES = ["Ada", "Bob"];

async function play(t: Pick<TestContext, "after">, format: (typeof FORMATS)[number], steps: readonly Step[]): Promise<number> {
  const host = newHost(t, format);
  const peers = [newPeer(t, host), newPeer(t, host)];
  const saved: { store: Store; id: string }[] = [];
  let kills = 0;
  for (const [index, step] of steps.entries()) {
    const store = peers[step.who];
    if (store === undefined) continue;
    const { status, lines } = runWorker(workers, "peer", [join(store.dir, ".."), String(step.killAt), NAMES[step.who] ?? "", String(1_700_000_000 + index), ...step.words]);
    if (status === null) kills += 1;
    else assert.equal(status, 0, `step ${index}: ${step.words.join(" ")}`);
    // What was acknowledged is there for good, whatever its process died of.
    if (step.words[0] === "save" && lines[0] !== undefined && /^[0-9a-f]{64}$/.test(lines[0])) saved.push({ store, id: lines[0] });
  }
  const settle = async (index: number): Promise<string> => {
    const store = reopened(peers[index] as Store);
    const person_ = person(NAMES[index] ?? "", 1_700_001_000);
    await pullRemote(contextOf(store, person_), { choice: "newest", identities: identitiesOf(person_) });
    const { refs } = await pushRemote(contextOf(store, person_));
    assert.deepEqual(refs.filter(({ status }) => status === "rejected"), []);
    return JSON.stringify([...ownRefs(store)]);
  };
  let states: string[] = [];
  for (let round = 0; round < 3; round += 1) states = [await settle(0), await settle(1)];
  assert.equal(states[0], states[1], "both hold the same in the end");
  for (const { store, id } of saved) {
    const reachable = gitText(store.dir, ["rev-list", "--all", "--reflog"]).split("\n");
    assert.ok(reachable.includes(id), `${id} of ${store.dir} is not reachable any more`);
  }
  assert.deepEqual([...peers.map(({ dir }) => dir), host].map(gitFsck), ["", "", ""]);
  return kills;
}

test("two people who save, pull and push in any order, killed at any system call: both hold the same in the end, and no save is unreachable", async (t) => {
  let kills = 0;
  await fc.assert(
    fc.asyncProperty(histories, fc.constantFrom(...FORMATS), async (steps, format) => {
      const cleanUps: (() => void)[] = [];
      try {
        kills += await play({ after: (cleanUp) => void cleanUps.push(cleanUp as () => void) }, format, steps);
      } finally {
        for (const cleanUp of cleanUps) cleanUp();
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  t.diagnostic(`${RUNS} histories, ${kills} kills`);
});
