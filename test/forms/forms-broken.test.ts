/**
 * Decorators, tags and overloads that make no unit: each is told with its place and what to write instead.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { extractSpecs } from "../../lib/spec/extract.ts";
import { parseModule } from "../../lib/spec/parse.ts";

const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n';
const HOLE = "{ throw new VibesafeHandled(); }";

function problemsIn(text: string): string[] {
  const { problems } = extractSpecs(parseModule(IMPORT + text, "src/a.ts"), "src/a.ts");
  for (const { error } of problems) assert.notEqual(error.remedy, "");
  return problems.map(({ error }) => error.message);
}

const METHODS: readonly (readonly [string, RegExp])[] = [
  [`export class A { @vibesafe.func get area(): number ${HOLE} }`, /2:18: @vibesafe\.func stands on an accessor/],
  [`export class A { @vibesafe.func set area(a: number) ${HOLE} }`, /stands on an accessor/],
  [`export class A { @vibesafe.func accessor area = 1; }`, /stands on an accessor/],
  [`export class A { @vibesafe.func area = (): number => ${HOLE}; }`, /stands on a field/],
  [`@vibesafe.func export class A { }`, /stands on a class/],
  [`export class A { @vibesafe.func constructor() ${HOLE} }`, /constructor/],
  [`export class A { @vibesafe.func #area(): number ${HOLE} }`, /#area is private/],
  [`export class A { @vibesafe.func private area(): number ${HOLE} }`, /area is private/],
  [`export class A { @vibesafe.func protected area(): number ${HOLE} }`, /area is protected/],
  [`export class A { @vibesafe.func ["area"](): number ${HOLE} }`, /name is computed/],
  [`export class A { @vibesafe.func "area"(): number ${HOLE} }`, /name is computed/],
  [`export class A { @vibesafe.func delete(): number ${HOLE} }`, /no function can be called delete/],
  [`class A { @vibesafe.func area(): number ${HOLE} }`, /class A is not exported by name/],
  [`export default class A { @vibesafe.func area(): number ${HOLE} }`, /class A is not exported by name/],
  [`export const A = class { @vibesafe.func area(): number ${HOLE} };`, /inside other code/],
  [`export function f() { class A { @vibesafe.func area(): number ${HOLE} } return A; }`, /inside other code/],
  [`export class A { @other @vibesafe.func area(): number ${HOLE} } declare const other: any;`, /has another decorator/],
  [`export class A { @vibesafe.func({}, {}) area(): number ${HOLE} }`, /takes its options, or nothing/],
  [`export class A { @vibesafe.func({ allw: [] }) area(): number ${HOLE} }`, /unknown option "allw"/],
  [`export class A { @vibesafe.func({ unit: "src.a/B.area" }) area(): number ${HOLE} }`, /the spec is src\.a\/A\.area/],
  [`export class A { @vibesafe.http area(): number ${HOLE} }`, /vibesafe\.http is no decorator/],
  [`export class A { @vibesafe.func area(n: number) ${HOLE} }`, /the result has no type/],
  [`export class A { @vibesafe.func area(n): number ${HOLE} }`, /parameter n has no type/],
  [`export class A { @vibesafe.func area(): number { return 1; } }`, /no hole/],
  [`export class A { @vibesafe.func area(): this ${HOLE} }`, /the type `this` means nothing outside/],
  [`export class A { @vibesafe.func area(): number { super.toString(); throw new VibesafeHandled(); } }`, /`super` means nothing/],
  [`export class A { #a = 1; @vibesafe.func area(): number { const a = this.#a; throw new VibesafeHandled(); } }`, /#a cannot be reached/],
  [`export class A { private a = 1; @vibesafe.func area(): number { const a = this.a; throw new VibesafeHandled(); } }`, /this\.a is private/],
  [`export class A<T> { @vibesafe.func area<T>(t: T): T ${HOLE} }`, /type parameter T hides that of the class/],
  [`export class A { @vibesafe.func area(): number ${HOLE} @vibesafe.func static area(): number ${HOLE} }`, /src\.a\/A\.area is defined 2 times/],
];

for (const [text, expected] of METHODS) {
  test(text, () => {
    const problems = problemsIn(text);
    assert.ok(problems.some((problem) => expected.test(problem)), problems.join("\n") || "no problem");
    assert.equal(extractSpecs(parseModule(IMPORT + text, "src/a.ts"), "src/a.ts").specs.length, 0);
  });
}

const TAG = "/**\n * >>> f(1)\n * 1\n * @vibesafe\n */\n";

const DECLARATIONS: readonly (readonly [string, RegExp])[] = [
  [`${TAG}export const f = (n: number): number => ${HOLE};`, /tags what is no function declaration/],
  [`${TAG}export class A {}`, /tags what is no function declaration/],
  [`${TAG}export default function f(n: number): number ${HOLE}`, /tags the default export/],
  [`${TAG}export declare function f(n: number): number;`, /without a body/],
  [`${TAG}function f(n: number): number ${HOLE}`, /f is not exported/],
  [`${TAG}export function f(n: number): number { return n; }`, /no hole/],
  [`${TAG}export function f(n: number): number;\nexport function f(n: string): string;\nexport function f(n: any): any { return n; }`, /no hole/],
  [`${TAG}export function f(n): number;\nexport function f(n: any): any ${HOLE}`, /parameter n has no type/],
];

for (const [text, expected] of DECLARATIONS) {
  test(text.slice(TAG.length), () => {
    const problems = problemsIn(text);
    assert.ok(problems.some((problem) => expected.test(problem)), problems.join("\n") || "no problem");
  });
}

test("a tag within a line, in a fence, or on a call is prose", () => {
  const inText = `/** See @vibesafe for more. */\nexport function f(n: number): number { return n; }\n`;
  const inFence = "/**\n * ```\n * @vibesafe\n * ```\n */\nexport function g(n: number): number { return n; }\n";
  const onCall = `/**\n * @vibesafe\n */\nexport const h = vibesafe.func(function h(n: number): number ${HOLE});\n`;
  const { specs, problems } = extractSpecs(parseModule(IMPORT + inText + inFence + onCall, "src/a.ts"), "src/a.ts");
  assert.deepEqual(problems, []);
  assert.deepEqual(specs.map(({ name, form, doc }) => [name, form, doc]), [["h", undefined, "@vibesafe"]]);
});

test("a name that is bound anew is not ours", () => {
  const shadowed = `export function make(vibesafe: any) { class A { @vibesafe.func area() {} } return A; }\n`;
  assert.deepEqual(problemsIn(shadowed), []);
});
