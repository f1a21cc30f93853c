import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { graceSeconds } from "../../lib/history/approxidate.ts";
import { tempDir } from "../temp.ts";
import { gitSays, play } from "./random-store.ts";
import { DOUBLE, project, vibe, type Ran } from "./vibe.ts";

async function run(folder: string, status: number, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, status, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  return ran;
}

test("gc packs and prunes, count-objects counts as git does, and undo still finds everything", async (t) => {
  const folder = project(t, {});
  await run(folder, 2, "gc");
  await run(folder, 2, "count-objects");
  play(folder, [0, 1, 2, 3].map((n) => ({ kind: "save", unit: n % 2, files: { b: `${n}` }, later: 1, merge: undefined })));
  await run(folder, 0, "update-ref", "refs/heads/main", "src.math/double");
  await run(folder, 0, "update-ref", "refs/heads/main", "src.math/triple");
  const stray = (await vibe(folder, ["hash-object", "-w", "--stdin"], { input: "stray" })).out.trim();
  const same = async (...argv: string[]): Promise<void> => assert.equal((await run(folder, 0, ...argv)).out, gitSays(folder, argv).toString());
  await same("count-objects");
  for (const flags of [["-v"], ["-H"], ["-vH"]]) await same("count-objects", ...flags);
  assert.match((await run(folder, 0, "gc", "--dry-run", "--prune=now")).out, /^\d+ objects would be packed, 1 would be pruned, 0 unreachable kept\n/);
  await same("count-objects", "-v");
  assert.match((await run(folder, 0, "gc")).out, /^\d+ objects packed, 0 pruned, 1 unreachable kept\n/);
  await same("count-objects", "-v");
  assert.equal((await run(folder, 0, "cat-file", "-e", stray)).out, "");
  assert.equal((await run(folder, 0, "gc", "--prune=now", "-q")).out, "");
  await run(folder, 1, "cat-file", "-e", stray);
  await run(folder, 2, "gc", "--prune=soon");
  assert.equal(gitSays(folder, ["fsck", "--strict", "--full", "--no-dangling"]).toString(), "");
  await run(folder, 0, "undo");
  await run(folder, 0, "undo");
  await run(folder, 0, "redo");
  assert.equal(JSON.parse((await run(folder, 0, "gc", "--json")).out).pruned, 0);
});

test("--prune takes git's dates", () => {
  const now = 1_700_000_000;
  const cases: [string, number | undefined][] = [["now", 0], ["all", 0], ["never", Number.POSITIVE_INFINITY], ["2.weeks.ago", 14 * 86_400], ["2 weeks ago", 14 * 86_400], ["1.day", 86_400], ["yesterday", 86_400], ["@1699999000", 1000], ["2023-11-14T22:13:20Z", 0], ["soon", undefined]];
  for (const [text, seconds] of cases) assert.equal(graceSeconds(text, now), seconds, text);
});

test("fsck finds a save that does not hold together; --repair restores from a clone what was damaged", async (t) => {
  const folder = project(t, DOUBLE);
  await run(folder, 0, "compile");
  await run(folder, 0, "save", "--no-harness");
  await run(folder, 0, "fsck");
  const clone = join(tempDir(t), "clone");
  cpSync(join(folder, ".vibesafe"), clone, { recursive: true });
  const id = gitSays(folder, ["rev-parse", "refs/units/src.math/double:provenance.json"]).toString().trim();
  const path = join(folder, ".vibesafe/objects", id.slice(0, 2), id.slice(2));
  rmSync(path);
  rmSync(join(folder, ".vibesafe/cache/objects", id.slice(0, 2), id.slice(2)), { force: true });
  writeFileSync(path, "rubbish");
  const { problems } = JSON.parse((await run(folder, 4, "fsck", "--json")).out);
  assert.ok(problems.some((problem: { id: string }) => problem.id === id));
  assert.ok(problems.some((problem: { kind: string }) => problem.kind === "bad-save"));
  await run(folder, 4, "fsck", "--repair");
  const repaired = await run(folder, 0, "fsck", "--repair", "--from", clone);
  assert.match(repaired.out, new RegExp(`^restored ${id.slice(0, 12)}\\n`));
  await run(folder, 0, "fsck");
});

test("--repair makes again what the sources, or the other parts of a save, still say", async (t) => {
  const folder = project(t, DOUBLE);
  await run(folder, 0, "compile");
  await run(folder, 0, "save", "--no-harness");
  for (const names of [["checkpoint/spec.cbor", "checkpoint/prompt.md", "build/impl.js"], ["checkpoint/impl.ts"]]) {
    const paths = names.map((name) => gitSays(folder, ["rev-parse", `refs/units/src.math/double:${name}`]).toString().trim()).map((id) => join(folder, ".vibesafe/objects", id.slice(0, 2), id.slice(2)));
    const before = paths.map((path) => readFileSync(path));
    for (const path of paths) rmSync(path);
    // Candidates go with the cache; git complains of what their logs name.
    for (const gone of ["cache", "logs/refs/candidates"]) rmSync(join(folder, ".vibesafe", gone), { recursive: true, force: true });
    await run(folder, 4, "fsck");
    assert.match((await run(folder, 0, "fsck", "--repair")).out, /^restored /);
    assert.deepEqual(paths.map((path) => readFileSync(path)), before);
    gitSays(folder, ["fsck", "--strict", "--full"]);
  }
});
