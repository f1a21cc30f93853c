import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tempDir } from "../temp.ts";
import { DOUBLE, IMPORT, project, read, spec, vibe, write, type Ran } from "./vibe.ts";

/** git's own opinion of the store. */
function git(folder: string, ...args: string[]): string {
  return execFileSync("git", ["--git-dir=.vibesafe", ...args], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a command, checks its exit status, and that git finds no fault with the store afterwards. */
async function step(folder: string, status: number, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, status, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  git(folder, "fsck", "--strict", "--full", "--no-dangling");
  return ran;
}

test("init, scan, compile, test, save: each of the five first commands does what it says", async (t) => {
  const folder = tempDir(t);
  assert.equal((await vibe(folder, ["init"])).status, 0);
  assert.equal((await vibe(folder, ["init"])).status, 2, "never over a configuration that is there");
  assert.match((await step(folder, 0, "scan")).out, /^Found 1 unit:\n {2}src\.hello\/greet {2}\[3 examples\] {2}⚠ no checkpoint\n$/);
  assert.match((await step(folder, 0, "compile")).out, /✓ src\.hello\/greet/);
  assert.match((await step(folder, 0, "scan")).out, /candidate/);
  assert.equal(
    (await step(folder, 0, "test", "--no-harness")).out,
    ["Testing src.hello/greet...", "  ✓ Example 1/3 passed", "  ✓ Example 2/3 passed", "  ✓ Example 3/3 passed", "  ✓ Types (tsc)", "  ✓ Lint (oxlint)", "[PASS] src.hello/greet", ""].join("\n"),
  );
  await step(folder, 1, "diff");
  await step(folder, 0, "save", "-m", "first");
  assert.match((await step(folder, 0, "scan")).out, /✓ checkpoint active/);
  assert.match((await step(folder, 0, "status")).out, /Coverage: 100% \(1\/1 units production-ready\)\n$/);
  await step(folder, 0, "check");
  assert.equal(git(folder, "log", "--format=%s", "refs/units/src.hello/greet"), "first\n");
});

test("init leaves what is there alone, and takes another place for its spec", async (t) => {
  const folder = tempDir(t);
  write(folder, { "src/hello.ts": "export const mine = 1;\n", "README.md": "mine\n" });
  const { status, json } = await vibe(folder, ["init", "--json"]);
  assert.equal(status, 0);
  assert.deepEqual(json().created, ["src/hello-vibesafe.ts", "replies/src.hello-vibesafe/greet.md", "vibesafe.toml", ".vibesafe/"]);
  assert.equal(read(folder, "src/hello.ts"), "export const mine = 1;\n");
  assert.equal((await step(folder, 0, "scan", "--json")).json().units[0].id, "src.hello-vibesafe/greet");
});

test("JSON documents hold what the design says", async (t) => {
  const folder = project(t, DOUBLE);
  const id = "src.math/double";
  const missing = (await vibe(folder, ["scan", "--json"])).json();
  const { specHash } = missing.units[0];
  assert.match(specHash, /^[0-9a-f]{64}$/);
  assert.deepEqual(missing, { units: [{ id, kind: "function", file: "src/math.ts", line: 11, examples: 2, status: "missing", specHash, checkpointHash: null }], errors: [] });

  const compiled = (await step(folder, 0, "compile", "--json")).json();
  const { checkpointHash } = compiled.results[0];
  assert.deepEqual(compiled, { results: [{ id, status: "compiled", specHash, checkpointHash, cached: false, attempts: 1 }] });
  assert.deepEqual((await step(folder, 0, "compile", "--json")).json(), { results: [{ id, status: "unchanged", specHash, checkpointHash, cached: true, attempts: 0 }] });

  const tested = (await step(folder, 0, "test", "--json", "--no-harness")).json();
  assert.deepEqual([tested.results[0].id, tested.results[0].passed, tested.results[0].checkpointHash], [id, true, checkpointHash]);
  assert.deepEqual(tested.results[0].gates.map(({ name, passed }) => [name, passed]), [["examples", true], ["types", true], ["lint", true]]);
  assert.ok(tested.results[0].gates.every(({ durationMs }) => typeof durationMs === "number"));

  const saved = (await step(folder, 0, "save", "--json", "-m", "say it")).json();
  const { commit } = saved.results[0];
  assert.deepEqual(saved, { results: [{ id, status: "saved", commit, checkpointHash }] });
  assert.deepEqual((await step(folder, 0, "save", "--json")).json(), { results: [{ id, status: "unchanged", commit, checkpointHash }] });
  assert.equal(git(folder, "rev-parse", `refs/units/${id}`).trim(), commit);
  assert.equal(git(folder, "rev-parse", `refs/units/${id}:checkpoint`).trim(), checkpointHash, "H_chk is the checkpoint tree");
  assert.equal(git(folder, "rev-parse", `refs/units/${id}:checkpoint/spec.cbor`).trim(), specHash, "H_spec is the spec blob");
  assert.equal(git(folder, "for-each-ref", "refs/candidates").trim(), "", "a save leaves no candidate");

  assert.deepEqual((await step(folder, 0, "diff", "--json")).json(), { units: [{ id, status: "clean", current: specHash, active: specHash, changes: [] }] });
  assert.deepEqual((await step(folder, 0, "status", "--json")).json(), { units: { total: 1, active: 1, missing: 0, drift: 0, candidate: 0 }, examples: 2, coverage: 100, next: [] });
  const log = (await step(folder, 0, "log", "--json")).json();
  const { date } = log.commits[0];
  assert.deepEqual(log, { commits: [{ id: commit, unit: id, checkpointHash, parents: [], author: { name: "Ada Lovelace", email: "ada@example.org" }, date, message: "say it" }] });
  assert.equal(Date.parse(date), Date.parse(git(folder, "log", "-1", "--format=%aI", commit).trim()));
  assert.equal((await step(folder, 0, "check", "--json")).json().ok, true);
});

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
  assert.equal((await step(folder, 0, "log", "--json", `${id}~1`)).json().commits[0].id, first);

  const back = await step(folder, 0, "rollback", "--target", id, "--json", "-m", "two is slow");
  assert.equal(back.json().to, first);
  assert.equal(back.json().drift, true);
  assert.equal(git(folder, "rev-parse", `refs/units/${id}`).trim(), first);
  assert.match(read(folder, `.vibesafe/logs/refs/units/${id}`), /rollback: two is slow\n$/);
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
  for (const argv of [["diff"], ["status"], ["scan"], ["log"], ["why", "src.math"], ["prompt", "src.math"]]) await vibe(folder, argv);
  assert.deepEqual(snapshot(folder), drifted);
  assert.deepEqual([...drifted.keys()], [...before.keys()]);
});

/** Every file below the folder but installed packages: path -> content and time of change. */
function snapshot(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules") continue;
    if (entry.isDirectory()) for (const [name, content] of snapshot(path)) files.set(`${entry.name}/${name}`, content);
    else files.set(entry.name, `${statSync(path).mtimeMs} ${readFileSync(path, "latin1")}`);
  }
  return files;
}
