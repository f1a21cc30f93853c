/** TypeScript's own "Cannot find name" diagnostics are the oracle for what a program uses and does not bind. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { freeNames } from "../../lib/spec/scope.ts";
import { tempDir } from "../temp.ts";
import { parse } from "./tree-compare.ts";

/** Each is one module. */
const SNIPPETS: readonly string[] = [
  // expressions
  "a + b.c + d[e] + f(g, ...h)", "({ a, b: c, [d]: e, f() { return g }, get h() { return i }, ...j })", "x = y; [a, b.c, d = e, ...f] = g; ({ h, i: j, k: l.m = n, ...o } = p)",
  "a?.b?.[c]?.(d); e!; f as g; h satisfies i; <j>k; l as const", "`${a}${b.c}`; t`${d}`; u<v>`x`", "new a(b); new c.d<e>(); typeof f; void g; delete h.i; i++; --j; -k; !l",
  "a ? b : c; d && e || f; f ?? g; (h, i)", "async () => { await a; for await (const b of c) b }", "function* f() { yield a; yield* b }", "import('x').then(a); import.meta.b; import('y', c)",
  "/a/.test(b); 'c'; 1; 2n; true; null; this; undefined", "label: for (;;) { break label; continue label }", "class A { #b = c; d() { return this.#b + (#b in e) } }",
  // variables and hoisting
  "a; var a = b; let c = a", "{ let a = b; const c = a } a; c", "{ var a = 1 } a", "if (x) { var a = 1 } else { var b = 2 } a + b", "for (var i = 0;;) { var j = i } i + j", "for (let i = 0; i < n; i++) i; i",
  "for (const k in o) k; k", "for (const v of o) v; v", "for (var v of o) v; v", "for (a of b); for (c.d in e);", "for (const [a, { b = c }] of d) a + b", "while (a) { let b = c; b } b",
  "do { var a = b } while (a)", "try { a } catch (e) { e } e", "try { } catch ({ a, b = c }) { a + b } finally { d }", "try { } catch { a } a", "try { var a = 1 } catch (b) { var c = b } a + c + b",
  "switch (a) { case b: let c = d; break; default: c } c", "switch (x) { case 1: var a = 1 } a", "f(); function f() { return g() } function g() { return h }", "{ function f() {} } f", "a: var b = 1; b",
  "const { a, b: { c = d }, [e]: f, ...g } = h; a + b + c + f + g", "const [a, , b = a, ...[c]] = d; a + b + c", "let a = a, b = c; { let c = d }", "const f = () => f(g)", "var a = 1; { let a = 2; a } function f(a) { return a }",
  "{ class A {} } A", "if (a) { function b() {} b } b", "using_; { using a = b; a } a",
  // functions
  "function f(a, b = a, { c, d = b } = e, [g] = h, ...i) { return a + b + c + d + g + i + j }", "function f(a = x) { var x = 1; return a + x } x", "function f(a = b, b = c) {}", "(function f() { return f })(); f",
  "const g = function f() { return f }; f", "function f() { return arguments[0] } arguments", "const f = () => arguments", "function f() { return () => arguments }", "(a, b) => a + b + c", "async a => a + b", "({ a }) => ({ a, b })",
  "function f() { a = 1; var a } a", "function f() { return g; function g() {} } g", "function f(): void; function f(a?: b) { return a } f", "function f() { if (a) { var b } return b }", "function f(a) { { let a = b; a } return a }",
  "((a) => { var a; let b = c; return a + b })(); b", "function f(this: a, b) { return this.c }", "function f() { new.target; return typeof f }",
  // classes
  "class A extends B { c = d; [e] = f; static g = h; i() { return A + j } static { var k = l; k } } k", "(class A { b = A }); A", "const A = class B extends C {}; B", "class A { a() { return a } b = b }",
  "@a @b.c(d) class E { @f g; @h() i(k) { return k } @l accessor m = n }", "class A { constructor(private a: b, public c = a) { a + c } d = a }", "abstract class A { abstract b: c; abstract d(e: f): g }", "class A { get b() { return c } set b(d) { d + e } }",
  "class A<T extends U, V = T> extends B<T> implements C<V>, D.E { f: T; g<W>(h: W): V { let i: W; return h } } let j: T", "class A { static b = A; [A.b] = 1 }", "class A { [k: string]: b; static [l: number]: c }", "export default class A { b: A } A",
  "class A { static { a; let a = b } a }", "class A { m(this: A, x: typeof this) {} }",
  // types
  "type A = B; let a: C; let b: D.E.F<G>", "type A<T> = T | U; type B = T", "type A<T, U extends T = V> = [T, U]", "type A = { b: C; d(): E; readonly [f: string]: G; new (h: I): J; (k: L): M }", "type A = (b: C, d: typeof b) => typeof b; b",
  "type A = { [K in B as C<K>]: D[K] }; K", "type A<T> = T extends infer U ? U : U", "type A<T> = T extends (infer U extends V)[] ? U : W", "type A<T> = T extends [infer U, (infer W extends U)] ? W : 1", "type A<T> = T extends (T extends infer U ? U : 1) ? U : 2",
  "type A<T> = T extends (a: infer P) => infer R ? [P, R] : [P, R]", "let a: typeof b; let c: typeof d.e.f; let g: keyof typeof h", "let a: B['c'][D]; let e: readonly F[]; let g: unique symbol", "let a: [b: C, d?: E, ...f: G[]]", "let a: `x${B}`",
  "function f(x): x is A { return b } function g(x): asserts x is B {} function h(x): asserts x {}", "interface A<T> extends B<T>, C.D { e: T; f: A<T> } let g: T", "let a = b as C<D>; e satisfies F; g<H>(i)", "type A = new <T>(a: T) => T; type B = abstract new () => C",
  "enum A { b = 1, c = b, d = A.b, e = f, 'g' = g } b", "enum A { b } enum A { c = b }", "const enum A { b = c } let d: A.b", "declare const a: B; declare function c(d: E): F; declare class G { h: I } declare let j: typeof a",
  "type A = B; function f() { type B = C; let a: B } let b: B", "function f<T>(a: T, b: typeof a): T { let c: T; return a } let d: T", "<T,>(a: T) => a as T; let b: T", "type a = b; a", "let a = 1; let b: a", "interface a {} a", "class a {} let b: a; a", "enum a {} let b: a; a", "let x: x.y; namespace x { export type y = 1 }",
  "type A = { [b]: c; [d](): e; get [f](): g }", "type A = this; type B = { c(): this }", "let a: (b: C) => b is D", "type T1 = { [K in keyof T2]-?: T2[K] }; type T2 = { a: K }",
  // namespaces and modules
  "namespace A { const b = 1; export const c = b; d } A.c; b; c", "namespace A { export const b = 1; const c = 2 } namespace A { b; c }", "namespace A.B { export const c = 1; d } namespace A { B.c } namespace A.B { c } B", "namespace A { export type B = 1; type C = B } let d: A.B; let e: B",
  "namespace A { var b = 1; { var c = b } c } c", "namespace A { export function f() { return g } function g() {} } namespace A { f; g }", "declare namespace A { let b: C; function d(): E } declare namespace A { let f: typeof b }", "declare global { var globalValue: B; interface GlobalType {} } globalValue; let d: GlobalType",
  "declare module 'x' { export const a: B }", "import a, { b as c, type d } from 'x'; import * as e from 'y'; import type f from 'z'; a; b; c; e.g; let h: d; let i: f; let j: e.k", "import a = require('x'); a; import b = c.d; b; import e = a.f; e",
  "export { a, b as c }; const a = 1; c", "export { a } from 'x'; export * from 'y'; export * as b from 'z'; a; b", "export default a", "export default a + b", "export default function f() { return f + g } f", "export const a = b; export function c() { return a } export class d extends e {} export type f = g; export enum h { i = j }",
  "export type { a, b }; type a = 1", "export { type a }", "namespace A { export import b = c.d; b } namespace A { b }", "export { a }; type a = 1",
];

/** What TypeScript must have to start at all; none of it is used above. */
const LIBRARY = `
  interface Array<T> { [Symbol.iterator](): any } interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {}
  interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} interface String {} interface Symbol {} interface ReadonlyArray<T> {}
  interface TemplateStringsArray {} interface BigInt {} interface ImportMeta {} interface Disposable {} interface PropertyDescriptor {} interface TypedPropertyDescriptor<T> {}
  interface SymbolConstructor { readonly iterator: unique symbol; readonly asyncIterator: unique symbol } declare var Symbol: SymbolConstructor;
  interface PromiseLike<T> {} interface Promise<T> {} declare var Promise: any; interface Iterable<T> {} interface Iterator<T> {} interface IterableIterator<T> {} interface AsyncIterable<T> {}
  interface Generator<T> {} interface AsyncGenerator<T> {} interface IteratorResult<T> {} interface AsyncIterator<T> {} interface AsyncIterableIterator<T> {}
  interface Awaited<T> {}
`;

/** Not found at all; found, but not as the value, type or namespace that is needed. */
const NOT_FOUND = new Set([2304, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2662, 2663, 2693, 2702, 2708, 2709, 2749, 2833, 18004]);

test("names that TypeScript cannot find are the free names, first use and all", (t) => {
  const folder = tempDir(t);
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "lib.d.ts"), LIBRARY);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
    compilerOptions: { noLib: true, noEmit: true, module: "esnext", moduleResolution: "bundler", target: "esnext", strict: false, types: [], experimentalDecorators: false },
    include: ["lib.d.ts", "src"],
  }));
  const sources = SNIPPETS.map((snippet) => `${snippet};\nexport {};\n`);
  sources.forEach((source, index) => writeFileSync(join(folder, "src", `s${index}.ts`), source));
  const missing = missingNames(folder, sources);
  sources.forEach((source, index) => assert.deepEqual(ours(source), missing[index] ?? {}, source));
});

function ours(source: string): Record<string, number> {
  const { program, errors } = parse(source, "a.ts");
  assert.deepEqual(errors, [], source);
  const { values, types } = freeNames(program);
  const names = [...new Set([...values.keys(), ...types.keys()])].filter((name) => name !== "undefined").sort();
  return Object.fromEntries(names.map((name) => [name, Math.min(values.get(name) ?? Infinity, types.get(name) ?? Infinity)]));
}

function missingNames(folder: string, sources: readonly string[]): Record<string, number>[] {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { encoding: "utf8" });
  const found = sources.map((): Map<string, number> => new Map());
  for (const match of stdout.matchAll(/s(\d+)\.ts\((\d+),(\d+)\): error TS(\d+): [^'\n]*'([^'\n]+)'/g)) {
    const [index, line, column, code] = match.slice(1, 5).map(Number);
    const name = match[5] ?? "";
    if (!NOT_FOUND.has(code ?? 0)) continue;
    const lineStart = (sources[index ?? 0] ?? "").split("\n").slice(0, (line ?? 1) - 1).join("\n").length + ((line ?? 1) > 1 ? 1 : 0);
    const offset = lineStart + (column ?? 1) - 1;
    const names = found[index ?? 0];
    names?.set(name, Math.min(names.get(name) ?? Infinity, offset));
  }
  return found.map((names) => Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1))));
}
