/**
 * vibesafe for test runners: what the harness files in `spec-tests/` import.
 *
 * @module
 */

import { dirname } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { GateDetail } from "./verify/types.ts";

/**
 * Defines the tests of a unit: one for each example, each property, the types and the lint, judged by the gates on the code of the
 * active save.
 *
 * @param unit - `<module.path>/<name>`
 * @param url - `import.meta.url` of the harness file: the project is the one that it lies in
 */
export function testUnit(unit: string, url: string): void {
  test(unit, (t) => runUnit(t, unit, fileURLToPath(url)));
}

async function runUnit(t: TestContext, id: string, harness: string): Promise<void> {
  // Loaded when a test runs: listing tests needs none of it.
  const [{ openProject }, { createWorkspace }, { findSpec }, { hashSpec }, { parseUnitId }, { readActive }, { openStore, storeExists }, { runGates }] = await Promise.all([
    import("./project/project.ts"),
    import("./spec/workspace.ts"),
    import("./spec/scan.ts"),
    import("./spec/hash.ts"),
    import("./spec/unit-id.ts"),
    import("./spec/status.ts"),
    import("./store/store.ts"),
    import("./verify/gates.ts"),
  ]);
  const unit = parseUnitId(id);
  const project = openProject(dirname(harness));
  const workspace = createWorkspace(project);
  const spec = findSpec(workspace, unit);
  if (spec === undefined) throw plainError(`no file has a spec ${unit}; remove ${harness.slice(project.root.length + 1)}`);
  const hashed = hashSpec(workspace, spec);
  const active = storeExists(project.storeDir) ? readActive(openStore(project.storeDir), unit) : undefined;
  if (active === undefined) throw plainError(`${unit} has no active save; run \`vibe compile --target ${unit}\` and \`vibe save --target ${unit}\``);
  if (active.specHash !== hashed.specHash) {
    throw plainError(`the spec of ${unit} has changed since it was saved; run \`vibe diff --target ${unit}\`, then compile and save it`);
  }
  const [verdict] = await runGates(workspace, [{ hashed, impl: active.impl }], { signal: t.signal });
  if (verdict === undefined) throw new Error(`the gates gave no verdict on ${unit}`);
  for (const gate of verdict.gates) {
    for (const detail of gate.details) await t.test(`${gate.name}: ${detail.title}`, () => check(detail));
    if (!gate.passed && gate.details.every(({ passed }) => passed)) throw plainError(`the gate ${gate.name} failed`);
  }
}

function check({ title, passed, message }: GateDetail): void {
  if (!passed) throw plainError(message ?? title);
}

/** An error without a stack: where in this file it was made helps nobody. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}
