import assert from "node:assert/strict";
import { test } from "node:test";
import { tempDir } from "../temp.ts";
import { DOUBLE, git, project, read, step, vibe, write } from "./vibe.ts";

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
  const { checkpointHash, history } = compiled.results[0];
  assert.deepEqual(compiled, { results: [{ id, status: "compiled", specHash, checkpointHash, cached: false, attempts: 1, history }] });
  assert.deepEqual(history.map(({ attempt, outcome }) => [attempt, outcome]), [[1, "passed"]]);
  assert.deepEqual((await step(folder, 0, "compile", "--json")).json(), { results: [{ id, status: "unchanged", specHash, checkpointHash, cached: true, attempts: 0 }] });

  const tested = (await step(folder, 0, "test", "--json", "--no-harness")).json();
  assert.deepEqual([tested.results[0].id, tested.results[0].passed, tested.results[0].checkpointHash], [id, true, checkpointHash]);
  assert.deepEqual(tested.results[0].gates.map(({ name, passed }) => [name, passed]), [["examples", true], ["types", true], ["lint", true], ["coverage", true]]);
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
  const { date } = log.commits[0] ?? { date: "" };
  assert.deepEqual(log, { commits: [{ id: commit, unit: id, checkpointHash, parents: [], author: { name: "Ada Lovelace", email: "ada@example.org" }, date, message: "say it" }] });
  assert.equal(Date.parse(date), Date.parse(git(folder, "log", "-1", "--format=%aI", commit).trim()));
  assert.equal((await step(folder, 0, "check", "--json")).json().ok, true);
});
