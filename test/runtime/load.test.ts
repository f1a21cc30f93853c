import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { load, VibesafeCheckpointMissing, VibesafeConfigError, VibesafeUsageError } from "../../lib/index.ts";
import { tempDir } from "../temp.ts";
import { makeProject, runProgram, save } from "./project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
/**
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func((n: number): number => {
  throw new VibesafeHandled();
});
`;

test("a unit by its id, from the caller's project or a given one, in prod and dev", async (t) => {
  const root = makeProject(t, {
    "src/ops.ts": SPEC,
    "main.ts": 'import { load } from "vibesafe";\nconst double = await load<(n: number) => number>("src.ops/double");\nconsole.log(double(21), double.toString().includes("n * 2"));\n',
  });
  await save(root, "src/ops.ts", "double", "export function double(n: number): number { return n * 2; }\n");
  for (const env of ["prod", "dev"]) assert.equal(runProgram(root, "main.ts", { VIBESAFE_ENV: env }, { cwd: tempDir(t) }).stdout, "42 true\n", env);
  const file = join(root, "main.ts");
  for (const from of [root, file, pathToFileURL(file), pathToFileURL(file).href]) {
    const double = await load<(n: number) => number>("src.ops/double", from);
    assert.equal(double(21), 42);
  }
});

test("what cannot be loaded is a rejection that says why", async (t) => {
  const root = makeProject(t, { "src/ops.ts": SPEC });
  await assert.rejects(load("src.ops", root), VibesafeUsageError);
  await assert.rejects(load("src.other/f", root), (error) => error instanceof VibesafeUsageError && /no file of the project has the module path src\.other/.test(error.message));
  await assert.rejects(load("src.ops/f", tempDir(t)), VibesafeConfigError);
  process.env["VIBESAFE_ENV"] = "prod";
  t.after(() => delete process.env["VIBESAFE_ENV"]);
  await assert.rejects(load("src.ops/double", root), VibesafeCheckpointMissing);
});
