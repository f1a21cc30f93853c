import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire, SourceMap } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { compileFunction } from "node:vm";
import { VibesafeValidationError } from "../../lib/errors.ts";
import { BUILD_VERSIONS, buildImpl } from "../../lib/generate/build.ts";
import { tempDir } from "../temp.ts";

const require = createRequire(import.meta.url);

/** Runs a build as the runtime does. */
async function run(impl: string, load: (id: string) => unknown = require): Promise<Record<string, unknown>> {
  const { js } = await buildImpl(impl);
  const module = { exports: {} as Record<string, unknown> };
  compileFunction(js, ["exports", "require", "module"])(module.exports, load, module);
  return module.exports;
}

test("what the module exports is on module.exports", async () => {
  const { f, default: none } = await run("type A = string;\nexport function f(a: A): A { return a as A satisfies A; }\n");
  assert.equal((f as (a: string) => string)("x"), "x");
  assert.equal(none, undefined);
});

test("strict mode, from the first line on", async () => {
  const { js } = await buildImpl("export const f = 1;\n");
  assert.ok(js.startsWith('"use strict";'));
  const { f } = await run("export function f(): unknown { return (function (this: unknown) { return this; })(); }");
  assert.equal((f as () => unknown)(), undefined);
});

test("the same source gives the same bytes, wherever and whenever", async () => {
  const impl = "/*! legal */ import path from 'node:path';\nexport const f = (a: string): string => path.basename(`ü${a}`);\n";
  const one = await buildImpl(impl);
  const cwd = process.cwd();
  process.chdir("/");
  const two = await buildImpl(impl).finally(() => process.chdir(cwd));
  assert.equal(one.js, two.js);
  assert.doesNotMatch(one.js.replace(/\/\/# sourceMappingURL.*/, ""), /legal/);
  assert.match(one.js, /ü/);
});

test("the source map leads to impl.ts, and holds it", async () => {
  const impl = 'import path from "node:path";\nexport function f(): never {\n  throw new Error(path.sep);\n}\n';
  const { js } = await buildImpl(impl);
  const inline = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/.exec(js)?.[1] ?? "";
  const map = JSON.parse(Buffer.from(inline, "base64").toString()) as { sources: string[]; sourcesContent: string[] };
  assert.deepEqual(map.sources, ["impl.ts"]);
  assert.deepEqual(map.sourcesContent, [impl]);
});

/** Each `at(n)` stands on line n. */
const LINES = `import path, { sep } from "node:path";
import { type A, at } from "./x.ts";
interface Z { a: number }

// a comment
export function f(a: A, z: Z): unknown {
  const text = \`one
  two \${sep + at(8)} // no comment
  three\`; at(9);
  if (z.a > 0) { at(10); return "no"; }
  const all = [path
    .join(text,
      at(13),

      at(15))
    .trim(), at(16)];
  for (const one of all) {
    // why
    switch (one) { case "": at(19); break;
      default: at(20) }
  }
  const object = { k: at(22), l:
    at(23), m: () => { at(24 - 1); return { n: at(23) } },
    ...(all.length > 1
      ? { o: at(25) }
      : { p: at(0) }) };
  object.m(); at(27); return (
    at(28) + (a as string)
  );
}
export { at as "odd name" };
`;

test("each part stands on the line of its source, without a source map", async () => {
  const seen: [number, number][] = [];
  const at = (said: number): string => {
    seen.push([said, Number(/<anonymous>:(\d+):\d+|impl\.js:(\d+):\d+/.exec(new Error().stack?.split("\n")[2] ?? "")?.[2])]);
    return "x";
  };
  const { js } = await buildImpl(LINES);
  const code = js.slice(0, js.lastIndexOf("//# sourceMappingURL"));
  const module = { exports: {} as Record<string, unknown> };
  compileFunction(code, ["exports", "require", "module"], { filename: "impl.js" })(module.exports, (id: string) => (id === "./x.ts" ? { at } : require(id)), module);
  const { f } = module.exports;
  assert.equal((f as (...args: unknown[]) => unknown)("y", { a: 0 }), "xy");
  assert.equal(module.exports["odd name"], at);
  assert.deepEqual(seen.map(([said]) => said), [8, 9, 13, 15, 16, 20, 20, 22, 23, 25, 23, 23, 27, 28]);
  for (const [said, line] of seen) assert.equal(line, said);
  const map = new SourceMap(JSON.parse(Buffer.from(js.slice(js.lastIndexOf(",") + 1), "base64").toString()));
  const row = code.split("\n").findIndex((line) => line.includes("object.m()"));
  const entry = map.findEntry(row, code.split("\n")[row]?.indexOf("object.m()") ?? 0);
  assert.deepEqual("originalLine" in entry && [entry.originalLine, entry.originalColumn], [26, 2]);
});

test("a load pays for the code alone, not for helpers", async () => {
  const { js } = await buildImpl("type A = string;\n\nexport const f = (a: A): A => {\n  return a;\n};\n");
  assert.equal(js.slice(0, js.lastIndexOf("//#")), '"use strict"; \n\nconst f = (a) => {\n  return a;\n};\nexports.f = f;\n');
});

test("imports give what Node's own import gives: built-ins, CommonJS, ES modules", async (t) => {
  const root = tempDir(t);
  const write = (name: string, text: string): void => {
    mkdirSync(join(root, "node_modules", name), { recursive: true });
    writeFileSync(
      join(root, "node_modules", name, "package.json"),
      JSON.stringify({ name, version: "1.0.0", main: "index.js", ...(name.startsWith("esm") && { type: "module" }) }),
    );
    writeFileSync(join(root, "node_modules", name, "index.js"), text);
  };
  write("cjs", "exports.a = 1; exports.b = function () { return this === undefined; };");
  write("cjs-function", "module.exports = function named() { return 'f'; }; module.exports.a = 1;");
  write("cjs-compiled", "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = 'd'; exports.a = 1;");
  write(
    "cjs-bundled",
    "Object.defineProperty(exports, '__esModule', { value: true }); Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' }); exports.default = 'd'; exports.a = 1;",
  );
  write("cjs-value", "module.exports = 7;");
  write("esm", "export const a = 1; export let n = 0; export function up() { n += 1; } export default function d() { return 'd'; }");
  write("esm-named", "export const a = 1;");
  writeFileSync(
    join(root, "oracle.mjs"),
    `import * as url from "node:url"; import os, { EOL } from "node:os"; import events, { once } from "node:events";
import cjs, { a, b } from "cjs"; import cjsFunction from "cjs-function"; import compiled, { a as ca } from "cjs-compiled"; import bundled from "cjs-bundled";
import value from "cjs-value"; import d, { a as ea } from "esm"; import * as named from "esm-named"; import * as ns from "cjs-compiled";
export const f = () => [typeof url.fileURLToPath, typeof os.cpus, EOL, typeof events, typeof once, a, b(), Object.keys(cjs), cjsFunction(), compiled, ca, bundled, value, d(), ea, Object.keys(named), named.a, ns.a, ns.default];`,
  );
  const source = readFileSync(join(root, "oracle.mjs"), "utf8");
  const { js } = await buildImpl(source);
  writeFileSync(join(root, "impl.js.txt"), js);
  writeFileSync(
    join(root, "main.mjs"),
    `import { readFileSync } from "node:fs"; import { createRequire, SourceMap } from "node:module"; import { compileFunction } from "node:vm"; import { isDeepStrictEqual } from "node:util";
import { f } from "./oracle.mjs"; import * as esm from "esm"; import * as named from "esm-named";
const require = createRequire(import.meta.url);
const run = (load) => { const module = { exports: {} }; compileFunction(readFileSync("impl.js.txt", "utf8"), ["exports", "require", "module"])(module.exports, load, module); return module.exports.f(); };
console.log(JSON.stringify([f(), run(require), run((id) => ({ esm, "esm-named": named })[id] ?? require(id))].map((one) => one.map(String))));`,
  );
  // Plain node: tsx, under which this test runs, has a require of its own.
  const { stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", "main.mjs"], { cwd: root, encoding: "utf8", env: {} });
  assert.notEqual(stdout, "", stderr);
  const [wanted, byRequire, byNamespace] = JSON.parse(stdout) as unknown[][];
  assert.deepEqual(byRequire, wanted);
  assert.deepEqual(byNamespace, wanted);
});

test("a file of the project that a loader compiled to CommonJS is still an ES module", async () => {
  const compiled = Object.defineProperty({ default: "d", a: 1 }, "__esModule", { value: true });
  const { f } = await run('import d, { a } from "./x.ts";\nexport const f = () => [d, a];', () => compiled);
  assert.deepEqual((f as () => unknown)(), ["d", 1]);
});

test("imported variables stay alive", async (t) => {
  const root = tempDir(t);
  writeFileSync(join(root, "live.mjs"), "export let n = 0; export const up = () => { n += 1; };");
  const live: unknown = await import(join(root, "live.mjs"));
  const { f } = await run(
    'import whole, * as ns from "live";\nimport { n, up } from "live";\nexport const f = () => { up(); return [n, ns.n, whole]; };',
    () => live,
  );
  assert.deepEqual((f as () => unknown)(), [1, 1, undefined]);
  assert.deepEqual((f as () => unknown)(), [2, 2, undefined]);
});

test("a module that is not ready yet is no error before it is used", async (t) => {
  const root = tempDir(t);
  const { js } = await buildImpl(
    'import d, * as ns from "./late.mjs";\nimport { late } from "./late.mjs";\nexport const f = () => [d, ns.late, late];',
  );
  writeFileSync(
    join(root, "late.mjs"),
    'import * as self from "./late.mjs";\nimport { hook } from "./hook.mjs";\nhook.early(self);\nexport const late = 1;\nexport default "d";',
  );
  writeFileSync(join(root, "hook.mjs"), "export const hook = {};");
  const module: { exports: { f?: () => unknown } } = { exports: {} };
  const { hook } = (await import(join(root, "hook.mjs"))) as { hook: { early?: (self: unknown) => void } };
  hook.early = (self) => {
    compileFunction(js, ["exports", "require", "module"])(module.exports, () => self, module);
    assert.throws(() => module.exports.f?.(), ReferenceError);
  };
  await import(join(root, "late.mjs"));
  assert.deepEqual(module.exports.f?.(), ["d", 1, 1]);
});

test("imports of types and unused imports load nothing", async () => {
  const { f } = await run(
    'import type { A } from "nowhere";\nimport { type B } from "nowhere";\nimport { C } from "nowhere";\nexport const f = (c: C & A & B): C => c;',
    () => assert.fail("it loads"),
  );
  assert.equal((f as (c: number) => number)(1), 1);
});

test("names of the CommonJS function are the module's to use", async () => {
  const { f } = await run(
    "const require = 1, module = 2, exports = 3, load = 4, loaded = 5, view = 6;\nexport const f = () => [require, module, exports, load, loaded, view];",
  );
  assert.deepEqual((f as () => unknown)(), [1, 2, 3, 4, 5, 6]);
});

test("what does not compile is refused, with line and column", async () => {
  for (const [impl, says] of [
    ["export const f = ;\n", /1:18: Unexpected ";"/],
    ["const a = 1;\nconst a = 2;\n", /2:7: The symbol "a" has already been declared/],
    ["export const f = await 1;\n", /Top-level await/],
    ["export const f = \0;\n", /1:18/],
  ] satisfies [string, RegExp][]) {
    await assert.rejects(
      buildImpl(impl),
      (error) => error instanceof VibesafeValidationError && says.test(error.message) && error.remedy !== "",
      impl,
    );
  }
});

test("the version of the compiler is known", () => {
  assert.match(BUILD_VERSIONS["esbuild"] ?? "", /^\d+\.\d+\.\d+$/);
});
