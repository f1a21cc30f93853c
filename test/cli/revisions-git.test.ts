import assert from "node:assert/strict";
import { test } from "node:test";
import { readReflog } from "../../lib/store/reflog.ts";
import { gitSays, onHistories, same } from "./random-store.ts";
import { vibe } from "./vibe.ts";

const SUFFIXES = ["", "^0", "^", "~1", "~2", "^2", "^2~1", "^^{}", "^{}", "^{tree}", "^{commit}", "^{tag}", "^{object}", ":", ":b", ":b/impl.ts", ":impl.ts", "~1:impl.ts", ":b:"];

test("every spelling of a revision leads where git says it leads, and where git finds nothing, nothing is found", async () => {
  await onHistories(4, async (folder, { store, commits, objects }) => {
    const refs = refsOf(folder);
    const bases = [...refs, ...refs.map((ref) => ref.replace(/^refs\//, "")), ...refs.map((ref) => ref.replace(/^refs\/tags\//, "")), ...commits, ...objects.map((id) => id.slice(0, 12))];
    const names = bases.flatMap((base) => SUFFIXES.map((suffix) => base + suffix));
    // A selector beyond the log's end is where git gives up, so only those that lead somewhere.
    const moves = refs.flatMap((ref) => readReflog(store, ref).flatMap((_, index) => [`${ref}@{${index}}`, `${ref}@{${index}}~1`, `${ref}@{${index}}^{tree}`]));
    await same(folder, ["cat-file", "--batch-check"], `${[...names, ...moves].join("\n")}\n`);
  });
});

test("rev-parse prints what git prints", async () => {
  await onHistories(2, async (folder, { commits }) => {
    const refs = refsOf(folder);
    await same(folder, ["rev-parse", "--short", commits[0] ?? ""]);
    await same(folder, ["rev-parse", "--short=10", refs[0] ?? ""]);
    await same(folder, ["rev-parse", ...refs, "f".repeat(64)]);
    await same(folder, ["rev-parse", "--verify", refs[0] ?? ""]);
    await same(folder, ["rev-parse", `${refs[0]}..${refs.at(-1)}`, `^${refs[0]}`]);
    assert.deepEqual((await vibe(folder, ["rev-parse", "--verify", "-q", "nowhere"])).status, 1);
    // Of one name in two places the short form says which.
    for (const ref of ["refs/heads/main", "refs/heads/v0", "refs/tags/main", "refs/heads/own"]) gitSays(folder, ["update-ref", ref, commits[0] ?? ""]);
    for (const flags of [["--all"], ["--branches"], ["--tags"], ["--abbrev-ref", "--all"], ["--symbolic-full-name", "--all"], ["--abbrev-ref", "HEAD", "own", "heads/v0", commits[0] ?? ""], ["--symbolic-full-name", "own", "own~0", "^own"], ["--short=9", "--verify", "own"], ["--verify", "--abbrev-ref", "own"]]) await same(folder, ["rev-parse", ...flags]);
  });
});

function refsOf(folder: string): string[] {
  return gitSays(folder, ["for-each-ref", "--format=%(refname)"]).toString("utf8").trim().split("\n");
}
