/**
 * Broken specs: each is a problem in its place with a remedy, and does not concern the others.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { extractSpecs } from "../../lib/spec/extract.ts";
import { parseModule } from "../../lib/spec/parse.ts";

const IMPORT = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n';
const GOOD = "export const good = vibesafe.func(function good(): void { throw new VibesafeHandled(); });\n";
const HOLE = "throw new VibesafeHandled();";

/** Line, column, and message of the problems of a file in which one other spec is whole. */
function problems(source: string): unknown[] {
  const file = "src/a.ts";
  const found = extractSpecs(parseModule(IMPORT + source.replaceAll("HOLE", HOLE) + "\n" + GOOD, file), file);
  assert.deepEqual(found.specs.map(({ id }) => id), ["src.a/good"]);
  return found.problems.map(({ line, column, error, unit }) => {
    assert.ok(error instanceof VibesafeTypeError);
    assert.ok(error.message.startsWith(`src/a.ts:${line}:${column}: `));
    assert.match(error.remedy, /^[a-z`]/);
    assert.equal(error.unit, unit);
    assert.ok(unit === undefined || unit === "src.a/f");
    return [line, column, error.message.replace(/^\S+ /, "")];
  });
}

const f = (body: string): string => `const f = vibesafe.func(function f(): void {\n  ${body}\n});`;

test("no hole", () => {
  const none = "the function has no hole";
  const misspelt = 'the function has no hole: what it names is not thrown as a new error, or not imported from "vibesafe"';
  assert.deepEqual(problems(f("return;")), [[2, 25, none]]);
  assert.deepEqual(problems(f("")), [[2, 25, none]]);
  assert.deepEqual(problems(f("return new VibesafeHandled();")), [[2, 25, misspelt]]);
  assert.deepEqual(problems(f("throw VibesafeHandled();")), [[2, 25, misspelt]]);
  assert.deepEqual(problems(f("throw new VibeCoded();")), [[2, 25, misspelt]]);
  assert.deepEqual(problems("const f = vibesafe.func((): number => 1);"), [[2, 39, "the function has no hole: its body is an expression"]]);
});

test("two holes, a hole inside other code, code behind the hole, a hole with arguments", () => {
  assert.deepEqual(problems(f("HOLE\n  HOLE")), [[4, 3, "the function has a second hole"]]);
  assert.deepEqual(problems(f("if (1) HOLE\n  HOLE")), [[4, 3, "the function has a second hole"]]);
  assert.deepEqual(problems(f("if (1) HOLE")), [[3, 10, "the hole stands inside other code"]]);
  assert.deepEqual(problems(f("const g = () => { HOLE };")), [[3, 21, "the hole stands inside other code"]]);
  assert.deepEqual(problems(f("HOLE\n  return;")), [[4, 3, "code stands behind the hole"]]);
  assert.deepEqual(problems(f("HOLE\n  function g() {}")), [[4, 3, "code stands behind the hole"]]);
  assert.deepEqual(problems(f("throw new VibesafeHandled('later');")), [[3, 29, "the hole takes no arguments"]]);
  assert.deepEqual(problems("const f = vibesafe.func((a: X = (() => { HOLE })()): void => {});"), [[2, 42, "the hole stands inside other code"]]);
});

test("parameters and results without types", () => {
  assert.deepEqual(problems("const f = vibesafe.func(function f(a, b = 1, { c }, [d]: X, ...e) { HOLE });"), [
    [2, 36, "parameter a has no type"],
    [2, 39, "parameter b has no type"],
    [2, 46, "parameter { c } has no type"],
    [2, 61, "parameter e has no type"],
    [2, 67, "the result has no type"],
  ]);
  assert.deepEqual(problems("const f: (a: string) => void = vibesafe.func((a) => { HOLE });").length, 2);
});

test("names", () => {
  assert.deepEqual(problems("const f = vibesafe.func(function g(): void { HOLE });"), [[2, 34, "the function is named g, its const f"]]);
  assert.deepEqual(problems("export default vibesafe.func((): void => { HOLE });"), [[2, 30, "a spec that is the default export has no name"]]);
  assert.deepEqual(problems("export default vibesafe.func(function f(): void { HOLE }); const f = vibesafe.func((): void => { HOLE });").map(String), [
    "2,16,src.a/f is defined 2 times, in lines 2, 2",
    "2,94,src.a/f is defined 2 times, in lines 2, 2",
  ]);
});

test("calls that are no specs", () => {
  const arguments_ = "vibesafe.func takes a function written in place, before it perhaps options";
  for (const text of ["", "g", "{}", "{}, g", "...a", "{}, function f() {}, 1", "function f() {}, {}", "class {}"]) {
    assert.deepEqual(problems(`const f = vibesafe.func(${text});`), [[2, 11, arguments_]], text);
  }
  const inside = "vibesafe.func is called inside other code";
  assert.deepEqual(problems("function g() {\n  return vibesafe.func(function f(): void { HOLE });\n}"), [[3, 10, inside]]);
  assert.deepEqual(problems("if (1) {\n  const f = vibesafe.func(function f(): void { HOLE });\n}"), [[3, 13, inside]]);
  assert.deepEqual(problems("export const all = { f: vibesafe.func(function f(): void { HOLE }) };"), [[2, 25, inside]]);
  assert.deepEqual(problems("namespace N { export const f = vibesafe.func(function f(): void { HOLE }); }"), [[2, 32, inside]]);
  assert.deepEqual(problems("const f = wrap(vibesafe.func(function f(): void { HOLE }));"), [[2, 16, inside]]);
  assert.deepEqual(problems("const f = vibesafe.func(function f(): void { vibesafe.func(1); });"), [[2, 25, "the function has no hole"], [2, 46, inside]]);
  assert.deepEqual(problems("vibesafe.func(function f(): void { HOLE });"), [[2, 1, "the result of vibesafe.func is dropped"]]);
  assert.deepEqual(problems("export let f = vibesafe.func(function f(): void { HOLE });"), [[2, 16, "a spec in a `let` may change"]]);
  assert.deepEqual(problems("export const { f } = vibesafe.func(function f(): void { HOLE });"), [[2, 22, "a spec needs one name"]]);
  assert.deepEqual(problems("const func = vibesafe.func;"), [[2, 14, "vibesafe.func is used without being called"]]);
  assert.deepEqual(problems("const f = vibesafe.func?.(function f(): void { HOLE });").length, 1);
  assert.deepEqual(problems('import v from "vibesafe"; v.func(1);'), [[2, 8, '"vibesafe" has no default export']]);
});

test("options", () => {
  const options = (text: string): unknown => problems(`const f = vibesafe.func(${text}, function f(): void { HOLE });`).map((problem) => String(problem).replace(/^2,/, ""));
  assert.deepEqual(options("given"), ["25,the options are no object literal"]);
  assert.deepEqual(options("{ alow: [] }"), ['27,unknown option "alow"']);
  assert.deepEqual(options("{ __proto__: {} }"), ['27,unknown option "__proto__"']);
  assert.deepEqual(options("{ ...given }"), ["27,an option is not written out"]);
  assert.deepEqual(options("{ model }"), ["27,model is no text"]);
  assert.deepEqual(options("{ ['model']: 'm' }"), ["27,an option is not written out"]);
  assert.deepEqual(options("{ get model() { return 'm' } }"), ["27,an option is not written out"]);
  assert.deepEqual(options("{ model: 1, provider: '', template: `a${b}`, unit: 'a' + 'b' }"), [
    "34,model is no text",
    "47,provider is no text",
    "61,template is no text",
    "76,unit is no text",
  ]);
  assert.deepEqual(options("{ allow: 'a' }"), ["34,allow is no list of texts"]);
  assert.deepEqual(options("{ allow: ['a', ...b] }"), ["34,allow is no list of texts"]);
  assert.deepEqual(options("{ allow: [1] }"), ["34,allow is no list of texts"]);
  assert.deepEqual(options("{ model: 'a', model: 'b' }"), ['39,option "model" is given twice']);
  assert.deepEqual(options("{ unit: 'src.a/g' }"), ['25,unit is "src.a/g", but the spec is src.a/f']);
});

test("the nearest option is suggested", () => {
  const source = `${IMPORT}const f = vibesafe.func({ alow: [] }, function f(): void { ${HOLE} });`;
  assert.match(extractSpecs(parseModule(source, "a.ts"), "a.ts").problems[0]?.error.remedy ?? "", /^did you mean "allow"\?/);
});

test("a malformed example is a problem in the line where it stands", () => {
  const doc = "/**\n   * Text.\n   * >>> f(\n   * 1\n   * >>> f()\n   * ! what is this\n   */";
  assert.deepEqual(problems(`  ${doc}\n${f("HOLE")}`), [
    [4, 12, "Expected `)` but found `EOF`"],
    [7, 6, "no error and no expression: what is this"],
  ]);
});

test("all that is wrong with a spec is told at once, in order", () => {
  assert.deepEqual(problems("/** >>> f( */ const f = vibesafe.func({ a: 1 }, function g(x): void {});").map(String), [
    "2,11,Expected `)` but found `EOF`",
    '2,41,unknown option "a"',
    "2,58,the function is named g, its const f",
    "2,60,parameter x has no type",
    "2,49,the function has no hole",
  ].toSorted((a, b) => Number(a.split(",")[1]) - Number(b.split(",")[1])));
});

test("an id that no file system can store", () => {
  const file = `${"long-folder/".repeat(25)}a.ts`;
  const [problem] = extractSpecs(parseModule(IMPORT + GOOD, file), file).problems;
  assert.match(problem?.error.message ?? "", /:2:21: the id cannot name a ref: .* is longer than 250 bytes/);
});

test("code that overflows a recursive walk is a problem", () => {
  const source = `${IMPORT}export const f = vibesafe.func(function f(): void {\n  g(${"1 +\n".repeat(9000)} 1);\n  ${HOLE}\n});\n${GOOD}`;
  const { specs, problems: found } = extractSpecs(parseModule(source, "a.ts"), "a.ts");
  assert.deepEqual(specs.map(({ name }) => name), found.length === 0 ? ["f", "good"] : ["good"]);
});
