/**
 * Production in Bun and in Deno: verified code runs there, what was changed does not. Needs their binaries: `npm run test:elsewhere`.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openProject } from "../../lib/project/project.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { makeProject, save, writeFiles, type Ran, type Saved } from "./project.ts";

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "node_modules", ".cache", "elsewhere", "node_modules");
const ENGINES = {
  Bun: [join(folder, "@oven", "bun-linux-x64", "bin", "bun"), "run"],
  Deno: [join(folder, "@deno", "linux-x64-glibc", "deno"), "run", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi", "--quiet"],
} as const;

const FILES = {
  "src/ops.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor, Odd } from "./helper.ts";

/**
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  const by = factor;
  throw new VibesafeHandled();
});

/**
 * >>> await later(1)
 * 1
 */
export const later = vibesafe.func(async function later(n: number): Promise<number> {
  throw new VibesafeHandled();
});
`,
  "src/shape.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";

export class Shape {
  width = 2;

  /**
   * >>> new Shape().area(3)
   * 6
   */
  @vibesafe.func
  area(n: number): number {
    throw new VibesafeHandled();
  }

  /**
   * >>> Shape.of(4).width
   * 4
   */
  @vibesafe.func({})
  static of(width: number): Shape {
    throw new VibesafeHandled();
  }
}
`,
  "src/helper.ts": "export const factor: number = 2;\nexport class Odd extends RangeError {}\n",
  "main.ts": `import { VibesafeError, load, vibesafe } from "vibesafe";
try {
  const { double, later } = await import("./src/ops.ts");
  const { Odd } = await import("./src/helper.ts");
  const { Shape } = await import("./src/shape.ts");
  console.log(new Shape().area(3), Shape.of(4).area(3), Shape.prototype.area.name);
  console.log(double(21), double.name, double.length, double.toString().includes("by"), await later(4));
  const loaded = await load<(n: number) => number>("src.ops/double", import.meta.url);
  console.log(loaded(4), vibesafe.loaded().length, vibesafe.verify().ok);
  try {
    double(-1);
  } catch (error) {
    console.log(error instanceof Odd, (error as Error).message, /vibesafe:\\/\\/src\\.ops\\/double@[0-9a-f]{12}\\/impl\\.ts:5/.test((error as Error).stack ?? ""));
  }
} catch (error) {
  console.log(error instanceof VibesafeError, (error as Error).name);
}
`,
};
const IMPL = `import { factor, Odd } from "./helper.ts";

export function double(n: number): number {
  const by = factor;
  if (n < 0) throw new Odd("negative");
  return n * by;
}
`;
const EXPECTED = "6 12 area\n42 double 1 true 4\n8 4 true\ntrue negative true\n";

for (const [name, [program, ...args]] of Object.entries(ENGINES)) {
  test(`production in ${name}`, { skip: process.env["VIBESAFE_ELSEWHERE"] !== undefined && existsSync(program) ? false : "see `npm run test:elsewhere`" }, async (t) => {
    chmodSync(program, 0o755);
    const root = makeProject(t, FILES);
    const saved = await save(root, "src/ops.ts", "double", IMPL);
    await save(root, "src/ops.ts", "later", "export const later = async (n: number): Promise<number> => n;\n");
    await save(root, "src/shape.ts", "area", 'import type { Shape } from "./shape.ts";\n\nexport function area(this: Shape, n: number): number {\n  return this.width * n;\n}\n');
    await save(root, "src/shape.ts", "of", 'import type { Shape } from "./shape.ts";\n\nexport function of(this: typeof Shape, width: number): Shape {\n  return Object.assign(new this(), { width });\n}\n');
    const run = (): Ran => spawnSync(program, [...args, join(root, "main.ts")], { cwd: root, env: { PATH: process.env["PATH"], HOME: root, VIBESAFE_ENV: "prod", NO_COLOR: "1" }, encoding: "utf8" });
    const runs = (what: string): void => {
      const { stdout, stderr } = run();
      assert.equal(stdout, EXPECTED, `${what}: ${stderr}`);
    };
    const refuses = (what: string, file: string, change: (text: Buffer) => Buffer, error: string): void => {
      const path = join(root, file);
      const whole = readFileSync(path);
      rmSync(path);
      writeFileSync(path, change(whole));
      const { stdout, stderr } = run();
      assert.equal(stdout, `true ${error}\n`, `${what}: ${stderr}`);
      rmSync(path);
      writeFileSync(path, whole);
    };
    const text = (edit: (text: string) => string) => (bytes: Buffer) => Buffer.from(edit(bytes.toString("latin1")), "latin1");
    runs("from the store");
    refuses("a helper", "src/helper.ts", text((all) => all.replace("= 2", "= 3")), "VibesafeHashMismatch");
    refuses("the spec", "src/ops.ts", text((all) => all.replace("double(n: number)", "double(n: string)")), "VibesafeHashMismatch");
    refuses("an object", objectOf(saved), (bytes) => Buffer.from(bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))), "VibesafeHashMismatch");
    writeFiles(root, { "src/helper.ts": `// said\n${FILES["src/helper.ts"]}` });
    runs("parsed anew");
    writeFileSync(join(root, "vibesafe.bundle"), makeBundle(createWorkspace(openProject(root))).bytes);
    rmSync(join(root, ".vibesafe"), { recursive: true });
    runs("from a bundle");
    refuses("the bundle", "vibesafe.bundle", text((all) => all.replaceAll("negative", "positive")), "VibesafeHashMismatch");
    rmSync(join(root, "vibesafe.toml"));
    runs("from a bundle alone");
  });
}

function objectOf({ commitId }: Saved): string {
  return join(".vibesafe", "objects", commitId.slice(0, 2), commitId.slice(2));
}
