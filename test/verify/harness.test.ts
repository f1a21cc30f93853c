/**
 * Harness files: their text, and what they say when they run alone.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { renderHarness, writeHarness } from "../../lib/verify/harness.ts";
import { DOUBLE, project as cliProject, step } from "../cli/vibe.ts";
import { specFile, testProject, type TestProject } from "./judged.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const DOC = ">>> add(1, 2)\n3\n>>> add(\n...   -1, 1)\n! RangeError: no ...\n>>> console.log('*/')\n*/\n\n```fast-check\nfc.property(fc.nat(), (a) => add(a, 0) === a)\n```".replaceAll("*/", "x");

function specOf(project: TestProject): Parameters<typeof renderHarness>[0] {
  const hashed = project.specs("lib/ops.ts").get("add");
  assert.ok(hashed);
  return hashed.spec;
}

test("a harness file lists the examples and names the unit", (t) => {
  const project = testProject(t, { "lib/ops.ts": specFile(DOC, "function add(a: number, b: number): number") });
  const { path, text } = renderHarness(specOf(project));
  assert.equal(path, "spec-tests/lib.ops/add.test.mjs");
  assert.equal(
    text,
    `// Runs the gates on the active save of lib.ops/add, as \`vibe test\` does. Written by \`vibe save\`.
//
// Examples:
//   >>> add(1, 2)
//   3
//   >>> add(
//   ...   -1, 1)
//   ! RangeError: no ...
//   >>> console.log('x')
//   x
//
// Property 1:
//   fc.property(fc.nat(), (a) => add(a, 0) === a)

import { testUnit } from "vibesafe/testing";

testUnit("lib.ops/add", import.meta.url);
`,
  );
  assert.equal(writeHarness(project.project, specOf(project)).written, true);
  assert.equal(writeHarness(project.project, specOf(project)).written, false);
  assert.equal(readFileSync(join(project.root, path), "utf8"), text);
});

/** Runs a harness file alone, with the package as a user has it, but from source. */
function runHarness(root: string, path: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const installed = join(root, "node_modules", "vibesafe");
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  const entry = (name: string): string => JSON.stringify(pathToFileURL(join(repository, "lib", name)).href);
  writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "vibesafe", type: "module", exports: { ".": { types: "./index.d.mts", default: "./index.mjs" }, "./testing": "./testing.mjs" } }));
  writeFileSync(join(installed, "testing.mjs"), `export * from ${entry("testing.ts")};\n`);
  writeFileSync(join(installed, "index.mjs"), `export * from ${entry("index.ts")};\n`);
  writeFileSync(join(installed, "index.d.mts"), `export * from ${JSON.stringify(join(repository, "lib", "index.ts"))};\n`);
  const tsx = pathToFileURL(join(repository, "node_modules", "tsx", "dist", "loader.mjs")).href;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawnSync(process.execPath, ["--import", tsx, "--test", "--test-reporter", "tap", ...args, path], { cwd: root, env, encoding: "utf8" });
  return { status: run.status, output: run.stdout + run.stderr };
}

test("without an active save the harness fails, and says what to run", (t) => {
  const project = testProject(t, { "lib/ops.ts": specFile(DOC, "function add(a: number, b: number): number") });
  const { path } = writeHarness(project.project, specOf(project));
  const { status, output } = runHarness(project.root, path);
  assert.equal(status, 1, output);
  assert.match(output, /lib.ops\/add has no active save; run `vibe compile --target lib.ops\/add`/);
});

test("of a saved unit the harness gives the verdict of vibe test, example by example", async (t) => {
  const folder = cliProject(t, DOUBLE);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  const path = "spec-tests/src.math/double.test.mjs";
  const good = runHarness(folder, path);
  assert.equal(good.status, 0, good.output);
  assert.match(good.output, /ok 1 - examples: double\(2\)\n/);
  assert.match(good.output, /ok \d - types: double has the declared type\n/);
  // A spec that has moved on is not what was saved.
  writeFileSync(join(folder, "src/math.ts"), readFileSync(join(folder, "src/math.ts"), "utf8").replace("\n * 4\n", "\n * 5\n"));
  const drifted = runHarness(folder, path);
  assert.equal(drifted.status, 1, drifted.output);
  assert.match(drifted.output, /the spec of src.math\/double has changed since it was saved/);
});
