/**
 * Programs that are easy to print wrongly, one a line; each must parse back to the same tree.
 *
 * @module
 */

/** TypeScript. */
export const HAZARDS: readonly string[] = [
  // grouping of optional chains, calls and `new`
  "a?.b.c; (a?.b).c; a?.[b]?.(c); (a?.b)(); a?.b!.c; (a?.b)!.c; (a?.b!).c; a!?.b; (a?.b)`x`; delete a?.b; (a?.b as T).c;",
  "new (f())(); new (f().g)(); new (f.g)(); new f.g(); new (f[g()])(); new (a?.b)(); new (import('x')); new (f``)(); new (new X)(); new new X()();",
  "new (class {})(); new (function () {})(); new (foo())<T>(); new X<T>; new X<T>(a); new this(); new this.x(); new import.meta.X();",
  "(function () {})(); (() => {})(); (async () => {})(); (class {}).name; ({}).x; ({ a: 1 }).a; [].x; (1).toString(); 1..x; 1.5.x; (1n).x; 'a'.x; /a/.x; `a`.x;",
  "(a, b); f((a, b), c); [(a, b)]; x = (a, b); (a, b) ? (c, d) : (e, f); `${(a, b)}`; a[(b, c)]; ({ x: (a, b) }); (() => (a, b)); for ((a, b); (c, d); (e, f));",
  // operators
  "(-1) ** 2; -(1 ** 2); (a ** b) ** c; a ** (b ** c); a ** b ** c; (await x) ** 2; (typeof a) ** 2; +(+a); - -a; -(-a); +(++a); a + +b; a + ++b; a - -b; a++ + b; !(!a);",
  "(a && b) || c; a && (b || c); a ?? (b || c); (a ?? b) || c; a || b || c; a || (b || c); a - (b - c); (a - b) - c; a - b - c; a + (b + c); a * (b / c); a % b % c;",
  "a < b; a << b; (a < b) > c; (a < b) > (c); a < (b > c); f((a < b), (c > (d))); f(a < b, c >> (d)); f(a<b, c>(d)); [a < b, c > (d + e)]; (a < b, c > (d)); f(x => a < b, c > (d));",
  "(a = b).c; a = b = c; [a, b.c, d[e], ...f.g] = h; ({ a, b: c.d, e = 1, ...f } = g); [(a as any)] = x; ({ a: (b as any) } = x); (a as any) = 1; a! = 1; (<any>a)++;",
  "'a' in b; (a in b) in c; !(a in b); (!a) in b; a instanceof (b); for (var i = ('a' in b); ;); for (let i = () => ('a' in b); ;); for (let { x = 'a' in b } = c; ;); for (const k in (a, b));",
  "class P { #x; m(y) { return #x in y && !(#x in y) } get #g() { return this.#x } static #s = 1 }",
  "typeof (() => {}); typeof a.b; void 0; (void 0).x; delete a[b]; (typeof a)[0]; !(a instanceof b); (yieldx)(); a ? b : c ? d : e; (a ? b : c) ? d : e; a ? (b ? c : d) : e;",
  "a ? (b) : c => d; a ? (b, c) : d; a ? (x) => y : z; a ? ((x): T => y) : z; a ? (b) => (c) : d => e;",
  // statements and their starts
  "({}); ({} + 1); ({}).a = 1; ({ a } = b); (function () {}); (function () {}).call(a); (class {}); (class A {}).b; (async function () {}); ('use strict'); (a) => {};",
  "'use strict'; 'x'; ('y'); function f() { 'use strict'; 'a\\'b'; \"c'd\"; 'e\"f'; 'g\\\"h'; return 1 }",
  "type; declare; namespace; module; abstract; (type) = 5; (type as T); (abstract as T); declare(x); type(x); module\nfoo; async; async(x); (async) => x; async x => y; async (x) => y; async <T,>(x: T) => y;",
  "using; using[x]; using(y); { using x = y; await using z = w } for (using x of y); for (await using x of y);",
  "if (a) b; else if (c) d; else e; if (a) { if (b) c } else d; if (a) if (b) c; else d; if (a); else; for (;;); while (a); do a; while (b); do { } while (a) b; a: b: for (;;) { break a; continue b }",
  "switch (a) { } switch (a) { case 1: case 2: b; break; default: { c } case (d, e): }",
  "try { } catch { } try { a } catch (e) { b } finally { c } try { } catch ({ message }) { } try { } catch (e: unknown) { } throw (a, b);",
  "for ((async) of x); for (async of => 1; ;); for (let of of xs); for (const x of (a, b)); for (x of y); for ([a, b] of c); for ({ a, b } of c); for (a.b of c); for (a[b] in c);",
  "async function f() { for await (const x of y); await a; await (a, b); (await a).b; await a.b; -(await a); await (await a); (await a)(); await a(); new (await a)(); return await a }",
  "function* g() { yield; yield a; yield* a; (yield a) + 1; yield a + 1; x = yield; x = yield a; f(yield a, yield); (yield).x; yield (a, b); yield yield a; `${yield}`; [yield] }",
  "label: function f() {} var a, b = 1, c!: T, { d, e: f } = g, [h, , i = 2, ...j] = k; let let_ = 1; const x = 1; ;; {;} { }",
  // literals
  "0x10; 0b11; 0o7; 1_000; 1e21; 1e-7; .5; 5.; 0; 1e400; 0xFFn; 1_0n; 9007199254740993; 123456789012345680000",
  "'\\u0061\\x62\\n\\0\\\n'; \"'\"; '\"'; '\\u{1F600}'; '\\ud800'; '\u2028'; `a${b}c`; `\\``; `\\${a}`; `$\\{a}`; `$`; `\\n\n\\r`; tag`\\u{bad ${x} \\n`; String.raw`\\n`;",
  "/a/gi; /[/]\\//u; /(?<n>a)/v; a / /b/ / c; /=/; /*c*/ /d/;",
  "[]; [,]; [a]; [a,]; [, a]; [a, , b]; [a, ,]; [...a, ...b]; var [] = a, [, ] = b, [c, ,] = d;",
  // object members
  "({ a: 1, 'b': 2, 'c-d': 3, 4: 5, 0x6: 7, 1n: 8, [e]: 9, ['f']: 10, [1]: 11, g, 'h'() {}, i() {}, get j() { return 1 }, set j(v) {}, async k() {}, *l() {}, async *m() {}, get: 1, set: 2, async: 3, get() {}, set() {}, async() {}, ...n, __proto__: o, ['__proto__']: p })",
  "({ get [a]() { return 1 }, set [b](c) {}, async [d]() {}, *[e]() {}, 'constructor': 1, constructor() {}, new: 1, new() {}, static: 1, é: 1, 'é': 2, '1a': 3, '': 4, 'a b': 5, '01': 6, '1e3': 7 })",
  "var { a, b: c, 'd': e, [f]: g, h = 1, i: j = 2, k: { l }, m: [n], ...o } = p; (({ a }, [b], c = 1, ...[d]) => a)({}, []);",
  // classes
  "class A { a; b = 1; c: T; d?: T; e!: T; readonly f = 1; static g; static h() {} declare i: T; 'j' = 1; 'k'() {} 2 = 3; [l] = 4; [m]() {} static { a; } static static; static get; get; set; async; static async; accessor n = 1; accessor; static accessor o; }",
  "abstract class B<in T, out U, const V = X> extends C<T> implements D, E.F<U> { abstract a: T; abstract b(): void; abstract get c(): T; abstract set c(v); protected abstract readonly d; override e() {} static override f; public static readonly g = 1; abstract accessor h: T; private async *i() {} constructor(private a, public readonly b = 1, override c: T, @d e) { super() } }",
  "class G { constructor(); constructor(a?) {} m(): void; m(a?: T) {} get x(): T { return y } set x(v: T) {} 'constructor2'() {} [k: string]: any; static [k: string]: any; readonly [k: number]: T }",
  "class extends_ extends (a, b) {} class X1 extends (a ? b : c) {} class X2 extends f() {} class X3 extends a.b {} class X4 extends class {} {} class X5 extends (() => {}) {} class X6 extends null {} class X7 extends (a as T) {} class X8 extends f<T>() {} class X9 extends (f<T>) {}",
  "@a @b.c @d() @e.f(g) @(h[i]) @(j()()) @(k?.()) class L { @m n; @o() p() {} @q static r; @s accessor t; @u get v() { return 1 } constructor(@w x, @y() z) {} } @a export class M {} export @b class N {} export default @c class {}",
  "(@a class {}); (@a class B {}); x = @c class {};",
  // functions
  "function f<T, const U extends V = W>(this: T, a?: U, { b = 1 }: X = {}, [c]: Y = [], ...d: Z[]): asserts a is U; function f() {} async function g() {} function* h() {} async function* i() {} declare function j(): void; function k(x: unknown): x is T { return true }",
  "(a) => a; a => a; (a, b) => ({}); () => ({}).a; () => ({} = a); () => { }; () => () => {}; async a => b; (a): T => a; (a?) => a; (a = 1) => a; (...a) => a; ({ a }) => a; <T,>(a: T) => a; <T extends U>(a: T) => a; <T, U>(a: T): U => a; <const T,>(a: T) => a;",
  "const a = (): (() => void) => b, c = (): (A extends B ? C : D) => e, f = (x): x is T => true, g = (): { a: T } => h, i = (x): asserts x => {}, j = (): typeof x => y, k = (): T | (() => U) => l, m = (): new () => T => n;",
  // TypeScript expressions
  "a as T; a as const;\n<T>a; <const>a;\na satisfies T; (a as T).b; (a as T)(); (a as T) as U; a as T as U; (a as T) < b; (a as any as T)[b]; a!; a!.b; a!!; a![b]; a!(); (a + b)!; (await_ as T)!; -(a as T); -a as T; (a ? b : c) as T; ({}) as T; function h() { new new.target() }",
  "f<T>(a); f<T>`a`; f<T>; (f<T>)(a); (f<T>).a; f<T>?.(a); a?.f<T>(b); a?.<T>(b); new (f<T>)(); f<<T>(a: T) => T>(b); const x = f<T>;",
  // types
  "type A = | B; type C = | B | D; type E = A | (B | C); type F = (A & B) | C; type G = A & (B | C); type H = & A; type I = (A | B)[]; type J = (() => A) | B; type K = () => A | B; type L = (new () => A) | B; type M = abstract new (a: B) => C;",
  "type A = keyof B[]; type C = (keyof B)[]; type D = readonly string[]; type E = readonly (readonly string[])[]; type F = keyof (A | B); type G = unique symbol; type H = typeof a; type I = typeof a.b<C>; type J = typeof a[]; type K = (typeof a)['b']; type L = typeof import('x'); type M = import('x').y.z<A>; type N = import('x', { with: { 'resolution-mode': 'import' } }).y; type O = typeof this.x;",
  "type A<T> = T extends B ? C : D; type E<T> = T extends (infer U extends F) ? U : G; type H<T> = T extends [infer U extends F, ...infer V] ? U : V; type I<T> = T extends (infer U extends number ? 1 : 2) ? 3 : 4; type J<T> = (T extends A ? B : C) extends D ? E : F; type K<T> = T extends (A extends B ? C : D) ? E : F; type L<T> = T extends A ? B extends C ? D : E : F; type M<T> = T extends (...a: any) => infer R ? R : never; type N<T> = T extends (() => infer R extends U) ? R : V;",
  "type A = { [K in B]: C }; type D = { readonly [K in B]?: C }; type E = { -readonly [K in B as F]-?: C }; type G = { +readonly [K in B]+?: C }; type H = { [K in B] }; type I = {}; type J = { a; b: C; d?: E; readonly f: G; 'h': I; 1: J; '1b': K; [l]: M; ['n']: O; new: P };",
  "type A = { (): B; new (): C; d(): E; f?(): G; get h(): I; set h(v: I); [k: string]: J; readonly [k: number]: K; <T>(a: T): T; new <T>(a: T): T; 'new'(): L; \"get\"(): M; get(): N; readonly?: O; readonly: P; get: Q; set?: R };",
  "type A = [a: B, c?: D, ...e: F[]]; type G = [B?, ...C[]]; type H = []; type I = [(A | B)?]; type J = [...(A | B)[]]; type K = readonly [A]; type L = [...A, B]; type M = [(() => A)?];",
  "type A = 'a' | \"b\" | 1 | -1 | 1n | -1n | true | null | undefined | `a${B}c` | `\\`` | void | never | object | symbol | bigint | any | unknown | this; type C = -1; type D = [-1];",
  "type A = (a: B, c?: D, ...e: F[]) => G; type H = (this: I) => a is J; type K = <T>(a: T) => asserts a; type L = () => () => M; type N = new <T>(...a: T[]) => T; type O = ({ a, b }: P, [c]: Q) => R; type S = (asserts: any) => asserts is string; type T = () => this is U;",
  "type A = Array<Array<Array<B>>>; type C = B<() => D>; type E = B<<T>() => T>; type F = A.B.C<D>; type G = A['b']['c']; type H = A[number]; type I = (A | B)['c']; type J<in out T> = T;",
  "interface A<T = B> extends C, D.E<T> { a: T } interface F {} declare interface G { (): void } export interface H {} export default interface I { a(): void }",
  // enums, namespaces, modules
  "enum A {} enum B { a, b = 1, 'c' = 'd', 'e-f', g = a | b, h = 'x'.length } const enum C { a } declare enum D { a } declare const enum E { a } export enum F { a }",
  "namespace A {} namespace A.B.C { export const x = 1 } module D {} declare namespace E { let a: T; function f(): void } declare module 'x' { export = y } declare module 'y'; declare global { var z: T } namespace F { namespace G {} import H = I.J; export import K = L }",
  "import a from 'a'; import * as b from 'b'; import { c } from 'c'; import { d as e } from 'd'; import f, { g } from 'f'; import h, * as i from 'h'; import 'j'; import {} from 'k'; import { 'l m' as n } from 'l'; import { default as o } from 'o'; import { 'p' as p } from 'p';",
  "import type a from 'a'; import type { b } from 'b'; import type * as c from 'c'; import { type d, e } from 'd'; import { type as } from 'x'; import { type as as } from 'x'; import { type as as z } from 'x'; import { type as as as } from 'x'; import type {} from 'f'; import type from 'g'; import type, { h } from 'g'; import type type from 'x'; import { type } from 'x'; import defer from 'x';",
  "import j from 'j' with { type: 'json' }; import k from 'k' with { 'type': 'json' }; import 'l' with { 'a-b': 'c' }; import m from 'm' with {}; export * from 'n' with { type: 'json' }; import defer * as o from 'o'; import source p from 'p'; import('a'); import('a', b); import('a', { with: { type: 'json' } }); import.defer('a'); import.meta.url; import.source('x');",
  "export { a, b as c, d as default, e as 'f g' }; export { 'h' as i } from 'h'; export {}; export {} from 'j'; export * from 'k'; export * as l from 'l'; export * as 'm n' from 'm'; export type { o }; export type { p } from 'p'; export { type q }; export type * from 'r'; export type * as s from 's'; export { default } from 't'; export { default as u } from 'u'; export { type as } from 'x'; export { type as as } from 'x';",
  "export const a = 1; export function b() {} export class c {} export type d = T; export declare const e: T; export declare function f(): void; export abstract class g {} export async function h() {} export namespace i {} export enum j {} export import k = l.m; export declare class n {} export default (function () {}); export type { }",
  "export default function () {}", "export default function f() {}", "export default class {}", "export default (class {})", "export default (class A {}).b", "export default (function () {})()", "export default abstract class A {}",
  "export default async function () {}", "export default async () => {}", "export default (a, b)", "export default {}", "export default [a]", "export default a = b", "export default async (x)", "export default (async)", "export default (abstract)", "export default function f(): void; export default function f(a?) {}", "export default (interface_)", "export default `a`", "export default -1",
  "import a = require('a'); import type b = require('b'); import c = d.e; export import f = require('f'); export = a;", "export as namespace X;", "import type = require('x');", "import type type = require('x');",
];

/** TypeScript with JSX. */
export const JSX_HAZARDS: readonly string[] = [
  "<a/>; <a></a>; <a b/>; <a b='c' d={e} {...f} g:h='i'/>; <A.B.C/>; <this.x/>; <a-b/>; <a:b/>; <></>; <><a/></>; <A<T> b={c}/>;",
  "<a>text</a>; <a> text </a>; <a>\n  text\n  more\n</a>; <a>{b}</a>; <a>{...b}</a>; <a>{/* c */}</a>; <a>{' '}</a>; <a>b {c} d</a>; <a>\n  {b}{' '}\n  c\n</a>; <a>&nbsp;&amp;</a>;",
  "<a b=\"it's\" c='say \"x\"' d='&quot;&apos;' e='&amp;\"' f='a\nb' g={'h'} i={`j`} k={'l\"m'} n=<o/> p={<q/>}/>;",
  "(<a/>).b; f(<a/>, <b/>); x = a ? <b/> : <c/>; () => <a/>; [<a/>]; (<a/>) < b; <a>{b ? <c/> : null}</a>; <a>{(b, c)}</a>; <T,>(a: T) => a; <T extends U>(a: T) => <b c={a}/>;",
];
