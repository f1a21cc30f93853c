import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { VibesafeTypeError, VibesafeValidationError } from "../../lib/errors.ts";
import { checkImplementation, stageOf, validateImplementation } from "../../lib/generate/validate.ts";
import { specProject } from "./spec-project.ts";

const OPS = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { join as glue, type ParsedPath } from "node:path";
import * as url from "node:url";
import type { Shape } from "./shapes.ts";
import { area } from "./shapes.ts";

type Digits = string;
const RADIX = 10;
function parseInteger(text: Digits): number {
  return Number.parseInt(text, RADIX);
}
export interface Money { readonly cents: number }
export function round(value: number): number { return Math.round(value); }
export class Ledger { total = 0 }
export { glue as stick };

/** >>> add("1", "2")
 * 3 */
export const add = vibesafe.func(function add(a: string, b: string = "0"): number {
  const left = parseInteger(a); // the left one
  if (Number.isNaN(left)) throw new RangeError('no number');
  throw new VibesafeHandled();
});

/** >>> price({ cents: 1 })
 * 1 */
export const price = vibesafe.func((money: Money, shape?: Shape): number => {
  const whole = round(money.cents);
  throw new VibesafeHandled();
});

/** >>> place("a")
 * 'a' */
export const place = vibesafe.func((path: string): string => {
  const full = glue("x", path);
  throw new VibesafeHandled();
});

/** >>> collect()
 * 1 */
export const collect = vibesafe.func(async function* collect<T extends object, U = string>(this: Ledger, { a, b: [c] }: { a: T; b: U[] }, ...rest: readonly number[]): AsyncGenerator<T> {
  throw new VibesafeHandled();
});
`;
const SHAPES = `export interface Shape { readonly size: number }
export function area(shape: Shape): number { return shape.size; }
`;

const FILES = { "src/ops.ts": OPS, "src/shapes.ts": SHAPES };

function checker(t: TestContext, name: string, files: Record<string, string> = FILES): (impl: string) => string {
  const project = specProject(t, files);
  const hashed = project.unit("src/ops.ts", name);
  return (impl) => checkImplementation(project.workspace, hashed, impl).text;
}

const REPEATED = `type Digits = string;
const RADIX = 10;
function parseInteger(text: Digits): number { return Number.parseInt(text, RADIX); }
`;
const BODY = `{ const left = parseInteger(a); if (Number.isNaN(left)) { throw new RangeError("no number") } return left + parseInteger(b); }`;
// What the spec has is `if (…) throw …`: a block around it is another tree.
const SAME_BODY = `{ const left = parseInteger(a)\n/* why */ if ((Number.isNaN(left))) throw new RangeError("no number");; return left + parseInteger(b); }`;
const HEAD = `(a: string, b: string = '0'): number`;
const GOOD = `${REPEATED}export function add${HEAD} ${SAME_BODY}\n`;

test("every way to export the unit", (t) => {
  const check = checker(t, "add");
  for (const impl of [
    GOOD,
    `${REPEATED}export const add = function add${HEAD} ${SAME_BODY};`,
    `${REPEATED}export const add = function ${HEAD} ${SAME_BODY};`,
    `${REPEATED}export const add = ${HEAD} => ${SAME_BODY};`,
    `${REPEATED}function add${HEAD} ${SAME_BODY}\nexport { add };`,
    `${REPEATED}const sum = ${HEAD} => ${SAME_BODY};\nexport { sum as add };`,
    `export { sum as add };\n${REPEATED}function sum${HEAD} ${SAME_BODY}`,
  ]) {
    assert.equal(check(impl), "", impl);
  }
});

test("what does not export the unit, or more than it", (t) => {
  const check = checker(t, "add");
  const cases: [impl: string, says: RegExp][] = [
    ["const x = 1;", /must export `add`/],
    [GOOD.replace("export ", ""), /must export `add`/],
    [`${GOOD}export const more = 1;`, /exports `more`; the module must export `add` and nothing else/],
    [`${GOOD}export default add;`, /exports a default/],
    [`${GOOD}export type T = 1;`, /exports `T`/],
    [`${GOOD}export { add as default };`, /exports `default`/],
    [`${GOOD}export * from "./shapes.ts";`, /exports what \.\/shapes\.ts exports/],
    [`export { area as add } from "./shapes.ts";`, /exports from \.\/shapes\.ts/],
    [`import { area as add } from "./shapes.ts"; export { add };`, /must be a function of this module/],
    [`export let add = ${HEAD} => ${BODY};`, /must be a function/],
    [`export class add {}`, /must be a function/],
    [`export const add = 1;`, /must be a function/],
    [`export const add = make(() => 1);`, /must be a function/],
    [`export const { add } = { add: 1 };`, /must be a function/],
    [`export function add(a: string): number;\n${GOOD}`, /without overloads/],
    [`${GOOD}add = other;`, /`add` is assigned to/],
    [`${REPEATED}export function add${HEAD} ${SAME_BODY.replace(/}$/, "add = 1; }")}`, /`add` is assigned to/],
    [`${GOOD}({ x: add } = { x: 1 });`, /`add` is assigned to/],
  ];
  for (const [impl, says] of cases) assert.match(check(impl), says, impl);
});

test("a local variable of the unit's name is no assignment to it", (t) => {
  const check = checker(t, "price");
  const impl = `import { round, type Money } from "./ops.ts"; import type { Shape } from "./shapes.ts";
export function price(money: Money, shape?: Shape): number { const whole = round(money.cents); let price = whole; price += 1; return price; }`;
  assert.equal(check(impl), "");
});

test("the signature must be the spec's, by structure", (t) => {
  const check = checker(t, "add");
  const cases: [head: string, says: RegExp][] = [
    [
      `(a: string, b: string): number`,
      /signature is `function add\(a: string, b: string\): number`; it must be `function add\(a: string, b: string = "0"\): number`/,
    ],
    [`(a: string, b: string = "1"): number`, /must be/],
    [`(a: string, b?: string): number`, /must be/],
    [`(a: string): number`, /must be/],
    [`(b: string, a: string = "0"): number`, /must be/],
    [`(a: string, b: string = "0", c?: number): number`, /must be/],
    [`(a: any, b: string = "0"): number`, /must be/],
    [`(a: string, b: string = "0"): number | string`, /must be/],
    [`<T>(a: string, b: string = "0"): number`, /must be/],
    [`(a, b = "0"): number`, /parameter a has no type/],
    [`(a: string, b: string = "0")`, /the result has no type/],
  ];
  for (const [head, says] of cases) assert.match(check(`${REPEATED}export function add${head} ${SAME_BODY}`), says, head);
  assert.match(check(`${REPEATED}export async function add${HEAD} ${SAME_BODY}`), /signature is `async function add/);
  assert.match(check(`${REPEATED}export function* add${HEAD} ${SAME_BODY}`), /signature is `function\* add/);
  assert.match(check(`${REPEATED}export const add = function parseInteger${HEAD} ${SAME_BODY};`), /calls itself `parseInteger`/);
});

test("a signature with everything in it", (t) => {
  const check = checker(t, "collect");
  const head =
    "<T extends object, U = string>(this: Ledger, { a, b: [c] }: { a: T, b: Array<U> }, ...rest: readonly number[]): AsyncGenerator<T>";
  const same = head.replace("Array<U>", "U[]");
  assert.equal(check(`import type { Ledger } from "./ops.ts";\nexport async function* collect${same} { yield a; }`), "");
  assert.match(check(`import type { Ledger } from "./ops.ts";\nexport async function* collect${head} { yield a; }`), /signature is/);
  assert.match(
    check(`import type { Ledger } from "./ops.ts";\nexport async function* collect${same.replace("this: Ledger, ", "")} { yield a; }`),
    /signature is/,
  );
});

test("the body must begin with the pre-hole code", (t) => {
  const check = checker(t, "add");
  const cases = [
    "{ return 1; }",
    "{}",
    BODY,
    "{ if (Number.isNaN(left)) throw new RangeError('no number'); const left = parseInteger(a); return 1; }",
    "{ const left = parseInteger(a) + 0; if (Number.isNaN(left)) throw new RangeError('no number'); return 1; }",
    "{ const left = parseInteger(a); return left; if (Number.isNaN(left)) throw new RangeError('no number'); }",
    "{ try { const left = parseInteger(a); if (Number.isNaN(left)) throw new RangeError('no number'); } catch {} return 1; }",
    "{ 'use strict'; const left = parseInteger(a); if (Number.isNaN(left)) throw new RangeError('no number'); return 1; }",
  ];
  for (const body of cases)
    assert.match(check(`${REPEATED}export function add${HEAD} ${body}`), /pre-hole: the body must begin with the spec's own code/, body);
  assert.match(
    check(`${REPEATED}export const add = ${HEAD} => 1;`),
    /statement 1 must be `const left = parseInteger\(a\);`, but the body ends there/,
  );
});

test("names in the pre-hole code keep their meaning", (t) => {
  const check = checker(t, "add");
  const inBody = (more: string): string => check(`${REPEATED}export function add${HEAD} ${SAME_BODY.replace(/}$/, `${more} }`)}`);
  assert.match(inBody("function parseInteger(): number { return 1; }"), /declares `parseInteger`/);
  assert.match(inBody("var Number = { isNaN: () => false };"), /declares `Number`/);
  assert.match(inBody("if (left) { for (;;) { var parseInteger = Number; } }"), /declares `parseInteger`/);
  assert.match(inBody("function a(): number { return 1; }"), /declares `a`/);
  assert.equal(inBody("function c(): number { return 1; }"), "");
  const cases: [impl: string, says: RegExp][] = [
    [
      GOOD.replace(REPEATED, ""),
      /`parseInteger` must be declared exactly as in ops\.ts, which does not export it:\nfunction parseInteger\(text: Digits\)/,
    ],
    [GOOD.replace("const RADIX = 10;", "const RADIX = 2;"), /`RADIX` must be declared exactly/],
    [GOOD.replace("const RADIX = 10;", "let RADIX = 10;"), /`RADIX` must be declared exactly/],
    [GOOD.replace("const RADIX = 10;", ""), /`RADIX` must be declared exactly/],
    [GOOD.replace("type Digits = string", "type Digits = 'a'"), /`Digits` must be declared exactly/],
    [GOOD.replace("Number.parseInt(text, RADIX)", "1"), /`parseInteger` must be declared exactly/],
    [
      GOOD.replace(/function parseInteger.*\n/, 'import { area as parseInteger } from "./shapes.ts";\n'),
      /`parseInteger` must be declared exactly/,
    ],
    [
      GOOD.replace(/function parseInteger.*\n/, 'import { parseInteger } from "./ops.ts";\n'),
      /does not export `parseInteger`; declare it in this module/,
    ],
    [`const Number = { isNaN: () => false };\n${GOOD}`, /`Number` is a global in the spec's own code/],
    [`import { area as RangeError } from "./shapes.ts";\n${GOOD}`, /`RangeError` is a global/],
    [`class RangeError {}\n${GOOD}`, /`RangeError` is a global/],
  ];
  for (const [impl, says] of cases) assert.match(check(impl), says, impl);
});

test("what is repeated stays as it is repeated", (t) => {
  const check = checker(t, "add");
  for (const line of [
    "parseInteger = () => 1;",
    "RADIX.x = 1;",
    "[parseInteger] = [() => 1];",
    "function later() { (parseInteger as any)!.x = 1; }",
    "Object.assign(parseInteger, { x: 1 });",
    "delete RADIX.x;",
  ]) {
    assert.match(check(`${GOOD}${line}\n`), /changes `(parseInteger|RADIX)`, which the spec's own code relies on/, line);
  }
});

test("a spec that calls itself calls what is exported", (t) => {
  const spec = `import { vibesafe, VibesafeHandled } from "vibesafe";
/** >>> down(1)
 * 0 */
export const down = vibesafe.func((n: number): number => { if (n > 0) return down(n - 1); throw new VibesafeHandled(); });
`;
  const check = checker(t, "down", { "src/ops.ts": spec });
  const body = "(n: number): number => { if (n > 0) return down(n - 1); return 0; }";
  assert.equal(check(`export const down = ${body};`), "");
  assert.match(
    check(`const down = (n: number): number => n;\nconst f = ${body};\nexport { f as down };`),
    /1:7 name: `down` must name the function that is exported/,
  );
  assert.match(check(`const f = ${body};\nexport { f as down };`), /`down` must name the function/);
});

test("what the spec's file exports or imports is imported, under whatever name it is exported", (t) => {
  const price = checker(t, "price");
  const head = "(money: Money, shape?: Shape): number";
  const body = "{ const whole = round(money.cents); return whole; }";
  const shape = 'import type { Shape } from "./shapes.ts";';
  for (const from of ["./ops.ts", "./ops.js", "./ops"]) {
    assert.equal(price(`import { round, type Money } from "${from}"; ${shape} export const price = ${head} => ${body};`), "", from);
  }
  assert.equal(price(`import { type Money, round as round } from "../src/ops.ts"; ${shape} export const price = ${head} => ${body};`), "");
  assert.equal(
    price(`import { round } from "./ops.ts"; interface Money { readonly cents: number } ${shape} export const price = ${head} => ${body};`),
    "",
  );
  const cases: [imports: string, says: RegExp][] = [
    [
      `import type { Money } from "./ops.ts"; ${shape} function round(value: number): number { return Math.round(value); }`,
      /`round` must be what it is in ops\.ts: import \{ round \} from "\.\/ops\.ts"/,
    ],
    [`import { type Money, Ledger as round } from "./ops.ts"; ${shape}`, /`round` must be what it is/],
    [
      `import { round, type Money } from "./ops.ts"; import type { Other as Shape } from "./shapes.ts";`,
      /`Shape` must be what it is in ops\.ts: import \{ Shape \} from "\.\/shapes\.ts"/,
    ],
    [`import { round, type Money } from "./ops.ts"; interface Shape { readonly size: number }`, /`Shape` must be what it is/],
    [`import { round, type Money } from "./ops.ts";`, /`Shape` must be what it is/],
  ];
  for (const [imports, says] of cases) assert.match(price(`${imports} export const price = ${head} => ${body};`), says, imports);

  const place = checker(t, "place");
  const code = '(path: string): string => { const full = glue("x", path); return full; }';
  assert.equal(place(`import { join as glue } from "node:path"; export const place = ${code};`), "");
  assert.equal(place(`import { stick as glue } from "./ops.ts"; export const place = ${code};`), "");
  assert.match(
    place(`import { join } from "node:path"; const glue = join; export const place = ${code};`),
    /`glue` must be what it is in ops\.ts: import \{ join as glue \} from "node:path"/,
  );
  assert.match(place(`import { resolve as glue } from "node:path"; export const place = ${code};`), /`glue` must be what it is/);
});

test("imports beyond the spec's file", (t) => {
  const check = checker(t, "add");
  const good: string[] = [
    'import { join } from "node:path";',
    'import { join as whatever } from "node:path";',
    'import type { FormatInputPathObject } from "node:path";',
    'import { type FormatInputPathObject } from "node:path";',
    'import type * as path from "node:path";',
    'import { fileURLToPath } from "node:url";',
    'import * as url from "node:url";',
    'import { area } from "./shapes.ts";',
    'import { round, Ledger, type Money, stick } from "./ops.js";',
    'import * as ops from "./ops.ts";',
    'import { price } from "./ops.ts";',
  ];
  for (const line of good) assert.equal(check(`${line}\n${GOOD}`), "", line);
  const bad: [line: string, says: RegExp][] = [
    ['import fs from "node:fs";', /imports "node:fs", which src\/ops\.ts does not import/],
    ['import type { Stats } from "node:fs";', /imports "node:fs"/],
    ['import "node:fs";', /imports "node:fs"/],
    ['import "node:path";', /for its side effects alone/],
    ['import {} from "node:path";', /for its side effects alone/],
    ['import { resolve } from "node:path";', /imports `resolve` of "node:path", of which src\/ops\.ts imports only join/],
    ['import path from "node:path";', /imports `default` of "node:path"/],
    ['import * as path from "node:path";', /imports `\*` of "node:path"/],
    ['import { ParsedPath } from "node:path";', /imports `ParsedPath` of "node:path".*for a type write `import type`/],
    ['import { Shape } from "./shapes.ts";', /imports `Shape`/],
    ['import { area } from "./shapes.js";', /imports "\.\/shapes\.js"/],
    ['import { add } from "./ops.ts";', /the unit itself/],
    ['import { RADIX as r } from "./ops.ts";', /does not export `RADIX`; declare it in this module/],
    ['import { nothing } from "./ops.ts";', /does not export `nothing`$/m],
    ['import { vibesafe } from "vibesafe";', /`vibesafe` of vibesafe, which is for specs/],
    ['import { VibesafeHandled } from "vibesafe";', /which is for specs/],
    ['import { load } from "vibesafe";', /imports `load` of "vibesafe"/],
    ['import { glue } from "../lib/ops.ts";', /imports "\.\.\/lib\/ops\.ts"/],
    ['import { x } from "./ops.ts/../secret.ts";', /imports/],
  ];
  for (const [line, says] of bad) assert.match(check(`${line}\n${GOOD}`), says, line);
});

test("what allow adds: modules with their parts, with and without node:, for the unit or the project", (t) => {
  const allow = (list: string): string => OPS.replace("vibesafe.func(function add", `vibesafe.func({ allow: ${list} }, function add`);
  const unit = checker(t, "add", { ...FILES, "src/ops.ts": allow('["node:fs", "lodash", "@a/b/c", "fetch"]') });
  for (const line of [
    'import fs from "node:fs";',
    'import "fs";',
    'import { readFile } from "fs/promises";',
    'import { map } from "lodash/fp";',
    'import b from "@a/b/c";',
    "fetch('x');",
  ]) {
    assert.equal(unit(`${line}\n${GOOD}`), "", line);
  }
  for (const line of ['import "node:vm";', 'import "lodash-es";', 'import b from "@a/b";', "new WebSocket('x');"])
    assert.notEqual(unit(`${line}\n${GOOD}`), "", line);
  const project = checker(t, "add", {
    ...FILES,
    "vibesafe.toml": '[provider.default]\nkind = "replay"\n[policy]\nallow = ["performance"]\n',
  });
  assert.equal(project(`performance.now();\n${GOOD}`), "");
});

test("the spec may name what no reply can repeat: then it must export it", (t) => {
  const cases: [declaration: string, says: RegExp][] = [
    ["class Helper { run(): number { return 1; } }\nconst help = new Helper();", /Helper is a class/],
    ["let help = { run: () => 1 };\nexport function set(): void { help = { run: () => 2 }; }", /help is a variable that changes/],
    ["const help = { run: () => 1, n: 0 };\nhelp.n = 1;", /help is a variable that changes/],
    ["enum Help { run }\nconst help = { run: () => Help.run };", /Help is an enum/],
    [
      "/** >>> help.run()\n * 1 */\nconst help = vibesafe.func(function help(): number { throw new VibesafeHandled(); });",
      /help is a unit/,
    ],
  ];
  for (const [declaration, says] of cases) {
    const source = `import { vibesafe, VibesafeHandled } from "vibesafe";\n${declaration}
/** >>> use()
 * 1 */
export const use = vibesafe.func(function use(): number { const n = help; throw new VibesafeHandled(); });`;
    const { workspace, unit } = specProject(t, { "src/a.ts": source });
    const hashed = unit("src/a.ts", "use");
    assert.throws(
      () => checkImplementation(workspace, hashed, "export function use(): number { return 1; }"),
      (error) =>
        error instanceof VibesafeTypeError &&
        says.test(error.message) &&
        /^export (Helper|help|Help),/.test(error.remedy) &&
        error.unit === "src.a/use",
      declaration,
    );
  }
});

test("only erasable TypeScript, and nothing that waits at the top", (t) => {
  const check = checker(t, "add");
  const cases: [line: string, says: RegExp][] = [
    ["enum A { b }", /1:1 erasable: an enum/],
    ["const enum A { b }", /an enum/],
    ["namespace A { export const b = 1; }", /a namespace/],
    ["declare global { interface Array<T> { last: T } }", /a namespace|declare/],
    ['declare module "x" { export const a: 1; }', /a namespace|declare/],
    ["class A { constructor(private b: number) {} }", /parameter property/],
    ["@dec class A {}", /decorators/],
    ["class A { @dec b() {} }", /decorators/],
    ['import fs = require("fs");', /import … =/],
    ["declare const process: { exit(): void };\nprocess.exit();", /`declare`/],
    ["declare function f(): void;", /`declare`/],
    ["await 1;", /await outside of a function/],
    ["for await (const a of []) {}", /await outside of a function/],
  ];
  for (const [line, says] of cases) assert.match(check(`${line}\n${GOOD}`), says, line);
  for (const line of [
    "abstract class A { declare b: number; abstract c(): void; }",
    "function f(a: 1): 1;\nfunction f(a: 2): 2;\nfunction f(a: 1 | 2): 1 | 2 { return a; }",
    "const x = 1 as const satisfies number;",
    "const later = async (): Promise<void> => { await 1; for await (const a of []) void a; };",
  ]) {
    assert.equal(check(`${line}\n${GOOD}`), "", line);
  }
});

test("code that does not parse: line and column", (t) => {
  const check = checker(t, "add");
  assert.match(check("export function add( {\n  return }}\n"), /^2:\d+ syntax: /);
  assert.match(check("```ts\nnope\n```"), /export: the module must export `add`/);
  assert.match(check("#!/usr/bin/env node\n" + GOOD), /1:1 syntax: .*hashbang/);
});

test("all problems come in one message, in the order of the code, validate before policy", (t) => {
  const { workspace, unit } = specProject(t, FILES);
  const hashed = unit("src/ops.ts", "add");
  const failure = (impl: string): VibesafeValidationError => {
    try {
      validateImplementation(workspace, hashed, impl);
    } catch (error) {
      assert.ok(error instanceof VibesafeValidationError);
      return error;
    }
    return assert.fail("it is valid");
  };
  const both = failure(`import fs from "node:fs";\nprocess.exit();\n${GOOD}export const more = fetch("x");\n`);
  assert.deepEqual(both.message.split("\n"), [
    '1:1 import: imports "node:fs", which src/ops.ts does not import',
    "2:1 global: `process` controls the process",
    "8:1 export: exports `more`; the module must export `add` and nothing else",
    "8:21 global: `fetch` is no part of pure language",
  ]);
  assert.equal(stageOf(both), "validate");
  assert.match(both.remedy, /add "node:fs", "fetch" to the unit's allow option/);
  assert.equal(both.unit, "src.ops/add");
  const policy = failure(`${GOOD}process.exit();\n`);
  assert.equal(stageOf(policy), "policy");
  assert.doesNotMatch(policy.remedy, /allow/);
  const many = failure(`${GOOD}${"process.exit(); eval('');\n".repeat(100)}`);
  assert.ok(many.message.split("\n").length <= 51);
});
