import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImplementation } from "../../lib/generate/validate.ts";
import { specProject } from "./spec-project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
/** >>> run({})
 * 1 */
export const run = vibesafe.func(function run(input: Record<string, unknown>): unknown {
  throw new VibesafeHandled();
});
`;

type Test = { after(cleanUp: () => void): void };

/** The report on a whole module; every problem must be one of policy. */
function project(t: Test, spec: string = SPEC): (impl: string) => string {
  const { workspace, unit } = specProject(t, { "src/a.ts": spec });
  const hashed = unit("src/a.ts", "run");
  return (impl) => {
    const report = checkImplementation(workspace, hashed, impl);
    if (report.problems.length > 0) assert.equal(report.stage, "policy", report.text);
    return report.text;
  };
}

/** The report on statements in the body, which begins in line 2. */
function check(t: Test): (code: string) => string {
  const say = project(t);
  return (code) => say(`export function run(input: Record<string, unknown>): unknown {\n${code}\nreturn 1;\n}\n`);
}

test("pure language passes", (t) => {
  const say = check(t);
  for (const code of [
    "const a = [1, 2].map((n) => n * 2); Math.max(...a); JSON.stringify({ a }); new Map(); Symbol.iterator; 1n;",
    "new URL('http://a'); new URLSearchParams(); new TextEncoder(); structuredClone(input); new AbortController(); setTimeout(() => {}, 1); queueMicrotask(() => {}); btoa(atob('')); crypto.randomUUID(); console.log(1);",
    "undefined; NaN; Infinity; parseInt('1', 10); Intl.NumberFormat; new Date(); Promise.all([]); Reflect.ownKeys(input); new Proxy({}, {});",
    "class A { constructor() {} static b = 1; #c = 2; get d() { return this.#c; } } new A();",
    "const constructor = 1; const o = { constructor, process: 1, require: 2, eval: 3 }; o.process; o.require; o.eval; const { process: p } = o; p;",
    "if ('constructor' === String(input['key'])) return 0; const key = '__proto__'; if (key in {}) return 1; new Set(['__proto__', 'constructor']);",
    "const clean = { __proto__: null, a: 1 }; Object.create(null); Object.assign({}, input); Object.freeze(input); Object.defineProperty(input, 'a', { value: 1 });",
    "const max = Math.max; const list: number[] = []; list[0] = max(1); const copy = { ...Math }; copy.PI;",
    "function f(max: { x: number }) { max.x = 1; } f({ x: 1 }); const { max } = Math; max(1);",
    "let x = 1; x++; [x] = [2]; ({ x } = { x: 3 }); for (x of [1]) ; delete input['a'];",
    "function f() { return new.target; } f; (function () { return arguments.length; })();",
    "const t: typeof process = null as never; t; let g: typeof globalThis | undefined; g; type F = Function; const h = 1 as unknown as F; h;",
    "Array.prototype.slice.call([1]); Object.prototype.hasOwnProperty.call(input, 'a'); Object.hasOwn(input, 'a');",
  ]) {
    assert.equal(say(code), "", code);
  }
});

test("ways to run text as code", (t) => {
  const say = check(t);
  for (const [code, says] of [
    ["eval('1');", /2:1 global: `eval` runs text as code/],
    ["(0, eval)('1');", /`eval`/],
    ["const e = eval; e('1');", /`eval`/],
    ["new Function('return 1')();", /`Function` makes code from text/],
    ["input instanceof Function;", /`Function`/],
    ["\\u0065val('1');", /`eval`/],
    ["run.c\\u006fnstructor;", /`constructor`/],
    ["run['c\\x6fnstructor'];", /`constructor`/],
    ["class A { #f = eval; static { eval; } } A;", /`eval`/],
    ["const o = { [eval('1')]: 1 }; o;", /`eval`/],
    ["function f(a = eval) { a; } f;", /`eval`/],
    ["`${eval}`; eval`1`;", /`eval`/],
    ["(() => {}).constructor('return process')();", /`constructor` leads to Function/],
    ["(async () => {}).constructor;", /`constructor`/],
    ["(function* () {})?.constructor;", /`constructor`/],
    ["run['constructor'];", /`constructor`/],
    ["run[`constructor`];", /`constructor`/],
    ["run['con' + 'structor'];", /`constructor`/],
    ["run[`con${'struct'}or`];", /`constructor`/],
    ["const k = 'constr'; const l = k + 'uctor'; run[l];", /`constructor`/],
    ["run['constructor' as 'name'];", /`constructor`/],
    ["const { constructor } = run; constructor;", /`constructor`/],
    ["const { constructor: C } = run; C;", /`constructor`/],
    ["const { ['constructor']: C } = run; C;", /`constructor`/],
    ["let C; ({ constructor: C } = run); C;", /`constructor`/],
    ["function f({ constructor: C }: object) { C; } f(run);", /`constructor`/],
    ["Reflect.get(run, 'constructor');", /`constructor`/],
    ["Object.getOwnPropertyDescriptor(run, 'constructor');", /`constructor`/],
    ["run.__proto__;", /`__proto__`/],
    ["run['__proto__'];", /`__proto__`/],
    ["const o = { __proto__: run }; o;", /`__proto__`/],
    ["const o = { '__proto__': run }; o;", /`__proto__`/],
    ["run.__lookupGetter__('a');", /`__lookupGetter__`/],
    ["run.__defineGetter__('a', () => 1);", /`__defineGetter__`/],
  ] satisfies [string, RegExp][]) {
    assert.match(say(code), says, code);
  }
});

test("ways out of the module", (t) => {
  const say = check(t);
  for (const [code, says] of [
    ["globalThis.process;", /`globalThis` gives everything global/],
    ["global.x;", /`global`/],
    ["process.env;", /`process` controls the process/],
    ["typeof process;", /`process`/],
    ["const { env } = process; env;", /`process`/],
    ["const o = { process }; o;", /`process`/],
    ["require('fs');", /`require` loads any module/],
    ["module.exports = 1;", /`module`/],
    ["exports.a = 1;", /`exports`/],
    ["__dirname;", /`__dirname`/],
    ["await import('node:fs');", /`import\(\)` loads modules/],
    ["import('node:fs');", /`import\(\)`/],
    ["import.meta.url;", /`import\.meta`/],
    ["debugger;", /`debugger`/],
    ["arguments.callee;", /`arguments\.callee`/],
    ["fetch('x');", /`fetch` is no part of pure language/],
    ["Buffer.from('x');", /`Buffer`/],
    ["setImmediate(() => {});", /`setImmediate`/],
    ["new Worker('x');", /`Worker`/],
    ["WebAssembly.compile;", /`WebAssembly`/],
    ["performance.now();", /`performance`/],
    ["undeclared;", /`undeclared`/],
  ] satisfies [string, RegExp][]) {
    const wrapped = code.startsWith("await") ? `(async () => { ${code} })();` : code;
    assert.match(say(wrapped), says, code);
  }
});

test("changes of what all code shares", (t) => {
  const say = check(t);
  for (const code of [
    "Array.prototype.last = 1;",
    "(Array.prototype as any).last = 1;",
    "Array['prototype']['last'] = 1;",
    "console.log = () => {};",
    "Error.prepareStackTrace = () => 1;",
    "Math.PI++;",
    "delete Array.prototype.map;",
    "[Array.prototype[0]] = [1];",
    "({ a: Math.PI } = { a: 3 });",
    "[...Array.prototype[0]] = [1];",
    "for (Array.prototype[0] of [1]) ;",
    "for (Math.PI in {}) ;",
    "Object.defineProperty(Array.prototype, 'x', { value: 1 });",
    "Object.assign(Math, { x: 1 });",
    "Object.setPrototypeOf(Array.prototype, null);",
    "Object.freeze(Object.prototype);",
    "Reflect.set(Array.prototype, 'x', 1);",
    "Reflect.deleteProperty(JSON, 'parse');",
    "const P = Array.prototype; P.last = 1;",
    "const { prototype } = Array; prototype.last = 1;",
    "const A = Array; const { prototype: { map } } = A; map.x = 1;",
    "Object.getPrototypeOf([]).x = 1;",
    "const p = Reflect.getPrototypeOf(input); p.x = 1;",
    "Array.prototype.map!.x = 1;",
    "JSON = null;",
  ]) {
    assert.match(say(code), /changes |assigns to the global|no part/, code);
  }
});

test("comments that silence a tool or lead it elsewhere", (t) => {
  const say = check(t);
  for (const comment of [
    "// @ts-ignore",
    "/* @ts-ignore */",
    "//@ts-expect-error because",
    "// @ts-nocheck",
    "// eslint-disable-next-line",
    "/* eslint-disable */",
    "/* eslint no-undef: 0 */",
    "// oxlint-disable-line no-eval",
    '/// <reference types="node" />',
    '/// <reference path="../x.d.ts" />',
    "//# sourceMappingURL=data:x",
    "//@ sourceURL=x",
  ]) {
    assert.match(say(comment), /2:1 comment: a comment that/, comment);
  }
  for (const comment of [
    "// the reference is <here>",
    "/** @param a the a */",
    "// lints are for eslinters",
    "const text = '// @ts-ignore'; text;",
  ])
    assert.equal(say(comment), "", comment);
});

test("what the spec's own code names is its author's; the model may not follow", (t) => {
  const spec = `import { vibesafe, VibesafeHandled } from "vibesafe";
const home = () => process.env["HOME"];
/** >>> run()
 * 1 */
export const run = vibesafe.func(function run(limit: number = Number(process.env["LIMIT"])): unknown {
  const place = home() ?? process.cwd();
  throw new VibesafeHandled();
});
`;
  const say = project(t, spec);
  const impl = (rest: string): string => `const home = () => process.env["HOME"];
export function run(limit: number = Number(process.env["LIMIT"])): unknown {
  const place = home() ?? process.cwd();
  ${rest}
}
`;
  assert.equal(say(impl("return { place, process: 1 }.process;")), "");
  assert.match(say(impl("return process.exit();")), /^4:10 global: `process` controls the process$/);
  assert.match(say(impl("return { process };")), /4:12 global: `process`/);
  assert.match(say(`process.exit();\n${impl("return 1;")}`), /^1:1 global: `process`/);
});

test("allow opens a global, but none that leads to everything", (t) => {
  const spec = SPEC.replace(
    "vibesafe.func(",
    'vibesafe.func({ allow: ["fetch", "process", "eval", "Function", "globalThis", "node:fs"] }, ',
  );
  const say = project(t, spec);
  const impl = (code: string): string => `export function run(input: Record<string, unknown>): unknown { ${code} return 1; }`;
  assert.equal(say(impl("fetch('x');")), "");
  for (const name of ["process", "eval", "Function", "globalThis", "fs"])
    assert.match(say(impl(`${name};`)), new RegExp(`global: \`${name}\``), name);
});
