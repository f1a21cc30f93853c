/** `[sync] reuse`: what somebody saved for a spec is taken, verified and judged before a model is asked. */

import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readActive } from "../../lib/spec/status.ts";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { DOUBLE, git, project, REPLAY_CONFIG, reply, vibe, write, type Entry } from "../cli/vibe.ts";
import { save } from "../runtime/project.ts";

const UNIT = parseUnitId("src.math/double");
const CONFIG = `${REPLAY_CONFIG}\n[sync]\nreuse = true\n`;
const WHO = { name: "Ada Lovelace", email: "ada@example.org", seconds: 1_700_000_000, offsetMinutes: 0 };

interface ReusedEntry extends Entry {
  readonly reused?: { readonly from: string; readonly remote: string | null; readonly ref: string; readonly by: { readonly name: string } };
}

async function compile(folder: string, ...flags: string[]): Promise<ReusedEntry> {
  const { out } = await vibe(folder, ["compile", "--json", ...flags]);
  const { results } = JSON.parse(out) as { results: ReusedEntry[] };
  const [result] = results;
  assert.ok(result !== undefined, out);
  return result;
}

/** A project whose provider can answer nothing, with what a colleague saved under the refs of a remote. */
function colleague(t: Parameters<typeof project>[0], from: string): { folder: string; store: Store; commit: string } {
  const folder = project(t, { ...DOUBLE, "vibesafe.toml": CONFIG });
  rmSync(join(folder, "replies"), { recursive: true });
  cpSync(join(from, ".vibesafe"), join(folder, ".vibesafe"), { recursive: true });
  for (const local of ["cache", "logs", "refs/units"]) rmSync(join(folder, ".vibesafe", local), { recursive: true, force: true });
  const theirs = readRef(openStore(join(from, ".vibesafe")), unitRef(UNIT));
  assert.ok(theirs !== undefined);
  const store = openStore(join(folder, ".vibesafe"));
  updateRefs(store, [{ name: `refs/remotes/origin/units/${UNIT}`, to: theirs }], { who: WHO, message: "fetch" });
  return { folder, store, commit: theirs };
}

test("a save under a remote's ref becomes the candidate without a model, and saves as the same checkpoint", async (t) => {
  const first = project(t, DOUBLE);
  const compiled = await compile(first);
  assert.equal((await vibe(first, ["save", "--no-harness"], { env: { GIT_AUTHOR_NAME: "Bob" } })).status, 0);
  const { folder, store, commit } = colleague(t, first);

  write(folder, { "vibesafe.toml": REPLAY_CONFIG });
  assert.equal((await compile(folder)).error?.stage, "provider", "without the setting a model is asked");
  write(folder, { "vibesafe.toml": CONFIG });
  const result = await compile(folder);
  assert.deepEqual([result.status, result.attempts, result.cached, result.checkpointHash], ["compiled", 0, true, compiled.checkpointHash]);
  assert.deepEqual([result.reused?.from, result.reused?.remote, result.reused?.by.name], [commit, "origin", "Bob"]);
  assert.equal((await vibe(folder, ["save", "--no-harness"])).status, 0);
  const active = readActive(store, UNIT);
  assert.equal(active?.checkpointHash, compiled.checkpointHash);
  assert.deepEqual(active?.provenance.reused, { from: commit, by: "Bob <ada@example.org>" });
  git(folder, "fsck", "--strict", "--full", "--no-dangling");
  assert.equal((await vibe(folder, ["fsck"])).status, 0);
  assert.equal((await compile(folder, "--force")).error?.stage, "provider", "--force asks anew");
});

test("history counts: going back to an earlier spec costs nothing", async (t) => {
  const folder = project(t, { ...DOUBLE, "vibesafe.toml": CONFIG });
  const before = await compile(folder);
  await vibe(folder, ["save", "--no-harness"]);
  const source = readFileSync(join(folder, "src/math.ts"), "utf8");
  write(folder, { "src/math.ts": source.replace("What double does.", "Twice a number.") });
  assert.equal((await compile(folder)).attempts, 1);
  await vibe(folder, ["save", "--no-harness"]);
  write(folder, { "src/math.ts": source });
  rmSync(join(folder, "replies"), { recursive: true });
  rmSync(join(folder, ".vibesafe/cache"), { recursive: true });
  const again = await compile(folder);
  assert.deepEqual([again.status, again.reused?.remote, again.checkpointHash], ["compiled", null, before.checkpointHash]);
});

test("nobody's gates are trusted, and damaged or forbidden code is passed over for a model", async (t) => {
  const first = project(t, { ...DOUBLE, "vibesafe.toml": CONFIG });
  // Says that its gates passed; they would not.
  await save(first, "src/math.ts", "double", "export function double(n: number): number {\n  return n * 3;\n}\n");
  const wrong = colleague(t, first);
  assert.equal((await compile(wrong.folder)).error?.stage, "provider");
  write(wrong.folder, { [`replies/${UNIT}.md`]: reply("export function double(n: number): number {\n  return 2 * n;\n}") });
  const asked = await compile(wrong.folder);
  assert.deepEqual([asked.status, asked.attempts, asked.reused], ["compiled", 1, undefined]);

  await save(first, "src/math.ts", "double", "export function double(n: number): number {\n  return process.argv.length > 0 ? n * 2 : 0;\n}\n");
  assert.equal((await compile(colleague(t, first).folder)).error?.stage, "provider", "the policy here forbids it");

  await save(first, "src/math.ts", "double", "export function double(n: number): number {\n  return n + n;\n}\n");
  const damaged = colleague(t, first);
  const id = git(damaged.folder, "rev-parse", `${damaged.commit}:checkpoint/impl.ts`).trim();
  rmSync(join(damaged.folder, ".vibesafe/objects", id.slice(0, 2), id.slice(2)));
  assert.equal((await compile(damaged.folder)).error?.stage, "provider");
});
