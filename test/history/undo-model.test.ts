import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { logIntent, logOutcome, type Move } from "../../lib/history/operation-log.ts";
import { moveRefs, type Mover } from "../../lib/history/operations.ts";
import { redoOperation, undoOperation } from "../../lib/history/undo.ts";
import { VibesafeUsageError } from "../../lib/errors.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { readReflog } from "../../lib/store/reflog.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs, readRef } from "../../lib/store/refs.ts";
import type { Store } from "../../lib/store/store.ts";
import { git, gitFsck, newStore, WHO, writeSave } from "../store/git.ts";

const REFS = ["refs/units/a/f", "refs/units/a/g", "refs/tags/v"] as const;
const CANDIDATE = "refs/candidates/a/f";
const MOVER: Mover = { who: WHO, command: "vibe test" };

type State = Readonly<Record<string, CommitId | null>>;

type Step =
  | { readonly kind: "move" | "crash before" | "crash after"; readonly to: readonly (number | null | undefined)[] }
  | { readonly kind: "undo" }
  | { readonly kind: "redo" }
  | { readonly kind: "compile"; readonly to: number };

const targets = fc.array(fc.option(fc.option(fc.nat(3), { nil: null }), { nil: undefined }), { minLength: 3, maxLength: 3 });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("move" as const), to: targets }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("crash before" as const, "crash after" as const), to: targets }) },
  { weight: 4, arbitrary: fc.constantFrom<Step>({ kind: "undo" }, { kind: "redo" }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("compile" as const), to: fc.nat(3) }) },
);

function stateOf(store: Store): State {
  return Object.fromEntries(REFS.map((ref) => [ref, readRef(store, ref) ?? null]));
}

test("any sequence of operations, undo and redo leaves the refs where two stacks of states say, and no save is lost", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
      const cleanUps: (() => void)[] = [];
      try {
        const store = newStore({ after: (cleanUp) => void cleanUps.push(cleanUp) });
        const commits = ["one", "two", "three", "four"].map((text) => writeSave(store, text));
        const everHeld = new Set<CommitId>();
        let state = stateOf(store);
        let [past, future]: [State[], State[]] = [[], []];
        for (const action of steps) {
          if (action.kind === "compile") {
            updateRefs(store, [{ name: CANDIDATE, to: commits[action.to] ?? null }], { who: WHO, message: "compile" });
          } else if (action.kind === "undo" || action.kind === "redo") {
            const [from, to] = action.kind === "undo" ? [past, future] : [future, past];
            const reverse = (): unknown => (action.kind === "undo" ? undoOperation : redoOperation)(store, MOVER);
            const before = from.pop();
            if (before === undefined) assert.throws(reverse, VibesafeUsageError);
            else {
              reverse();
              to.push(state);
              state = before;
            }
          } else {
            const next: State = { ...state, ...Object.fromEntries(action.to.flatMap((target, i) => (target === undefined ? [] : [[REFS[i], target === null ? null : commits[target]]]))) };
            const moves = REFS.map((ref): Move => ({ ref, from: state[ref] ?? null, to: next[ref] ?? null })).filter(({ from, to }) => from !== to);
            const operation = { id: `${Math.random()}`, kind: "operation" as const, ...MOVER, moves };
            const updates = moves.map(({ ref, from, to }) => ({ name: ref, expected: from, to }));
            if (action.kind === "move") moveRefs(store, updates, MOVER);
            else if (moves.length > 0) {
              // As a process leaves it that dies before the refs move, or just after.
              logIntent(store, operation);
              if (action.kind === "crash after") updateRefs(store, updates, { who: WHO, message: "moved" });
            }
            if (action.kind !== "crash before" && moves.length > 0) {
              past.push(state);
              future = [];
              state = next;
            }
          }
          assert.deepEqual(stateOf(store), state, `${action.kind} of ${JSON.stringify(steps)}`);
          for (const { name, id } of listRefs(store)) if (name !== CANDIDATE) everHeld.add(id);
        }
        const logged = new Set(REFS.flatMap((ref) => readReflog(store, ref).map(({ to }) => to)));
        for (const id of everHeld) assert.ok(logged.has(id), "what a ref ever held is in its reflog");
      } finally {
        for (const cleanUp of cleanUps) cleanUp();
      }
    }),
    { numRuns: 25 },
  );
});

test("undo refuses what something else moved since, and says which ref holds what", (t) => {
  const store = newStore(t);
  const [one, two, three] = ["one", "two", "three"].map((text) => writeSave(store, text));
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  moveRefs(store, [{ name: REFS[0], to: one }, { name: REFS[1], to: one }], { ...MOVER, command: "vibe save" });
  updateRefs(store, [{ name: REFS[1], to: two }], { who: WHO, message: "by hand" });
  assert.throws(() => undoOperation(store, MOVER), (error: Error) => error instanceof VibesafeUsageError && error.message.includes("cannot undo `vibe save`") && error.message.includes(REFS[1]) && error.message.includes(two.slice(0, 16)));
  assert.equal(readRef(store, REFS[0]), one, "none moved");
  updateRefs(store, [{ name: REFS[1], to: one }], { who: WHO, message: "back by hand" });
  undoOperation(store, MOVER);
  assert.deepEqual(listRefs(store), []);
  assert.throws(() => undoOperation(store, MOVER), /nothing to undo/);
});

test("undo of a save gives its candidate back, unless another was compiled since", (t) => {
  const store = newStore(t);
  const [save, candidate, other] = ["save", "candidate", "other"].map((text) => writeSave(store, text));
  assert.ok(save !== undefined && candidate !== undefined && other !== undefined);
  const compile = (to: CommitId): void => updateRefs(store, [{ name: CANDIDATE, to }], { who: WHO, message: "compile" });
  const saveIt = (): void => void moveRefs(store, [{ name: REFS[0], expected: null, to: save }, { name: CANDIDATE, to: null }], MOVER);
  compile(candidate);
  saveIt();
  undoOperation(store, MOVER);
  assert.equal(readRef(store, CANDIDATE), candidate);
  redoOperation(store, MOVER);
  assert.equal(readRef(store, CANDIDATE), undefined);
  compile(other);
  undoOperation(store, MOVER);
  assert.equal(readRef(store, CANDIDATE), other);
  assert.equal(readRef(store, REFS[0]), undefined);
});

test("an operation that fails leaves nothing to undo; a move that changes nothing is none", (t) => {
  const store = newStore(t);
  const [one, two] = ["one", "two"].map((text) => writeSave(store, text));
  assert.ok(one !== undefined && two !== undefined);
  moveRefs(store, [{ name: REFS[0], to: one }], MOVER);
  assert.throws(() => moveRefs(store, [{ name: REFS[0], expected: two, to: one }, { name: REFS[1], to: two }], MOVER), /expected/);
  assert.equal(moveRefs(store, [{ name: REFS[0], expected: one, to: one }], MOVER), undefined);
  assert.throws(() => moveRefs(store, [{ name: REFS[0], expected: two, to: two }], MOVER), /expected/);
  undoOperation(store, MOVER);
  assert.throws(() => undoOperation(store, MOVER), /nothing to undo/);
  assert.equal(readRef(store, REFS[0]), undefined);
});

test("lines that a dying process cut short, and those of a newer vibesafe, spoil no other; git leaves the file alone", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  moveRefs(store, [{ name: REFS[0], to: one }], MOVER);
  const path = `${store.dir}/logs/.operations`;
  appendFileSync(path, '\n{"format":1,"id":"x","kind":"oper');
  logOutcome(store, "nobody", "done");
  appendFileSync(path, '\n{"format":9,"id":"y","kind":"leap"}\n');
  const before = readFileSync(path, "utf8");
  git(store.dir, ["reflog", "expire", "--all", "--expire=now"]);
  git(store.dir, ["gc", "-q"]);
  assert.equal(readFileSync(path, "utf8"), before);
  assert.equal(gitFsck(store.dir), "");
  undoOperation(store, MOVER);
  assert.equal(readRef(store, REFS[0]), undefined);
});
