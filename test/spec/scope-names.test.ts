/** Values and types are told apart; assignments, members and declarations are seen. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { declaredNames, freeNames, namespaceMembers } from "../../lib/spec/scope.ts";
import type { FreeNames } from "../../lib/spec/scope.ts";
import { sampleFiles } from "./sample-files.ts";
import { parse } from "./tree-compare.ts";

function free(source: string, file = "a.ts"): FreeNames {
  const { program, errors } = parse(source, file);
  assert.deepEqual(errors, [], source);
  return freeNames(program);
}

const sorted = (names: Iterable<string>): string => [...names].sort().join(" ");

/** Source, then the free values and the free types. */
const SPACES: readonly (readonly [string, string, string])[] = [
  ["a; let b: c", "a", "c"],
  ["let a: b = b", "b", "b"],
  ["type a = 1; a", "a", ""],
  ["let a = 1; let b: a", "", "a"],
  ["class a {} a; let b: a", "", ""],
  ["class a {} let b: a.c", "", "a"],
  ["enum a {} a; let b: a; let c: a.d", "", ""],
  ["import a from 'x'; a; let b: a; let c: a.d", "", ""],
  ["import type a from 'x'; let b: a; let c: a.d", "", ""],
  ["namespace a { export type b = 1 } let c: a.b; let d: a", "", "a"],
  ["namespace a { export const b = 1 } a.b", "", ""],
  ["namespace a { export type b = 1 } a", "a", ""],
  ["let a: typeof b.c", "b", ""],
  ["let a: b.c<d>", "", "b d"],
  ["class A extends b<c> implements d, e.f<g> {}", "b", "c d e g"],
  ["interface A extends b<c>, d.e {}", "", "b c d"],
  ["a as const; <const>b", "a b", ""],
  ["export { a }; export type { b }; export { type c }", "a", "b c"],
  ["export default a", "a", ""],
  ["type a = 1; export { a }; export default a", "", ""],
  ["function f<T>(a: T): a is U { return b<V>(a) }", "b", "U V"],
  ["const f = <T,>(x: T, y: typeof x) => y as T", "", ""],
  ["type A = { [b]: c; [d](): typeof d }", "b d", "c"],
  ["let a: import('x').b<c>; let d: typeof import('x').e", "", "c"],
  ["import a = b.c; import d = b; a; let e: d", "b", "b"],
  ["let x: (a: b) => typeof a", "", "b"],
  ["x = <T>(a: T) => a", "x", ""],
];

test("a name is free in the space in which it is used and not declared", () => {
  for (const [source, values, types] of SPACES) {
    const names = free(source);
    assert.deepEqual([sorted(names.values.keys()), sorted(names.types.keys())], [values, types], source);
  }
});

test("properties, labels, members of types and private names are no uses", () => {
  const names = free(`
    ({ a: 1, "b": 2, c() {}, get d() { return 1 } });
    class A { #e = 1; f = this.#e; g() {} static h: string; constructor(private i = 1) {} }
    type B = { j: string; k(l: string): void; [m: string]: unknown; n?: [o: string] };
    p: for (;;) break p;
    this.q; import.meta.r;
  `);
  assert.deepEqual([[...names.values], [...names.types]], [[], []]);
});

test("the offset is that of the first use, wherever the walk comes by", () => {
  const source = "function f(x = late) { return late } late; let a: Late, b: Late";
  const names = free(source);
  assert.equal(names.values.get("late"), source.indexOf("late"));
  assert.equal(names.types.get("Late"), source.indexOf("Late"));
});

test("names that only types mention are marked", () => {
  const names = free("let a: typeof b; c; let d: typeof c; type E = { [f]: 1 }");
  assert.equal(sorted(names.values.keys()), "b c f");
  assert.equal(sorted(names.typeOnly), "b f");
});

test("assigned names are marked, through patterns and assertions, but not for their members or when they are declared", () => {
  const names = free("a = 1; b += 1; c++; [d, { e, f: g = h }] = i; ({ j, ...k } = l); (m as any) = n; o.p = 1; for (q of r); for ([s] in t); let u; u = 1; v!--; delete w.x");
  assert.equal(sorted(names.assigned), "a b c d e g j k m q s v");
});

test("members count when a name is used by plain member access alone", () => {
  const source = "ns.a; ns['b'](); ns?.c; let x: ns.T; let y: typeof ns.d.e; ns.f = 1; ns[`g`]; function f() { return ns.h }";
  assert.equal(sorted(namespaceMembers(parse(source, "a.ts").program, "ns")), "T a b c d f g h");
  assert.equal(sorted(namespaceMembers(parse("<ns.A/>; <ns.B.C/>", "a.tsx").program, "ns")), "A B");
  assert.equal(sorted(namespaceMembers(parse("other.a; { const ns = b; ns }", "a.ts").program, "ns")), "");
});

test("any other use counts as all members", () => {
  for (const use of ["ns", "f(ns)", "ns[x]", "({ ns })", "({ ...ns })", "const { a } = ns", "let x: typeof ns", "export { ns }", "export default ns", "ns.a; ns = 1", "ns = 1", "ns()", "[ns]"]) {
    assert.equal(namespaceMembers(parse(`ns.a; ${use}`, "a.ts").program, "ns"), "all", use);
  }
});

test("a node that is no program has free names as well", () => {
  const [statement] = parse("const f = function g(a: A, b = c): B { return g(a, d) }", "a.ts").program.body;
  assert.ok(statement?.type === "VariableDeclaration");
  const init = statement.declarations[0]?.init;
  assert.ok(init?.type === "FunctionExpression" && init.returnType);
  assert.equal(sorted(freeNames(init).values.keys()), "c d");
  assert.equal(sorted(freeNames(init.returnType).types.keys()), "B");
  assert.equal(sorted(freeNames(statement).values.keys()), "c d");
});

test("a list of statements is one scope", () => {
  const { body } = parse("const a = b; function b() { return a + c }", "a.ts").program;
  assert.equal(sorted(freeNames(body).values.keys()), "c");
});

const DECLARED: readonly (readonly [string, string, string])[] = [
  ["const { a, b: [c = d], ...e } = f", "a c e", ""],
  ["function f(a) { var b }", "f", ""],
  ["class A { b = 1 }", "A", "A"],
  ["interface A {}", "", "A"],
  ["type A = b", "", "A"],
  ["enum A { b }", "A", "A"],
  ["namespace A.B { export const c = 1 }", "A", "A"],
  ["namespace A { export type B = 1 }", "", "A"],
  ["namespace A { namespace B { type C = 1 } interface D {} }", "", "A"],
  ["declare namespace A { const b: c }", "A", "A"],
  ["declare module 'x' { const a: b }", "", ""],
  ["declare global { var a: b; interface C {} }", "a", "C"],
  ["import a, { b as c, type d } from 'x'", "a c d", "a c d"],
  ["import * as a from 'x'", "a", "a"],
  ["import a = require('x')", "a", "a"],
  ["export const a = 1, b = 2", "a b", ""],
  ["export default function f() {}", "f", ""],
  ["export default class {}", "", ""],
  ["export default interface A {}", "", "A"],
  ["export { a }", "", ""],
  ["export import a = b.c", "a", "a"],
  ["if (a) { var b = 1; let c } else for (var d in e) try { var f } catch (g) { var h } finally { var i }", "b d f h i", ""],
  ["{ let a; const b = 1; class C {} function d() {} }", "", ""],
  ["switch (a) { case 1: var b; let c }", "b", ""],
  ["a: for (var b of c) { while (d) { var e } }", "b e", ""],
  ["for (var a = 0, b = 1;;) do { var c } while (d)", "a b c", ""],
  ["a = function () { var b }", "", ""],
  ["declare function f(): void", "f", ""],
  ["using a = b", "a", ""],
];

test("declared names of a statement", () => {
  for (const [source, values, types] of DECLARED) {
    const [statement] = parse(source, "a.ts").program.body;
    assert.ok(statement, source);
    const names = declaredNames(statement);
    assert.deepEqual([sorted(names.values), sorted(names.types)], [values, types], source);
  }
});

test("real sources: nothing that a file declares or imports at its top is free", () => {
  for (const file of sampleFiles()) {
    const { program } = parse(readFileSync(file, "utf8"), file);
    const names = freeNames(program);
    for (const statement of program.body) {
      for (const name of declaredNames(statement).values) assert.ok(!names.values.has(name), `${file}: ${name}`);
      for (const name of declaredNames(statement).types) assert.ok(!names.types.has(name) || declaredNames(statement).values.has(name), `${file}: ${name}`);
    }
  }
});

test("the program of every file of this project names nothing but globals", () => {
  const globals = new Set<string>();
  for (const file of sampleFiles().filter((path) => /[\\/]lib[\\/]\w/.test(path) && !path.includes("node_modules"))) {
    for (const name of freeNames(parse(readFileSync(file, "utf8"), file).program).values.keys()) globals.add(name);
  }
  for (const name of ["undefined"]) globals.delete(name);
  assert.deepEqual([...globals].filter((name) => !(name in globalThis)), []);
});
