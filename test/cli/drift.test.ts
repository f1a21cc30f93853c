import assert from "node:assert/strict";
import { test } from "node:test";
import { DOUBLE, git, IMPORT, project, read, snapshot, spec, step, vibe, write } from "./vibe.ts";

test("drift is told in words and stops diff and check; a new save clears it; rollback goes back", async (t) => {
  const folder = project(t, DOUBLE);
  const id = "src.math/double";
  await step(folder, 0, "compile");
  await step(folder, 0, "save", "-m", "one");
  const first = git(folder, "rev-parse", `refs/units/${id}`).trim();

  const wider = IMPORT + spec("double", "(n: number | bigint): number", [["double(2)", "4"], ["double(0)", "0"]]);
  write(folder, { "src/math.ts": wider, "replies/src.math/double.md": "```ts\nexport function double(n: number | bigint): number {\n  return 2 * Number(n);\n}\n```\n" });
  const drift = await step(folder, 1, "diff");
  assert.match(drift.out, /^\[DRIFT\] src\.math\/double\n/);
  assert.match(drift.out, /- Modified parameter annotation: n: number -> number \| bigint\n/);
  assert.match(drift.out, /- Added example: double\(0\)/);
  assert.match(drift.out, /Location: {2}src\/math\.ts:11\n {2}Action: {4}Run `vibe compile --target src\.math\/double`/);
  assert.match((await step(folder, 0, "why", id)).out, /drift: [^]*number \| bigint[^]*src\/math\.ts[^]*vibe compile/);
  await step(folder, 1, "check");
  assert.match((await step(folder, 0, "status")).out, /1 with drift[^]*Recompile: src\.math\/double/);

  await step(folder, 0, "compile");
  assert.match((await step(folder, 1, "diff")).out, /vibe save/, "a candidate is no checkpoint yet");
  await step(folder, 0, "save", "-m", "two");
  await step(folder, 0, "diff");
  assert.equal(git(folder, "log", "--format=%s", `refs/units/${id}`), "two\none\n");
  assert.match((await step(folder, 0, "log", "--oneline", id)).out, /^[0-9a-f]{12} src\.math\/double two\n[0-9a-f]{12} src\.math\/double one\n$/);
  assert.equal((await step(folder, 0, "log", "--json", "-n", "1")).json().commits.length, 1);
  assert.equal((await step(folder, 0, "log", "--json", `${id}~1`)).json().commits[0]?.id, first);

  const back = await step(folder, 0, "rollback", "--target", id, "--json", "-m", "two is slow");
  assert.equal(back.json().to, first);
  assert.equal(back.json().drift, true);
  assert.equal(git(folder, "rev-parse", `refs/units/${id}`).trim(), first);
  assert.match(read(folder, `.vibesafe/logs/refs/units/${id}`), /\tvibe rollback --target src\.math\/double --json -m 'two is slow'\n$/);
  await step(folder, 2, "rollback", id);
  assert.equal((await step(folder, 0, "rollback", id, "--to", `${id}@{1}`, "--json")).json().drift, false, "the reflog leads forward again");
  await step(folder, 0, "check");
});

test("check changes no file, anywhere", async (t) => {
  const folder = project(t, DOUBLE);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  const before = snapshot(folder);
  await step(folder, 0, "check");
  write(folder, { "src/math.ts": `${read(folder, "src/math.ts").replace("4", "5")}` });
  const drifted = snapshot(folder);
  await step(folder, 1, "check");
  assert.deepEqual(snapshot(folder), drifted);
  for (const argv of [["diff"], ["status"], ["scan"], ["log"], ["why", "src.math"], ["prompt", "src.math"]]) await vibe(folder, argv);
  // These remember what they found out, in the cache and nowhere else.
  const kept = (files: ReadonlyMap<string, string>): unknown[] => [...files].filter(([name]) => !name.startsWith(".vibesafe/cache/index/"));
  assert.deepEqual(kept(snapshot(folder)), kept(drifted));
  assert.deepEqual([...drifted.keys()], [...before.keys()]);
});
