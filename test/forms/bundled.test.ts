/**
 * Methods and shims in what bundlers make: the generated code alone, or no program.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import * as vibesafe from "../../lib/plugin.ts";
import { renderShim } from "../../lib/spec/shims.ts";
import { openProject } from "../../lib/project/project.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { makeProject, runProgram, save, writeFiles } from "../runtime/project.ts";

const SHAPE = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { unit } from "./unit.ts";

export class Shape {
  static first: Shape = Shape.of("1");
  width: number = unit;

  /**
   * >>> new Shape().area(3)
   * 3
   */
  @vibesafe.func
  area(n: number): number {
    throw new VibesafeHandled();
  }

  /**
   * >>> Shape.of("7").width
   * 7
   */
  @vibesafe.func
  static of(text: string): Shape {
    throw new VibesafeHandled();
  }
  where(): string { return String(new Error("here").stack); }
}
`;

const TEXT = `import { VibesafeHandled } from "vibesafe";

/**
 * >>> twice(2)
 * 4
 * @vibesafe
 */
export function twice(n: number): number {
  throw new VibesafeHandled();
}
`;

const SHIM = "__generated__/src/text.ts";

test("a bundle has the generated method and function, every line where it was", async (t) => {
  const root = makeProject(t, {
    "src/shape.ts": SHAPE,
    "src/unit.ts": "export const unit: number = 1;\n",
    "src/text.ts": TEXT,
    "main.ts": `import { twice } from "./${SHIM}";\nimport { Shape } from "./src/shape.ts";\nconsole.log(new Shape().area(3), Shape.of("7").width, twice(4), Object.keys(Shape.prototype), /shape\\.ts:(\\d+)/.exec(new Shape().where())?.[1]);\n`,
  });
  const workspace = createWorkspace(openProject(root));
  writeFiles(root, { [SHIM]: renderShim("src/text.ts", readSpecs(workspace, "src/text.ts").specs, SHIM, ".ts") });
  await save(root, "src/shape.ts", "area", 'import type { Shape } from "./shape.ts";\nimport { unit } from "./unit.ts";\n\nexport function area(this: Shape, n: number): number {\n  return this.width * n * unit;\n}\n');
  await save(root, "src/shape.ts", "of", 'import type { Shape } from "./shape.ts";\n\nexport function of(this: typeof Shape, text: string): Shape {\n  const shape = new this();\n  shape.width = Number(text);\n  return shape;\n}\n');
  await save(root, "src/text.ts", "twice", "export function twice(n: number): number {\n  return 2 * n;\n}\n");
  const bundle = () =>
    build({ entryPoints: [join(root, "main.ts")], bundle: true, format: "esm", platform: "node", target: "node20", sourcemap: true, outfile: join(root, "out.mjs"), plugins: [vibesafe.esbuild()], logLevel: "silent" });
  await bundle();
  const { stdout, stderr } = runProgram(root, "out.mjs", {}, { plain: true, args: ["--enable-source-maps"] });
  assert.equal(stdout, `3 7 8 [] ${SHAPE.split("\n").findIndex((line) => line.includes("where()")) + 1}\n`, stderr);
  assert.doesNotMatch(readFileSync(join(root, "out.mjs"), "utf8"), /VibesafeHashMismatch|__decorateElement/);

  writeFiles(root, { "src/shape.ts": SHAPE.replace("area(n: number)", "area(n: number = 1)") });
  await assert.rejects(bundle(), /src\.shape\/Shape\.(?:area|of) is not the spec that was saved/);
  writeFiles(root, { "src/shape.ts": SHAPE, "src/text.ts": TEXT.replace("twice(2)", "twice(3)") });
  await assert.rejects(bundle(), /src\.text\/twice is not the spec that was saved/);
});
