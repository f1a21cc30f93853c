import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { test } from "node:test";
import { tempDir } from "../temp.ts";
import { gitSays } from "./random-store.ts";
import { IMPORT, project, reply, spec, vibe, write, type Ran } from "./vibe.ts";

const UNITS = ["src.math/double", "src.math/half"] as const;

/** Writes the specs and replies of both units so that the code says which version it is. */
function version(folder: string, n: number): void {
  const code = (name: string, operator: string): string => reply(`export function ${name}(n: number): number {\n  const version = ${n};\n  return version > 0 ? n ${operator} 2 : n;\n}`);
  const doc = (name: string, result: string): string => spec(name, "(n: number): number", [[`${name}(4)`, result], [`${name}(0) + ${n}`, String(n)]]);
  write(folder, {
    "src/math.ts": IMPORT + doc("double", "8") + doc("half", "2"),
    "replies/src.math/double.md": code("double", "*"),
    "replies/src.math/half.md": code("half", "/"),
  });
}

async function run(folder: string, status: number, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, status, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  return ran;
}

function active(folder: string): string[] {
  return UNITS.map((unit) => gitSays(folder, ["rev-parse", "-q", `refs/units/${unit}`]).toString().trim());
}

test("a tag restores every unit in one step; undo and redo go back and forth; nothing is lost", async (t) => {
  const folder = project(t, {});
  await run(folder, 2, "undo");
  version(folder, 1);
  await run(folder, 0, "compile");
  await run(folder, 0, "save", "-m", "one", "--no-harness");
  const first = active(folder);
  const tagged = (await run(folder, 0, "tag", "v1", "-m", "first release", "--json")).json();
  assert.deepEqual(tagged.units, Object.fromEntries(UNITS.map((unit, i) => [unit, first[i]])));
  await run(folder, 2, "tag", "v1");
  await run(folder, 2, "tag", "-x..y");
  await run(folder, 2, "tag", "a..b");
  version(folder, 2);
  await run(folder, 0, "compile");
  await run(folder, 0, "save", "-m", "two", "--no-harness");
  const second = active(folder);
  assert.notDeepEqual(first, second);

  const back = await run(folder, 0, "checkout", "v1");
  assert.match(back.out, /^src\.math\/double [0-9a-f]{12} -> [0-9a-f]{12} one\nsrc\.math\/half [0-9a-f]{12} -> [0-9a-f]{12} one\n$/);
  assert.match(back.err, /production refuses src\.math\/double until its source goes back/);
  assert.deepEqual(active(folder), first);
  assert.match((await run(folder, 0, "checkout", "v1")).out, /2 units active already/);
  assert.match((await run(folder, 0, "undo")).out, /^undid: vibe checkout v1\n {2}src\.math\/double /);
  assert.deepEqual(active(folder), second);
  await run(folder, 0, "checkout", "v1", "--target", "src.math/half");
  assert.deepEqual(active(folder), [second[0], first[1]]);
  await run(folder, 2, "checkout", "v1", "--target", "src.math/none");
  // A tag names a save of each unit: a rollback may go there too.
  await run(folder, 0, "rollback", "--target", "src.math/double", "--to", "v1");
  assert.deepEqual(active(folder), first);
  await run(folder, 0, "undo");
  await run(folder, 0, "checkout", "src.math/half@{1}");
  assert.deepEqual(active(folder), second);
  await run(folder, 2, "checkout");
  await run(folder, 2, "checkout", "src.math/half:checkpoint");
  await run(folder, 2, "checkout", "src.math/half~7");

  assert.match((await run(folder, 0, "undo", "--dry-run")).out, /^would have undone: vibe checkout /);
  for (const command of ["vibe checkout src.math/half@{1}", "vibe checkout v1 --target src.math/half", "vibe save -m two --no-harness", "vibe tag v1 -m 'first release' --json", "vibe save -m one --no-harness"]) {
    assert.equal((await run(folder, 0, "undo")).out.split("\n")[0], `undid: ${command}`);
  }
  await run(folder, 2, "undo");
  assert.equal(gitSays(folder, ["for-each-ref", "refs/units", "refs/tags"]).toString(), "");
  for (let i = 0; i < 5; i++) await run(folder, 0, "redo");
  await run(folder, 2, "redo");
  assert.deepEqual(active(folder), second);
  for (const id of [...first, ...second]) gitSays(folder, ["cat-file", "-e", id]);
  assert.equal(gitSays(folder, ["fsck", "--strict", "--full", "--no-dangling"]).toString(), "");

  const ours = (await run(folder, 0, "reflog", UNITS[1])).out.trim().split("\n");
  const theirs = gitSays(folder, ["log", "-g", "--format=%h@{}: %gs", "--abbrev=12", `refs/units/${UNITS[1]}`]).toString().trim().split("\n");
  // Git lists what a ref was moved to; it has no line for the moment when it was deleted.
  assert.deepEqual(ours.filter((line) => !line.startsWith("(deleted)")).map((line) => line.replace(/ \S+@\{\d+\}: /, "@{}: ")), theirs.filter((line) => !/^0+@/.test(line)));
  assert.match(ours[0] ?? "", /src\.math\/half@\{0\}: vibe redo \(vibe checkout src\.math\/half@\{1\}\)$/);
  assert.equal((await run(folder, 0, "reflog", "--json", "-n", "3")).json().entries.length, 3);
  await run(folder, 2, "reflog", "src.math/none");
});

test("tags are listed and deleted; a fresh clone has them and its history, without logs", async (t) => {
  const folder = project(t, {});
  version(folder, 1);
  await run(folder, 2, "tag", "v0");
  assert.equal((await run(folder, 0, "tag")).out, "");
  await run(folder, 0, "compile");
  await run(folder, 0, "save", "-m", "one", "--no-harness");
  await run(folder, 0, "tag", "v1", "-m", "first");
  await run(folder, 0, "tag", "beta/2");
  assert.match((await run(folder, 0, "tag", "-l")).out, /^beta\/2 {2}[0-9a-f]{12} {2}\d{4}-\d\d-\d\d {2}snapshot: beta\/2\nv1 {6}[0-9a-f]{12} {2}\d{4}-\d\d-\d\d {2}first\n$/);
  assert.equal((await run(folder, 0, "tag", "-l", "v*", "--json")).json().tags.length, 1);
  await run(folder, 2, "tag", "-d", "v1", "v9");
  assert.match((await run(folder, 0, "tag", "-d", "v1", "beta/2")).out, /^Deleted tag v1 \(was [0-9a-f]{12}\)\nDeleted tag beta\/2/);
  await run(folder, 0, "undo");
  await run(folder, 0, "tag", "-f", "v1", "-m", "moved");

  const clone = tempDir(t);
  cpSync(folder, clone, { recursive: true });
  for (const name of ["cache", "tmp", "logs", "refs/candidates", "objects/info"]) rmSync(`${clone}/.vibesafe/${name}`, { recursive: true, force: true });
  assert.match((await run(clone, 0, "log", "--oneline")).out, /src\.math\/double one\n/);
  assert.match((await run(clone, 0, "reflog")).out, /No moves/);
  await run(clone, 2, "undo");
  assert.match((await run(clone, 0, "checkout", "v1")).out, /2 units active already/);
});
