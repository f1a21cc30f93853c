/**
 * Harness files: their text, and what they say when they run alone.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { renderHarness, writeHarness } from "../../lib/verify/harness.ts";
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

test("without an active save the harness fails, and says what to run", (t) => {
  const project = testProject(t, { "lib/ops.ts": specFile(DOC, "function add(a: number, b: number): number") });
  const { path } = writeHarness(project.project, specOf(project));
  // The package as a user has it, but from source.
  const installed = join(project.root, "node_modules", "vibesafe");
  mkdirSync(installed, { recursive: true });
  const entry = pathToFileURL(join(repository, "lib", "testing.ts")).href;
  writeFileSync(join(installed, "package.json"), JSON.stringify({ name: "vibesafe", type: "module", exports: { "./testing": "./testing.mjs" } }));
  writeFileSync(join(installed, "testing.mjs"), `export * from ${JSON.stringify(entry)};\n`);
  const tsx = pathToFileURL(join(repository, "node_modules", "tsx", "dist", "loader.mjs")).href;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawnSync(process.execPath, ["--import", tsx, "--test", "--test-reporter", "tap", path], { cwd: project.root, env, encoding: "utf8" });
  assert.equal(run.status, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /lib.ops\/add has no active save; run `vibe compile --target lib.ops\/add`/);
});
