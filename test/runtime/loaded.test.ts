/**
 * What a program can tell of itself: the units that it has loaded, whether they would load again, and the channels that tell of both.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeProject, runProgram, save } from "./project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor } from "./helper.ts";
/**
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  const by = factor;
  throw new VibesafeHandled();
});
`;

const MAIN = `import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { vibesafe } from "vibesafe";
const told: unknown[] = [];
for (const name of ["load", "mismatch", "regenerate"]) subscribe("vibesafe:" + name, (message) => told.push([name, (message as { unit: string }).unit]));
const { double } = await import("./src/ops.ts");
double(2);
const before = vibesafe.verify();
writeFileSync(new URL("./src/helper.ts", import.meta.url), "export const factor: number = 3;\\n");
const after = vibesafe.verify();
console.log(JSON.stringify({ loaded: vibesafe.loaded(), before, after, error: after.units[0]?.error?.name, told }));
`;

test("a program lists what it has loaded, verifies it again, and announces loads and refusals", async (t) => {
  const root = makeProject(t, { "src/ops.ts": SPEC, "src/helper.ts": "export const factor: number = 2;\n", "main.ts": MAIN });
  const { checkpointHash } = await save(root, "src/ops.ts", "double", 'import { factor } from "./helper.ts";\nexport function double(n: number): number { const by = factor; return n * by; }\n');
  const { stdout, stderr } = runProgram(root, "main.ts", { VIBESAFE_ENV: "prod" });
  assert.equal(stderr, "");
  const { loaded, before, after, error, told } = JSON.parse(stdout);
  assert.equal(loaded.length, 1);
  assert.deepEqual([loaded[0].unit, loaded[0].checkpoint, loaded[0].mode], ["src.ops/double", checkpointHash, "prod"]);
  assert.ok(loaded[0].durationMs > 0 && !Number.isNaN(Date.parse(loaded[0].loadedAt)));
  assert.deepEqual(before, { ok: true, units: [{ unit: "src.ops/double", checkpoint: checkpointHash, ok: true }] });
  assert.deepEqual([after.ok, error], [false, "VibesafeHashMismatch"]);
  assert.deepEqual(told, [["load", "src.ops/double"], ["mismatch", "src.ops/double"]]);
});
