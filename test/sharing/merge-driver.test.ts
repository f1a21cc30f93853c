/** Two branches of a project saved, and the real git merges, rebases and picks them. */

import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import { read, vibe, write } from "../cli/vibe.ts";
import { runProgram } from "../runtime/project.ts";
import { activeOf, copyOf, git, isWhole, must, repository, saveAs, step } from "./repository.ts";

// The branches are made once; each test works on a copy.
const cleanUps: (() => void)[] = [];
let first = "";
before(async () => {
  first = await repository({ after: (work) => void cleanUps.push(work) });
  must(first, "checkout", "-q", "-b", "bob");
  await saveAs(first, "Bob", "double", "n * 2", 2_000_000_000);
  must(first, "checkout", "-q", "-b", "bob-triple", "main");
  await saveAs(first, "Bob", "triple", "n * 3", 2_000_000_000);
  must(first, "checkout", "-q", "-b", "bob-later", "bob");
  await saveAs(first, "Bob", "double", "0 + n * 2", 2_000_000_100);
  must(first, "checkout", "-q", "-b", "twin", "main");
  await saveAs(first, "Cyd", "double", "n * 2", 1_900_000_000);
  must(first, "checkout", "-q", "-b", "ada", "main");
  await saveAs(first, "Ada", "double", "n + n", 1_950_000_000);
});
after(() => {
  for (const work of cleanUps) work();
});

const UNIT = "src.math/double";
const REF = `.vibesafe/refs/units/${UNIT}`;

const copy = (t: Parameters<typeof copyOf>[0], branch: string): string => copyOf(t, first, branch);

function parentsOf(folder: string, id: string): string[] {
  return must(folder, "--git-dir=.vibesafe", "show", "-s", "--format=%P", id).split(" ");
}

test("saves of different units, and one save upon another, merge by themselves", async (t) => {
  const folder = copy(t, "ada");
  must(folder, "merge", "-q", "-m", "m", "bob-triple");
  isWhole(folder);
  const bob = copy(t, "bob-later");
  const later = activeOf(bob, "double");
  // The same file changed on both sides, one save upon the other: git alone would call it a conflict.
  must(bob, "checkout", "-q", "-b", "side", "main");
  must(bob, "checkout", "-q", "bob", "--", ".vibesafe");
  must(bob, "commit", "-q", "-m", "the same save, committed elsewhere");
  must(bob, "merge", "-q", "-m", "m", "bob-later");
  assert.equal(activeOf(bob, "double"), later);
  isWhole(bob);
});

test("the same checkpoint saved by two people is no conflict, and both merge to the same save", async (t) => {
  const mine = copy(t, "bob");
  const theirs = copy(t, "twin");
  const [bob, twin] = [activeOf(mine, "double"), activeOf(theirs, "double")];
  must(mine, "merge", "-q", "-m", "m", "twin");
  must(theirs, "merge", "-q", "-m", "m", "bob");
  assert.equal(activeOf(mine, "double"), twin, "the earlier one");
  assert.equal(activeOf(theirs, "double"), twin);
  isWhole(mine);
  // No hook is installed: the next command keeps what gave way, wherever it was.
  for (const folder of [mine, theirs]) {
    await step(folder, "gc", "--prune=now");
    assert.ok(must(folder, "--git-dir=.vibesafe", "rev-list", "--all", "--reflog").split("\n").includes(bob));
    const entries = (await step(folder, "reflog", UNIT)).out;
    await step(folder, "status");
    assert.equal((await step(folder, "reflog", UNIT)).out, entries, "once");
    isWhole(folder);
  }
});

test("a merge that is given up leaves no line of what never came in", async (t) => {
  const folder = copy(t, "bob");
  must(folder, "merge", "-q", "--no-commit", "--no-ff", "twin");
  must(folder, "merge", "--abort");
  await step(folder, "gc");
  isWhole(folder);
  must(folder, "--git-dir=.vibesafe", "fsck", "--strict", "--full");
  assert.doesNotMatch((await step(folder, "reflog", UNIT)).out, /git merge/);
});

test("different checkpoints are a conflict that names both saves, and that production refuses", async (t) => {
  const folder = copy(t, "ada");
  const [ours, theirs] = [activeOf(folder, "double"), must(folder, "show", `bob:${REF}`)];
  const merged = git(folder, "merge", "-q", "bob");
  assert.equal(merged.status, 1);
  assert.match(merged.out, /Ada <ada@example.org>, 2031-10-17T10:40:00/);
  assert.match(merged.out, /vibe merge --ours \| --theirs \| --newest --target src.math\/double/);
  const text = read(folder, REF);
  assert.ok(text.includes(ours) && text.includes(theirs), text);
  assert.match(must(folder, "status", "--porcelain", "--", REF), /^UU /);

  const status = await vibe(folder, ["status"]);
  assert.equal(status.status, 4);
  assert.match(status.err, /merge conflict.*\n.*vibe merge --ours/);
  write(folder, { "main.ts": 'import { double } from "./src/math.ts";\nconsole.log(double(21));\n' });
  const { status: prod, stderr } = runProgram(folder, "main.ts", { VIBESAFE_ENV: "prod" });
  assert.notEqual(prod, 0);
  assert.match(stderr, /VibesafeStoreError: .*merge conflict/);

  const seen = await vibe(folder, ["merge"]);
  assert.equal(seen.status, 1);
  assert.match(seen.out, /-  return n \+ n;\n\+  return n \* 2;/);
  assert.equal(read(folder, REF), text, "nothing moves without a choice");

  await step(folder, "merge", "--theirs", "--target", UNIT);
  const now = activeOf(folder, "double");
  assert.deepEqual(parentsOf(folder, now), [theirs, ours]);
  must(folder, "commit", "-q", "-m", "merged");
  assert.equal(must(folder, "status", "--porcelain", "--", ".vibesafe"), "");
  isWhole(folder);
  await step(folder, "fsck");
  const { stdout } = runProgram(folder, "main.ts", { VIBESAFE_ENV: "prod" });
  assert.equal(stdout.trim(), "42");
  // A fresh clone has all of it.
  must(folder, "clone", "-q", ".", "clone");
  assert.equal(activeOf(join(folder, "clone"), "double"), now);
  await step(folder, "undo");
  assert.equal(activeOf(folder, "double"), ours);
});

test("--ours and --newest keep both saves as well", async (t) => {
  for (const [flag, branch] of [["--ours", "ada"], ["--newest", "bob"]] as const) {
    const folder = copy(t, "ada");
    const chosen = must(folder, "show", `${branch}:${REF}`);
    assert.equal(git(folder, "merge", "-q", "bob").status, 1);
    const { merged } = JSON.parse((await step(folder, "merge", flag, "--json")).out) as { merged: [{ chosen: string; commit: string; how: string }] };
    assert.deepEqual([merged[0].chosen, merged[0].how], [chosen, "conflict"]);
    assert.equal(parentsOf(folder, merged[0].commit)[0], chosen);
    must(folder, "commit", "-q", "-m", "merged");
    isWhole(folder);
  }
});

test("a rollback against a later save is a conflict: who went back meant it", async (t) => {
  const folder = copy(t, "bob");
  await step(folder, "rollback", UNIT);
  must(folder, "commit", "-qam", "back");
  must(folder, "checkout", "-q", "-b", "third", "bob~1");
  must(folder, "merge", "-q", "bob-later");
  must(folder, "checkout", "-q", "bob");
  assert.equal(git(folder, "merge", "-q", "third").status, 1);
  assert.match(read(folder, REF), /^<<<<<<< ours\n[0-9a-f]{64}\n\|{7} base\n/);
});

test("rebase and cherry-pick take the same ways", async (t) => {
  const folder = copy(t, "ada");
  // The other side's objects are in no working tree yet, and no MERGE_HEAD tells of it.
  assert.equal(git(folder, "rebase", "-q", "bob").status, 1);
  assert.match(read(folder, REF), /# ours {3}[0-9a-f]{12} Bob .*\n# theirs [0-9a-f]{12} Ada /);
  await step(folder, "merge", "--theirs");
  must(folder, "rebase", "--continue");
  isWhole(folder);

  const picked = copy(t, "twin");
  const twin = activeOf(picked, "double");
  git(picked, "cherry-pick", "bob");
  assert.equal(activeOf(picked, "double"), twin);
  git(picked, "cherry-pick", "--skip");
  assert.equal(git(picked, "cherry-pick", "ada").status, 1);
  assert.match(read(picked, REF), /Cyd.*\n# theirs [0-9a-f]{12} Ada/);
  await step(picked, "merge", "--newest");
  must(picked, "cherry-pick", "--continue");
  isWhole(picked);
});

test("packed objects, and one object deflated in two ways, do not stand in the way", async (t) => {
  const folder = copy(t, "bob");
  must(folder, "--git-dir=.vibesafe", "-c", "core.compression=9", "repack", "-adfq");
  must(folder, "--git-dir=.vibesafe", "prune-packed");
  must(folder, "add", "-A", ".vibesafe");
  must(folder, "commit", "-q", "-m", "packed");
  must(folder, "checkout", "-q", "ada");
  const merged = git(folder, "merge", "-q", "bob");
  assert.match(merged.out, /theirs [0-9a-f]{12} Bob /);
  await step(folder, "merge", "--ours");
  must(folder, "commit", "-q", "-m", "merged");
  isWhole(folder);

  const twin = copy(t, "twin");
  const id = must(twin, "--git-dir=.vibesafe", "rev-parse", `refs/units/${UNIT}:checkpoint/impl.ts`);
  const path = join(twin, ".vibesafe", "objects", id.slice(0, 2), id.slice(2));
  const other = deflateSync(inflateSync(readFileSync(path)), { level: 9, memLevel: 1 });
  assert.notDeepEqual(other, readFileSync(path));
  chmodSync(path, 0o644);
  writeFileSync(path, other);
  must(twin, "commit", "-qam", "deflated by another zlib");
  must(twin, "merge", "-q", "-m", "m", "bob");
  isWhole(twin);
});

test("packed refs are merged name by name, and a ref that one side packed and the other moved is settled", async (t) => {
  const pack = (folder: string): void => {
    must(folder, "--git-dir=.vibesafe", "pack-refs", "--all");
    must(folder, "add", "-A", ".vibesafe");
    must(folder, "commit", "-q", "-m", "packed");
  };
  // Both sides packed: one file in place of all, which text merges cannot take apart.
  const folder = copy(t, "bob-triple");
  const triple = activeOf(folder, "triple");
  pack(folder);
  must(folder, "checkout", "-q", "ada");
  const double = activeOf(folder, "double");
  pack(folder);
  must(folder, "merge", "-q", "-m", "m", "bob-triple");
  assert.deepEqual([activeOf(folder, "double"), activeOf(folder, "triple")], [double, triple]);
  isWhole(folder);

  const clash = copy(t, "bob");
  const bob = activeOf(clash, "double");
  pack(clash);
  must(clash, "checkout", "-q", "ada");
  pack(clash);
  assert.equal(git(clash, "merge", "-q", "bob").status, 1);
  const refused = await vibe(clash, ["status"]);
  assert.match(refused.err, /packed-refs holds a merge conflict that nobody settled\n.*vibe merge/);
  assert.equal((await vibe(clash, ["merge"])).status, 1);
  await step(clash, "merge", "--theirs");
  assert.deepEqual(parentsOf(clash, activeOf(clash, "double")), [bob, double]);
  must(clash, "commit", "-q", "-m", "merged");
  isWhole(clash);

  const mixed = copy(t, "ada");
  pack(mixed);
  assert.equal(git(mixed, "merge", "-q", "bob").status, 1);
  assert.match(must(mixed, "status", "--porcelain", "--", REF), /^DU /);
  const shown = JSON.parse((await vibe(mixed, ["merge", "--json"])).out) as { conflicts: [{ ours: { id: string }; theirs: { id: string } }] };
  assert.deepEqual([shown.conflicts[0].ours.id, shown.conflicts[0].theirs.id], [double, bob], "what is packed is ours all the same");
  await step(mixed, "merge", "--ours");
  assert.deepEqual(parentsOf(mixed, activeOf(mixed, "double")), [double, bob]);
  must(mixed, "commit", "-q", "-m", "merged");
  isWhole(mixed);
});
