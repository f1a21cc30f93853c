import assert from "node:assert/strict";
import { test } from "node:test";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { collectDependencies } from "../../lib/spec/deps.ts";
import type { SpecDependencies } from "../../lib/spec/types.ts";
import { hashOf, newWorkspace, specIn, unitFile, type Cleanup } from "./projects.ts";

function depsOf(t: Cleanup, files: Readonly<Record<string, string>>): SpecDependencies {
  const workspace = newWorkspace(t, files);
  return collectDependencies(workspace, specIn(workspace, "src/unit.ts")).deps;
}

test("names lead to declarations through barrels and renames, and on from there", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { one as two } from "./index.ts";', body: "two(a);" }),
    "src/index.ts": 'export * from "./inner/barrel.ts";',
    "src/inner/barrel.ts": 'export { three as one } from "../three.ts";',
    "src/three.ts": 'import { LIMIT } from "./limit.ts";\nfunction four(n: number): boolean {\n  return n > LIMIT;\n}\nexport { four as three };\nexport const unused = 1;\n',
    "src/limit.ts": "export const LIMIT = 1, OTHER = 2;\n",
  });
  assert.deepEqual(deps, {
    names: { two: "src/three#four" },
    declarations: {
      "src/limit#LIMIT": { code: "const LIMIT = 1;", names: {} },
      "src/three#four": { code: "function four(n: number): boolean {\n  return n > LIMIT;\n}", names: { LIMIT: "src/limit#LIMIT" } },
    },
    packages: {},
    units: {},
  });
});

test("signature, pre-hole code and examples are followed; globals, vibesafe and the unit itself are not", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({
      imports: 'import type { T } from "./t.ts";\nimport { join } from "node:path";\nexport const SEED = 1;\nconst hidden = 2;',
      signature: "function f(a: T): number",
      body: "Math.max(1, 2); join();",
      example: ">>> f(SEED)\n * 1\n * >>> typeof hidden\n * 'undefined'",
    }),
    "src/t.ts": "export type T = number;\n",
  });
  assert.deepEqual(deps.names, { SEED: "src/unit#SEED", T: "src/t#T", join: "node:path#join" });
  assert.deepEqual(Object.keys(deps.declarations), ["src/t#T", "src/unit#SEED"]);
});

test("what examples declare themselves hides what the file has", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: "export const x = 1;\nexport const y = 2;", example: ">>> const x = 3;\n * >>> f(x + y)\n * 1" }),
  });
  assert.deepEqual(deps.names, { y: "src/unit#y" });
});

test("a namespace import counts by its members, as a whole where it is passed on", (t) => {
  const files = (body: string): Record<string, string> => ({
    "src/unit.ts": unitFile({ imports: 'import * as h from "./h.ts";', body }),
    "src/h.ts": "export const one = 1;\nexport const two = 2;\nexport default 3;\n",
  });
  assert.deepEqual(depsOf(t, files("h.one;")).names, { "h.one": "src/h#one" });
  const whole = depsOf(t, files("console.log(h);"));
  assert.deepEqual(whole.names, { h: "src/h#*" });
  assert.deepEqual(whole.declarations["src/h#*"]?.names, { default: "src/h#default", one: "src/h#one", two: "src/h#two" });
});

test("another unit counts by signature, doc and the types of its signature", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { g } from "./g.ts";', body: "g(a);" }),
    "src/g.ts": unitFile({
      imports: "type N = number;\nconst START = 1;\nconst inner = 2;",
      signature: "function g(n: N, m: number = START): N",
      body: "inner;",
    }).replace("const f =", "const g ="),
  });
  assert.deepEqual(deps.names, { g: "unit:src.g/g" });
  assert.deepEqual(deps.units, {
    "src.g/g": { signature: "function g(n: N, m: number = START): N", doc: "Doc.\n\n>>> f(1)\n1", names: { N: "src/g#N", START: "src/g#START" } },
  });
  assert.deepEqual(Object.keys(deps.declarations), ["src/g#N", "src/g#START"]);
});

test("units and helpers in a circle", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { help } from "./help.ts";', body: "help(a); f(a);" }),
    "src/help.ts": 'import { f } from "./unit.ts";\nexport function help(n: number): number {\n  return n > 1 ? other(n) : f(n);\n}\nfunction other(n: number): number {\n  return help(n - 1);\n}\n',
  });
  assert.deepEqual(deps.names, { help: "src/help#help" });
  assert.deepEqual(deps.declarations["src/help#help"]?.names, { f: "unit:src.unit/f", other: "src/help#other" });
  assert.deepEqual(deps.units, {});
});

test("two re-exports in a circle export nothing", (t) => {
  const files = {
    "src/unit.ts": unitFile({ imports: 'import { x } from "./a.ts";', body: "x;" }),
    "src/a.ts": 'export * from "./b.ts";\nexport { y } from "./b.ts";\n',
    "src/b.ts": 'export * from "./a.ts";\nexport { y } from "./a.ts";\n',
  };
  assert.throws(() => depsOf(t, files), /"\.\/a\.ts" exports no "x"/);
});

test("one of two copies of a package is not enough: both versions count", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { z } from "zod";\nimport { w } from "../packages/w/index.ts";', body: "z(w);" }),
    "packages/w/index.ts": 'import { z } from "zod";\nexport const w = z;\n',
    "node_modules/zod/package.json": '{ "name": "zod", "version": "4.0.0" }',
    "node_modules/zod/index.js": "",
    "packages/w/node_modules/zod/package.json": '{ "name": "zod", "version": "3.0.0" }',
    "packages/w/node_modules/zod/index.js": "",
  });
  assert.deepEqual(deps.packages, { zod: "3.0.0 4.0.0" });
});

test("a name that may come from either of two packages' stars takes the first, files go before packages", (t) => {
  const files = {
    "src/unit.ts": unitFile({ imports: 'import { x, y } from "./index.ts";', body: "x; y;" }),
    "src/index.ts": 'export * from "zod";\nexport * from "./x.ts";\n',
    "src/x.ts": "export const x = 1;\n",
    "node_modules/zod/package.json": '{ "name": "zod", "version": "4.0.0" }',
    "node_modules/zod/index.js": "",
  };
  assert.deepEqual(depsOf(t, files).names, { x: "src/x#x", y: "npm:zod#y" });
});

test("JavaScript and the declarations beside it are one declaration", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { one } from "./h.js";\nimport type { T } from "./h.js";', body: "one; let t: T | undefined;" }),
    "src/h.js": "export const one = 1;\n",
    "src/h.d.ts": "export declare const one: number;\nexport interface T {}\n",
  });
  assert.deepEqual(deps.names, { T: "src/h#T", one: "src/h#one" });
  assert.equal(deps.declarations["src/h#one"]?.code, "const one = 1;\nconst one: number;");
});

test("names that are special on objects", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { __proto__, constructor } from "./h.ts";', body: "__proto__; constructor;" }),
    "src/h.ts": "export const __proto__ = 1;\nexport const constructor = 2;\n",
  });
  assert.deepEqual(Object.entries(deps.names), [
    ["__proto__", "src/h#__proto__"],
    ["constructor", "src/h#constructor"],
  ]);
});

test("errors name the specifier, the place and the unit", (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ "src/unit.ts": unitFile({ imports: 'import { x } from "./nope.ts";', body: "x;" }) }, /^src\/unit\.ts:2: cannot resolve "\.\/nope\.ts"/],
    [{ "src/unit.ts": unitFile({ imports: 'import { x } from "./h.ts";', body: "x;" }), "src/h.ts": "\nexport const y = 1;" }, /^src\/unit\.ts:2: "\.\/h\.ts" exports no "x"/],
    [{ "src/unit.ts": unitFile({ imports: 'import x from "./h.ts";', body: "x;" }), "src/h.ts": "export const y = 1;" }, /exports no default/],
    [{ "src/unit.ts": unitFile({ imports: 'import { x } from "./h.ts";', body: "x;" }), "src/h.ts": '\nimport { n } from "nowhere";\nexport const x = n;' }, /^src\/h\.ts:2: cannot resolve "nowhere"/],
    [{ "src/unit.ts": unitFile({ imports: 'import { x } from "./h.ts";', body: "x;" }), "src/h.ts": "export const x = ;" }, /^src\/h\.ts:1:18/],
    [{ "src/unit.ts": unitFile({ imports: 'import d from "./d.json";', body: "d;" }), "src/d.json": "{" }, /^src\/d\.json/],
    [{ "src/unit.ts": unitFile({ imports: 'import { n } from "./d.json";', body: "n;" }), "src/d.json": "{}" }, /^src\/d\.json: has no "n"/],
    [
      { "src/unit.ts": unitFile({ imports: 'import { x } from "./h.ts";\nimport { x as y } from "./h.mts";', body: "x; y;" }), "src/h.ts": "export const x = 1;", "src/h.mts": "export const x = 2;" },
      /src\/h\.m?ts and src\/h\.m?ts have the same module path/,
    ],
  ];
  for (const [files, message] of cases) {
    assert.throws(
      () => hashOf(newWorkspace(t, files)),
      (error) => error instanceof VibesafeTypeError && message.test(error.message) && error.unit === "src.unit/f" && error.remedy !== "",
      String(message),
    );
  }
});

test("what nothing names is never resolved", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { x } from "nowhere";\nimport "./nope.ts";\nexport const y = x;', example: ">>> f(1)\n * 1" }),
  });
  assert.deepEqual(deps.names, {});
});

test("the sources for the prompt are as written, comments and all", (t) => {
  const workspace = newWorkspace(t, {
    "src/unit.ts": unitFile({ imports: 'import { one } from "./h.ts";', body: "one;" }),
    "src/h.ts": "const a = 1;\r\n\r\n/** One. */\r\nexport const one =\r\n  a; // why\r\n",
  });
  const { sources } = hashOf(workspace);
  assert.deepEqual([...sources], [
    ["src/h#a", { file: "src/h.ts", line: 1, text: "const a = 1;" }],
    ["src/h#one", { file: "src/h.ts", line: 4, text: "/** One. */\nexport const one =\n  a;" }],
  ]);
});

test("a deep chain and a wide fan of declarations", (t) => {
  const chain = Array.from({ length: 3000 }, (_, i) => `export const c${i} = () => c${i + 1};`).join("\n");
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { c0 } from "./h.ts";', body: "c0;" }),
    "src/h.ts": `${chain}\nexport const c3000 = 1;\n`,
  });
  assert.equal(Object.keys(deps.declarations).length, 3001);
});

test("import(), require() and import types with a plain specifier count; a function of that name, and a computed one, do not", (t) => {
  const deps = depsOf(t, {
    "src/unit.ts": unitFile({ imports: 'import { load } from "./load.cjs";\nfunction require(s: string): string { return s; }', body: 'require("./nope"); void import(`./h.ts`); void import(`./${a}`); load;' }),
    "src/load.cjs": 'const { one } = require("./h.js");\nexports.load = (name) => require(name) ?? one;\n',
    "src/h.ts": "export const one = 1;\n",
  });
  assert.deepEqual(deps.names, { 'import("./h.ts")': "src/h#*", load: "src/load#*", require: "src/unit#require" });
  assert.deepEqual(deps.declarations["src/load#*"]?.names, { 'import("./h.js")': "src/h#*" });
});
