/**
 * The plugin in real bundlers: the program that comes out needs no vibesafe, and none comes out where production would refuse.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SourceMap } from "node:module";
import { test } from "node:test";
import * as esbuild from "esbuild";
import { rspack } from "@rspack/core";
import { rollup } from "rollup";
import { build } from "vite";
import webpack from "webpack";
import * as vibesafe from "../../lib/plugin.ts";
import { makeProject, save, writeFiles } from "../runtime/project.ts";

const FILES = {
  "src/ops.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor } from "./helper.ts";
export const offset: number = 1;

/**
 * >>> double(2)
 * 5
 */
export const double = vibesafe.func(function double(n: number): number {
  const by = factor;
  throw new VibesafeHandled();
});
export const after = () => new Error("after").stack;
`,
  "src/helper.ts": "export const factor: number = 2;\n",
  "main.ts": 'import { after, double } from "./src/ops.ts";\nconsole.log(double(20), typeof after());\n',
};

const IMPL = `import { factor } from "./helper.ts";
import { offset } from "./ops.ts";

export function double(n: number): number {
  const by = factor;
  if (n < 0) throw new RangeError("negative");
  return n * by + offset;
}
`;

type T = { after(clean: () => void): void };

async function project(t: T): Promise<string> {
  const root = makeProject(t, FILES);
  await save(root, "src/ops.ts", "double", IMPL);
  return root;
}

/** Rollup knows no TypeScript: any plugin that does, after ours. */
const typescript = {
  name: "typescript",
  transform: (code: string, id: string) => (id.endsWith(".ts") ? esbuild.transformSync(code, { loader: "ts", sourcemap: true, sourcefile: id }) : null),
};

const BUNDLERS: Readonly<Record<string, (root: string) => Promise<unknown>>> = {
  esbuild: (root) =>
    esbuild.build({ entryPoints: [join(root, "main.ts")], bundle: true, platform: "node", format: "esm", outfile: join(root, "out/main.js"), plugins: [vibesafe.esbuild()], logLevel: "silent", sourcemap: true }),
  rollup: async (root) => {
    const bundle = await rollup({ input: join(root, "main.ts"), plugins: [vibesafe.rollup(), typescript], logLevel: "silent" });
    await bundle.write({ file: join(root, "out/main.js"), format: "esm", sourcemap: true });
  },
  vite: (root) =>
    build({
      root,
      logLevel: "silent",
      configFile: false,
      plugins: [vibesafe.vite()],
      build: { ssr: join(root, "main.ts"), outDir: join(root, "out"), sourcemap: true, rollupOptions: { output: { entryFileNames: "main.js" } } },
      ssr: { noExternal: true },
    }),
  webpack: (root) =>
    // webpack knows no TypeScript either: a loader that does.
    compiled(
      webpack({
        ...packing(root),
        plugins: [vibesafe.webpack()],
        module: { rules: [{ test: /\.ts$/, use: join(import.meta.dirname, "typescript-loader.cjs") }] },
      }),
    ),
  rspack: (root) =>
    compiled(
      rspack({
        ...packing(root),
        plugins: [vibesafe.rspack()],
        module: { rules: [{ test: /\.ts$/, loader: "builtin:swc-loader", options: { jsc: { parser: { syntax: "typescript" }, target: "es2022" } } }] },
      }),
    ),
};

/** What webpack and Rspack are both told. */
function packing(root: string) {
  return {
    mode: "production" as const,
    target: "node20" as const,
    context: root,
    entry: join(root, "main.ts"),
    output: { path: join(root, "out"), filename: "main.js" },
    devtool: "source-map" as const,
    optimization: { minimize: false },
    resolve: { extensions: [".ts", ".js"] },
  };
}

interface Packer {
  run(done: (error: Error | null, stats?: { hasErrors(): boolean; toString(): string }) => void): void;
  close(done: () => void): void;
}

function compiled(packer: Packer): Promise<void> {
  return new Promise((resolve, reject) =>
    packer.run((error, stats) => packer.close(() => (error === null && stats?.hasErrors() === false ? resolve() : reject(error ?? new Error(stats?.toString()))))),
  );
}

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  test(`${name}: the built program is the generated code alone`, async (t) => {
    const root = await project(t);
    await bundle(root);
    const code = readFileSync(join(root, "out/main.js"), "utf8");
    assert.doesNotMatch(code, /VibesafeHandled|vibesafe\.func|from "vibesafe"/);
    for (const gone of ["src", ".vibesafe", "vibesafe.toml", "node_modules"]) rmSync(join(root, gone), { recursive: true });
    const { stdout, stderr } = spawnSync(process.execPath, [join(root, "out/main.js")], { encoding: "utf8" });
    assert.equal(stdout, "41 string\n", stderr);
    const map = new SourceMap(JSON.parse(readFileSync(join(root, "out/main.js.map"), "utf8")));
    const at = (text: string): { file: string; line: number } => {
      const lines = code.split("\n");
      const line = lines.findIndex((each) => each.includes(text));
      const entry = map.findEntry(line, lines[line]?.indexOf(text) ?? 0);
      return "originalSource" in entry ? { file: entry.originalSource.replace(/^.*\//, ""), line: entry.originalLine + 1 } : { file: "", line: 0 };
    };
    assert.deepEqual(at('RangeError("negative")').line, 6);
    assert.match(at('RangeError("negative")').file, /^ops\.vibesafe\.double\.ts$/);
    assert.deepEqual(at('Error("after")'), { file: "ops.ts", line: 13 });
  });

  test(`${name}: no build where production would refuse`, async (t) => {
    const root = await project(t);
    writeFiles(root, { "src/helper.ts": "export const factor: number = 3;\n" });
    await assert.rejects(bundle(root), /src\.ops\/double is not the spec that was saved/);
  });
}
