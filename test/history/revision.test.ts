import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { resolveRevision } from "../../lib/history/revision.ts";
import { candidateRef, parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { formatCommit, type Identity } from "../../lib/store/commit.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { initStore } from "../../lib/store/init.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import type { Store } from "../../lib/store/store.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";

const WHO: Identity = { name: "Ada", email: "ada@example.org", seconds: 1_700_000_000, offsetMinutes: 0 };
const UNIT = parseUnitId("src.math/double");

function commit(store: Store, message: string, ...parents: CommitId[]): CommitId {
  const tree = writeObject(store, "tree", new Uint8Array());
  return writeObject(store, "commit", formatCommit({ tree, parents, author: WHO, committer: WHO, message: `${message}\n` }));
}

/** Three saves of a unit, then a rollback by two, and a candidate that is a merge. */
function history(t: Parameters<typeof tempDir>[0]): { store: Store; one: CommitId; two: CommitId; three: CommitId; candidate: CommitId } {
  const store = initStore(tempDir(t));
  const one = commit(store, "one");
  const two = commit(store, "two", one);
  const three = commit(store, "three", two);
  const candidate = commit(store, "candidate", one, three);
  for (const to of [one, two, three, one]) updateRefs(store, [{ name: unitRef(UNIT), to }], { who: WHO, message: "move" });
  updateRefs(store, [{ name: candidateRef(UNIT), to: candidate }], { who: WHO, message: "compile" });
  return { store, one, two, three, candidate };
}

test("the ways to name a save lead where git says they lead", (t) => {
  const { store, one, two, three, candidate } = history(t);
  const git = (revision: string): string => execFileSync("git", ["--git-dir", store.dir, "rev-parse", "--verify", revision], { encoding: "utf8" }).trim();
  const ref = unitRef(UNIT);
  const cases = [
    [UNIT, ref, one],
    [`${UNIT}@{0}`, `${ref}@{0}`, one],
    [`${UNIT}@{1}`, `${ref}@{1}`, three],
    [`${UNIT}@{1}~1`, `${ref}@{1}~1`, two],
    [`${UNIT}@{1}^^`, `${ref}@{1}^^`, one],
    [`${UNIT}@{1}~0^0`, `${ref}@{1}~0^0`, three],
    [`${UNIT}@{3}`, `${ref}@{3}`, one],
    [three.slice(0, 20), three.slice(0, 20), three],
    [`${three}~2`, `${three}~2`, one],
    [`${UNIT}@{candidate}`, candidateRef(UNIT), candidate],
    [`${UNIT}@{candidate}^2~1`, `${candidateRef(UNIT)}^2~1`, two],
  ] as const;
  for (const [text, theirs, expected] of cases) {
    assert.equal(resolveRevision(store, text), expected, text);
    assert.equal(git(theirs), expected, theirs);
  }
});

test("what names no save, or several, is wrong usage", (t) => {
  const { store, one } = history(t);
  const wrong = ["", "~1", "abc", "xyz", `${UNIT}~1`, `${UNIT}@{4}`, `${UNIT}@{9}`, `${UNIT}@{yesterday}`, `${UNIT}@{candidate}^3`, `${UNIT}@{}`, "src.math/single", "src.math/single@{candidate}", "f".repeat(64), "f".repeat(65)];
  for (const text of wrong) assert.throws(() => resolveRevision(store, text), { code: "USAGE" }, JSON.stringify(text));
  assert.throws(() => resolveRevision(store, "src.math/dubble"), (error: Error & { remedy: string }) => error.remedy.includes(UNIT));
  const tree = execFileSync("git", ["--git-dir", store.dir, "rev-parse", `${one}^{tree}`], { encoding: "utf8" }).trim();
  assert.throws(() => resolveRevision(store, tree), /a tree, not a commit/);
});

test("a short id that several commits share is an error that names them", (t) => {
  const { store } = history(t);
  const seen = new Map<string, CommitId>();
  for (let i = 0; ; i++) {
    const id = commit(store, `number ${i}`);
    const prefix = id.slice(0, 4);
    const other = seen.get(prefix);
    seen.set(prefix, id);
    if (other === undefined) continue;
    const [first = "", second = ""] = [id, other].sort();
    const lines = `ambiguous; the candidates are:\\n {2}${first.slice(0, 16)} commit 2023-11-14 - .*\\n {2}${second.slice(0, 16)} commit 2023-11-14 - `;
    assert.throws(() => resolveRevision(store, prefix), { code: "USAGE", message: new RegExp(lines) });
    assert.equal(resolveRevision(store, id.slice(0, 32)), id);
    return;
  }
});
