/**
 * A project with every kind of import, and edits of it: what may come, go and change between two runs.
 *
 * @module
 */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { VibesafeError } from "../../lib/errors.ts";
import { initStore } from "../../lib/store/init.ts";
import { CONFIG, unitFile } from "./projects.ts";

const helper = (name: string, value: number): string => `export const ${name} = ${value};\nexport type ${name.toUpperCase()} = { readonly v${value}: number };\n`;

export const FILES: Readonly<Record<string, string>> = {
  "vibesafe.toml": CONFIG,
  "package.json": '{ "name": "demo", "type": "module", "imports": { "#inner": "./src/inner.ts" } }\n',
  "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./generated/*", "./src/*"] } } }\n',
  "prompts/function.njk": "{{ name }}\n",
  "src/direct.ts": unitFile({ imports: 'import { one } from "./lib/one";', body: "one;" }),
  "src/barrel.ts": unitFile({ imports: 'import { one, two } from "./lib";', body: "one; two;" }),
  "src/mapped.ts": unitFile({ imports: 'import { two } from "@/lib/two.ts";', body: "two;" }),
  "src/packaged.ts": unitFile({ imports: 'import { z } from "pkg";\nimport deep from "pkg/deep";', body: "z; deep;" }),
  "src/typed.ts": unitFile({ imports: 'import type { ONE } from "./lib/one.js";', signature: "function f(a: number, b?: ONE): number" }),
  "src/data.ts": unitFile({ imports: 'import data from "./data.json" with { type: "json" };\nimport inner from "#inner";', body: "data; inner;" }),
  "src/calls.ts": unitFile({ imports: 'import { f as other } from "./direct.ts";', body: "other;" }),
  "src/linked.ts": unitFile({ imports: 'import { one } from "./link.ts";', body: "one;" }),
  "src/data.json": '{ "a": 1 }\n',
  "src/inner.ts": "export default 1;\n",
  "src/lib/one.ts": helper("one", 1),
  "src/lib/two.ts": `import { one } from "./one.ts";\nexport const two = one + 1;\n`,
  "src/lib/index.ts": 'export * from "./one.ts";\nexport { two } from "./two.ts";\n',
  "node_modules/pkg/package.json": '{ "name": "pkg", "version": "1.0.0", "exports": { ".": "./index.js", "./deep": "./deep.js" } }\n',
  "node_modules/pkg/index.js": "export const z = 1;\n",
  "node_modules/pkg/deep.js": "export default 1;\n",
};

/** What may come, go and change. Contents are drawn from few, so that edits are undone as well. */
export const WRITES: readonly (readonly [string, readonly string[]])[] = [
  ["src/lib/one.ts", [helper("one", 1), helper("one", 2), "export {};\n", "syntax error here"]],
  ["src/lib/one.js", ["export const one = 3;\n"]],
  ["src/lib/one.d.ts", ["export declare const one: 4;\nexport type ONE = 4;\n"]],
  ["src/lib/one/index.ts", [helper("one", 5)]],
  ["src/lib/two.ts", ['import { one } from "./one.ts";\nexport const two = one + 1;\n', "export const two = 7;\n"]],
  ["src/lib/index.ts", ['export * from "./one.ts";\nexport { two } from "./two.ts";\n', 'export * from "./two.ts";\nexport const one = 1;\n']],
  ["src/lib/package.json", ['{ "main": "./two.ts" }\n', "{}\n"]],
  ["src/lib.ts", [`export const one = 8;\nexport const two = 9;\n`]],
  ["generated/lib/two.ts", ["export const two = 10;\n"]],
  ["src/direct.ts", [unitFile({ body: "1;" }), unitFile({ imports: 'import { one } from "./lib/one";', body: "one;" }), "export const f = 1;\n"]],
  ["src/direct.js", [unitFile({ signature: "function f(a)" }), unitFile({ body: "2;" })]],
  ["src/more/unit.ts", [unitFile({ imports: 'import { one } from "../lib/one";', body: "one;" }), "// vibesafe\n"]],
  ["src/data.json", ['{ "a": 1 }\n', '{ "a": 2 }\n', "{"]],
  ["src/inner.ts", ["export default 1;\n", "export default 2;\n"]],
  ["src/inner2.ts", ["export default 3;\n"]],
  ["package.json", [FILES["package.json"] ?? "", '{ "name": "demo", "imports": { "#inner": "./src/inner2.ts" } }\n']],
  ["tsconfig.json", [FILES["tsconfig.json"] ?? "", '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }\n', '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] }, "rootDirs": ["src", "roots"] } }\n']],
  ["src/tsconfig.json", ['{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }\n']],
  ["roots/lib/one.ts", [helper("one", 11)]],
  ["node_modules/pkg/package.json", [FILES["node_modules/pkg/package.json"] ?? "", '{ "name": "pkg", "version": "1.0.1", "exports": { ".": "./index.js", "./deep": "./deep.js" } }\n']],
  ["src/node_modules/pkg/package.json", ['{ "name": "pkg", "version": "2.0.0", "exports": { ".": "./index.js", "./deep": "./index.js" } }\n']],
  ["src/node_modules/pkg/index.js", ["export const z = 1;\n"]],
  ["prompts/function.njk", ["{{ name }}\n", "{{ name }} again\n"]],
  ["vibesafe.toml", [CONFIG, `${CONFIG}model = "other"\n`, `${CONFIG}timeout = 5\n`, `[project]\nexclude = ["src/calls.ts"]\n${CONFIG}`]],
];

export type Edit = { readonly kind: "write"; readonly file: string; readonly text: string; readonly sameTime: boolean } | { readonly kind: "remove" | "touch" | "chmod"; readonly file: string } | { readonly kind: "rename"; readonly file: string; readonly to: string };

const files = fc.constantFrom(...new Set([...Object.keys(FILES), ...WRITES.map(([file]) => file)]));

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WRITES).chain(([file, texts]) => fc.record({ kind: fc.constant("write" as const), file: fc.constant(file), text: fc.constantFrom(...texts), sameTime: fc.boolean() })) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("remove" as const, "touch" as const, "chmod" as const), file: files.filter((file) => file !== "vibesafe.toml") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), file: fc.constantFrom("src/lib/one.ts", "src/lib/two.ts", "src/direct.ts", "src/lib", "src/link.ts"), to: fc.constantFrom("src/lib/moved.ts", "src/lib/two.js", "src/other.ts", "src/elsewhere") }) },
);

/** Applies an edit; one that cannot be (a file where a folder should be) does nothing. */
export function apply(root: string, one: Edit): void {
  const path = join(root, one.file);
  try {
    const before = statSync(path, { throwIfNoEntry: false });
    if (one.kind === "write") {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, one.text);
      if (one.sameTime && before !== undefined) utimesSync(path, before.atime, before.mtime);
    } else if (one.kind === "rename") renameSync(path, join(root, one.to));
    else if (one.kind === "chmod") chmodSync(path, before !== undefined && (before.mode & 0o100) === 0 ? 0o755 : 0o644);
    else if (one.kind === "touch") utimesSync(path, new Date(), new Date());
    else rmSync(path, { recursive: true });
  } catch (error) {
    assert.ok(error instanceof Error && "code" in error, String(error));
  }
}

/** A hash, or why there is none. */
export function told(hash: () => string): string {
  try {
    return hash();
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    return error.message;
  }
}

export function newProject(root: string, files: Readonly<Record<string, string>> = FILES): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  symlinkSync("lib/one.ts", join(root, "src/link.ts"));
  initStore(join(root, ".vibesafe"));
}

/** Longer than a tick of the file system's clock here: what is older no longer counts as just changed. */
export function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
}
