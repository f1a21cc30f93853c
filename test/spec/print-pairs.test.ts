/** What is trivia to the canonical text, and what is not, pair by pair. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { printCanonical } from "../../lib/spec/print.ts";
import { parse } from "./tree-compare.ts";

function print(source: string, file = "a.ts"): string {
  const { program, errors } = parse(source, file);
  assert.deepEqual(errors, [], source);
  return printCanonical(program);
}

const SAME: Readonly<Record<string, readonly string[]>> = {
  comments: ["a; b", "/* x */ a /* y */; // z\nb", "// @ts-ignore\na;\n\n\n  b"],
  "white space": ["if (a) { b }", "if(a){b}", "if\t(a)\r\n{\r\n\u00a0b\r\n}\r\n", "\ufeffif (a) { b }"],
  semicolons: ["a;b;", "a\nb", ";;a;;;b;;"],
  "empty statements": ["function f() { a }", "function f() { ;a;; };"],
  quotes: ["x = 'a\"b'", 'x = "a\\"b"', "x = \"a\\x22b\"", "x = 'a\\u{22}b'"],
  "line continuation": ["x = 'ab'", "x = 'a\\\nb'", "x = 'a\\\r\nb'"],
  parentheses: ["a + b * c", "a + (b * c)", "((a)) + ((b) * c)"],
  "parentheses of arrows": ["f(x => x)", "f((x) => x)", "f(((x) => (x)))", "f((x) => x,)"],
  "trailing commas": ["f(a, b)", "f(a, b,)", "(f)(a, b)"],
  "trailing commas in literals": ["x = [a, { b, c }]", "x = [a, { b, c, },]"],
  "trailing commas in declarations": ["function f<T>(a: T, b?: T) {} enum E { A, B }", "function f<T,>(a: T, b?: T,) {} enum E { A, B, }"],
  numbers: ["x = 1000", "x = 1_000", "x = 1e3", "x = 0x3e8", "x = 1000.0", "x = 0b1111101000"],
  bigints: ["x = 255n", "x = 0xFFn", "x = 2_55n"],
  "regex flags": ["/a/gi", "/a/ig"],
  "quoted names": ["x = { a: 1, 'b-c': 2 }", "x = { 'a': 1, \"b-c\": 2 }"],
  "numeric names": ["x = { 1: a }", "x = { '1': a }", "x = { 0x1: a }", "x = { 1.0: a }", "x = { 1n: a }"],
  "quoted class members": ["class A { a = 1; b() {} }", "class A { 'a' = 1; \"b\"() {} }"],
  "quoted type members": ["type A = { a: B; c(): D }", "type A = { 'a': B, \"c\"(): D, }", "type A = {\n a: B\n c(): D\n}"],
  "quoted export names": ["import { a } from 'x'", "import { 'a' as a } from 'x'", "import { a as a } from 'x'"],
  "quoted attributes": ["import a from 'x' with { type: 'json' }", "import a from 'x' with { 'type': \"json\", }"],
  "names beyond ASCII": ["x = { é: 1 }", "x = { 'é': 1 }", "x = { \\u00e9: 1 }"],
  "escaped identifiers": ["abc", "\\u0061bc", "a\\u{62}c"],
  "leading bar": ["type A = B | C", "type A = | B | C", "type A = ((B) | (C))"],
  "union of one": ["type A = B", "type A = | B", "type A = & B", "type A = (B)", "type A = | (& B)"],
  "nested unions": ["type A = B | C | D", "type A = B | (C | D)", "type A = (B | C) | D", "type A = B | (| C | D)"],
  "logical chains": ["a && b && c", "a && (b && c)", "(a && b) && c"],
  "type separators": ["interface A { a: B; c: D }", "interface A { a: B, c: D }", "interface A { a: B\nc: D }"],
  "type parentheses": ["let a: (() => void)[] = b", "let a: ((() => void))[] = (b)"],
  "template line ends": ["x = `a\nb`", "x = `a\r\nb`", "x = `a\\nb`", "x = `a\rb`"],
  "template escapes": ["x = `a\"b`", "x = `a\\\"b`", "x = `\\u0061\"b`"],
  "tagged template line ends": ["t`a\nb`", "t`a\r\nb`"],
  directives: ["'use strict'; a", '"use strict"\na'],
  "string statement": ["a; 'b'", "a; ('b')"],
  new: ["new A", "new A()", "new (A)()", "(new A)"],
  "array holes": ["[a, , b]", "[a,,b,]"],
  "instance of parentheses": ["!(a instanceof B)", "(!((a) instanceof (B)))"],
  "declarator types": ["let a: string, b", "let a:string,b;"],
  "decorator place": ["@a export class B {}", "export @a class B {}", "@a\nexport class B {}", "@(a) export class B {}"],
  "object literal body": ["() => ({})", "() => (({}))"],
  "catch all": ["try { a } catch { b }", "try{a}catch{b;}"],
  hashbang: ["a", "#!/usr/bin/env node\na"],
};

const SAME_JSX: Readonly<Record<string, readonly string[]>> = {
  "line ends": ["<a>b c</a>", "<a>\n  b\n  c\n</a>", "(<a>b{/* d */}{' '}c</a>)"],
  "empty elements": ["<a/>", "<a></a>", "<a>\n</a>", "<a>{/* b */}</a>"],
  "attribute quotes": ["<a b='c'/>", '<a b="c"/>', "<a b={'c'}/>", "<a\n  b='c'\n/>"],
  "quotes in attributes": ["<a b='\"'/>", '<a b="&quot;"/>', "<a b={'\"'}/>"],
};

const DIFFERENT: Readonly<Record<string, readonly string[]>> = {
  grouping: ["a + b + c", "a + (b + c)", "a - b - c", "a - (b - c)"],
  "mixed logic": ["a && b || c", "a && (b || c)"],
  "optional chain ends": ["a?.b.c", "(a?.b).c", "a.b?.c", "a?.b?.c", "a.b.c"],
  "optional call": ["a?.(b)", "a(b)", "(a?.b)(c)", "a?.b(c)"],
  "non-null": ["a?.b!.c", "(a?.b)!.c", "a!?.b.c", "a?.b.c"],
  "directive or not": ["'use strict'", "('use strict')", "'use\\x20strict'"],
  "computed names": ["x = { a: 1 }", "x = { ['a']: 1 }", "x = { [a]: 1 }", "x = { a }", "x = { a() { return 1 } }", "x = { get a() { return 1 } }"],
  "numeric type names": ["type A = { 1: B }", "type A = { '1': B }", "type A = { [1]: B }"],
  "construct signatures": ["type A = { new(): B }", "type A = { 'new'(): B }", "type A = { (): B }", "type A = new () => B"],
  "accessor or method": ["type A = { get(): B }", "type A = { get b(): B }", "type A = { get: () => B }"],
  "optional marks": ["type A = { a: B }", "type A = { a?: B }", "type A = { readonly a: B }", "type A = { a: B | undefined }"],
  "parameter marks": ["(a: B) => a", "(a?: B) => a", "(...a: B) => a", "(a: B = c) => a", "(a) => a"],
  "class modifiers": [
    "class A { a }", "class A { static a }", "class A { readonly a }", "class A { declare a }", "class A { a? }", "class A { a! : B }", "class A { a : B }",
    "class A { private a }", "class A { protected a }", "class A { public a }", "class A { #a }", "class A { accessor a }", "class A { override a }",
    "class A { @b a }", "class A { a() {} }", "class A { a = undefined }", "abstract class A { a }", "abstract class A { abstract a }", "declare class A { a }",
  ],
  "method kinds": ["class A { a() {} }", "class A { async a() {} }", "class A { *a() {} }", "class A { async *a() {} }", "class A { get a() {} }", "class A { static a() {} }", "class A { a?() {} }"],
  "function kinds": ["function a() {}", "async function a() {}", "function* a() {}", "async function* a() {}", "(function a() {})", "declare function a()", "function a<T>() {}", "function a(): void {}"],
  "type parameters": ["type A<T> = B", "type A<in T> = B", "type A<out T> = B", "type A<in out T> = B", "type A<T extends C> = B", "type A<T = C> = B", "type A<T, U> = B"],
  "const type parameters": ["function f<T>() {}", "function f<const T>() {}"],
  assertions: ["a as B", "a satisfies B", "a!", "a", "<B>a", "a as const"],
  predicates: ["(a): a is B => c", "(a): asserts a is B => c", "(a): asserts a => c", "(a): boolean => c"],
  "import kinds": [
    "import a from 'x'", "import type a from 'x'", "import * as a from 'x'", "import { a } from 'x'", "import { type a } from 'x'", "import type { a } from 'x'",
    "import { b as a } from 'x'", "import 'x'", "import a from 'y'", "import a from 'x' with { type: 'json' }", "import a = require('x')", "import defer * as a from 'x'",
  ],
  "export kinds": ["export { a }", "export type { a }", "export { type a }", "export { a as b }", "export { a } from 'x'", "export default a", "export = a", "export * as a from 'x'", "export * from 'x'", "export {}"],
  "enum kinds": ["enum A { B }", "const enum A { B }", "declare enum A { B }", "enum A { B = 0 }", "enum A { C }"],
  "module kinds": ["namespace A {}", "module A {}", "declare namespace A {}", "namespace A.B {}", "namespace A { namespace B {} }"],
  "variable kinds": ["var a", "let a", "declare const a", "declare let a", "let a!: B", "let a: B", "let a = undefined"],
  resources: ["{ using a = b }", "{ const a = b }"],
  loops: ["for (const a of b);", "for (let a of b);", "for (const a in b);", "for (a of b);", "for (;;);", "while (true);", "for (;;) {}"],
  "raw template": ["t`a\\n`", "t`a\n`", "t`a`", "`a\\n`"],
  "template or string": ["x = `a`", "x = 'a'"],
  "template slots": ["`${a}b`", "`\\${a}b`", "`${a}${b}`"],
  "regular expressions": ["/a/", "/a/g", "/A/", "/(a)/", "RegExp('a')"],
  "number or string": ["x = 1", "x = '1'", "x = 1n", "x = -1"],
  "infinite literal": ["x = 1e999", "x = Infinity"],
  holes: ["[a, , b]", "[a, undefined, b]", "[a, b]", "[a, b, ,]"],
  yields: ["function* f() { yield a }", "function* f() { yield* a }", "function* f() { yield; a }"],
  awaits: ["async () => await a", "async () => a", "() => a", "async () => { await a }", "async () => { return await a }"],
  "arrow bodies": ["() => a", "() => { a }", "() => { return a }", "() => ({ a })", "function f() { return a }"],
  types: ["let a: B[]", "let a: readonly B[]", "let a: [B]", "let a: [B?]", "let a: [...B]", "let a: [b: B]", "let a: B", "let a: Array<B>", "let a: keyof B", "let a: typeof B", "let a: typeof B[]", "let a: typeof B['c']"],
  "mapped types": ["type A = { [K in B]: C }", "type A = { [K in B]?: C }", "type A = { [K in B]-?: C }", "type A = { readonly [K in B]: C }", "type A = { -readonly [K in B]: C }", "type A = { [K in B as D]: C }", "type A = { [K: B]: C }"],
  "conditional types": ["type A = B extends C ? D : E", "type A = (B extends C ? D : E)[]", "type A = B extends infer C ? D : E", "type A = B extends (infer C extends F) ? D : E"],
  "order of members": ["type A = { a: B; c: D }", "type A = { c: D; a: B }"],
  "order of union": ["type A = B | C", "type A = C | B"],
  "constructor types": ["let a: new () => B", "let a: abstract new () => B", "let a: () => B"],
  "new and call": ["new (a())()", "new a()()", "new a.b()", "(new a).b()"],
  "assignment operators": ["a = b", "a += b", "a ||= b", "a ??= b", "a == b", "a === b"],
  "updates": ["a++", "++a", "a--", "a += 1"],
  "string import": ["import('a')", "import.meta", "require('a')", "import.defer('a')"],
  "type arguments or comparison": ["f(a < b, (c > (d)))", "f(a<b, c>(d))"],
  labels: ["a: for (;;) break a", "a: for (;;) break", "for (;;) break"],
  "if braces": ["if (a) b", "if (a) { b }", "if (a) b; else {}"],
  "getter shorthand of __proto__": ["x = { __proto__: y }", "x = { ['__proto__']: y }", "x = { __proto__ }"],
};

for (const [name, sources] of Object.entries(SAME)) {
  test(`same: ${name}`, () => {
    for (const source of sources) assert.equal(print(source), print(sources[0] ?? ""), source);
  });
}

for (const [name, sources] of Object.entries(SAME_JSX)) {
  test(`same in JSX: ${name}`, () => {
    for (const source of sources) assert.equal(print(source, "a.tsx"), print(sources[0] ?? "", "a.tsx"), source);
  });
}

for (const [name, sources] of Object.entries(DIFFERENT)) {
  test(`different: ${name}`, () => {
    const texts = sources.map((source) => print(source));
    assert.deepEqual([...new Set(texts)], texts);
  });
}
