/**
 * Examples after `>>>` in a doc comment: what is a statement, what is expected, which line it stands in.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { docLines, readDoc, type Doc } from "../../lib/spec/doc.ts";

const scope = ["f", "sumStr", "Error", "RangeError", "Map", "undefined"];

/** Reads lines as they stand in a comment that begins in line 1; the first of them is in line 2. */
function read(...lines: string[]): Doc {
  return readDoc(docLines(["/**", ...lines.map((line) => ` * ${line}`), " */"].join("\n")), { lang: "ts", scope });
}

function readOk(...lines: string[]): Doc["examples"] {
  const { examples, problems } = read(...lines);
  assert.deepEqual(problems, []);
  return examples;
}

const output = (text: string, expression: boolean): object => ({ kind: "output", text, expression });

test("a prompt, what is expected, and the next prompt", () => {
  assert.deepEqual(readOk("Adds.", "", '>>> sumStr("2", "3")', "'5'", '>>> sumStr("1", "1")', "'2'", "", "More text."), [
    { source: 'sumStr("2", "3")', expected: output("'5'", true), line: 4, awaits: false },
    { source: 'sumStr("1", "1")', expected: output("'2'", true), line: 6, awaits: false },
  ]);
});

test("nothing below a prompt: it is just run", () => {
  const none = { kind: "none" };
  assert.deepEqual(readOk(">>> f()", "", ">>> f()", ">>> f()").map(({ expected }) => expected), [none, none, none]);
});

test("continuation lines, indented and empty ones too", () => {
  const [example, ...rest] = readOk(">>> const a = [", "...   1,", "...", "... ];", "... f(a)", "1");
  assert.deepEqual(example, { source: "const a = [\n  1,\n\n];\nf(a)", expected: output("1", true), line: 2, awaits: false });
  assert.deepEqual(rest, []);
});

test("an ellipsis directly below a prompt is a continuation with a blank behind it, else expected text", () => {
  assert.deepEqual(readOk(">>> f()", "...done")[0]?.expected, output("...done", false));
  assert.deepEqual(readOk(">>> f()", "2", "... and more")[0]?.expected, output("2\n... and more", false));
});

test("expected text keeps its inner indentation, loses the prompt's", () => {
  assert.deepEqual(readOk("- a list:", "  >>> f()", "   x", "  y")[0]?.expected, output(" x\ny", false));
});

test("expected text ends at a blank line, a block tag, a property test and the fence around it", () => {
  assert.deepEqual(readOk(">>> f()", "1", "@param a - something")[0]?.expected, output("1", true));
  assert.deepEqual(readOk(">>> f()", "@ada", "@bob")[0]?.expected, output("@ada\n@bob", false));
  const doc = read(">>> f()", "1", "```fast-check", "fc.assert(f())", "```");
  assert.deepEqual(doc.examples[0]?.expected, output("1", true));
  assert.deepEqual(doc.properties, [{ source: "fc.assert(f())", line: 5 }]);
  assert.deepEqual(readOk("```ts", ">>> f()", "1", "```", "text")[0]?.expected, output("1", true));
  assert.deepEqual(readOk(">>> f()", "```", "x y", "```")[0]?.expected, output("```\nx y\n```", true));
});

test("what is thrown: a name and a message, or an expression", () => {
  const expected = (...lines: string[]): unknown => readOk(">>> f()", ...lines)[0]?.expected;
  assert.deepEqual(expected("! RangeError: not an integer: x"), { kind: "throws", name: "RangeError", message: "not an integer: x" });
  assert.deepEqual(expected("! RangeError: a", "b"), { kind: "throws", name: "RangeError", message: "a\nb" });
  assert.deepEqual(expected("! RangeError:"), { kind: "throws", name: "RangeError", message: "" });
  assert.deepEqual(expected("! My.Own_Error$: ..."), { kind: "throws", name: "My.Own_Error$", message: "..." });
  assert.deepEqual(expected("! Größe: zu groß"), { kind: "throws", name: "Größe", message: "zu groß" });
  assert.deepEqual(expected('! { code: 1, "a:b": 2 }'), { kind: "throwsValue", expression: '{ code: 1, "a:b": 2 }' });
  assert.deepEqual(expected("! 'text'"), { kind: "throwsValue", expression: "'text'" });
  assert.deepEqual(expected("!important"), output("!important", false));
  assert.deepEqual(expected("!f"), output("!f", true));
});

test("a value: one expression whose names are all in scope", () => {
  const isExpression = (...lines: string[]): unknown => {
    const expected = readOk(">>> f()", ...lines)[0]?.expected;
    return expected?.kind === "output" && expected.expression;
  };
  for (const text of ["5", "'5'", "-0", "1n", "NaN", "[1, 2]", "{ a: 1 }", "/x/g", "new Map([[1, 2]])", "`a${f}`", "f", "(1)", "{ f }", "(a) => a", "f as any"]) {
    // NaN is not in this scope; in a file it is.
    assert.equal(isExpression(text), text !== "NaN", text);
  }
  assert.equal(isExpression("{", "  a: [1,", "  2] }"), true);
  for (const text of ["hello", "{ a }", "1) + (2", "1, 2", "a) => (b", "1); f(2", "Map(1) { 'a' => 1 }", "[Function: f]", "...", "await f()", "2020-01-01", "f // x\n)"]) {
    assert.equal(isExpression(...text.split("\n")), false, text);
  }
});

test("names that earlier statements and the statement itself declare are in scope, later ones are not", () => {
  const examples = readOk(">>> const a = 1", ">>> a", "a", ">>> let [b, { c = 2 }] = f(); b", "c", ">>> f()", "d", ">>> function d() {}");
  assert.deepEqual(
    examples.map(({ expected }) => expected.kind === "output" && expected.expression),
    [false, true, true, false, false],
  );
});

test("a statement awaits when it says so outside functions", () => {
  const waits = (source: string): unknown => readOk(`>>> ${source}`)[0]?.awaits;
  for (const source of ["await f()", "const a = await f()", "for await (const a of f()) f(a)", "[await f()]", "class A extends (await f()) {}"]) {
    assert.equal(waits(source), true, source);
  }
  for (const source of ["f()", "f(async () => await 1)", "async function g() { await f(); }", "f('await')", "({ async m() { await f() } })"]) {
    assert.equal(waits(source), false, source);
  }
});

test("statements are TypeScript", () => {
  assert.equal(readOk(">>> const a: number = <number>f() as number; type B = { c: 1 }; a satisfies number", "1").length, 1);
});

test("malformed examples are problems in their own line and column", () => {
  const problem = (...lines: string[]): unknown => read(...lines).problems.map(({ line, column, message }) => [line, column, message]);
  assert.deepEqual(problem("text", ">>> f(", "1"), [[3, 10, "Expected `)` but found `EOF`"]]);
  assert.deepEqual(problem(">>> const a = [", "...   1,", "...   b c", "... ]"), [[4, 12, "Expected `,` or `]` but found `Identifier`"]]);
  assert.deepEqual(problem("text", "", "... f()"), [[4, 4, "`...` continues no statement"]]);
  assert.deepEqual(problem("Some sentence that goes on", "... and on"), []);
  assert.deepEqual(problem(">>>f()"), [[2, 4, "no blank after >>>"]]);
  assert.deepEqual(problem(">>> f()", "1", ">>>f()"), [[4, 4, "no blank after >>>"]]);
  assert.deepEqual(problem(">>>"), [[2, 8, "an example without a statement"]]);
  assert.deepEqual(problem(">>> // nothing"), [[2, 8, "an example without a statement"]]);
  assert.deepEqual(problem(">>> f()", "!"), [[3, 4, "`!` says nothing that is thrown"]]);
  assert.deepEqual(problem(">>> f()", "! what is this"), [[3, 4, "no error and no expression: what is this"]]);
  assert.deepEqual(problem(">>> f()", "! nobody.knows"), [[3, 4, "nobody is not in scope: nobody.knows"]]);
  assert.deepEqual(problem("```fast-check", "f()"), [[2, 4, "the fence ``` is never closed"]]);
  assert.deepEqual(problem("```fast-check", "", "```"), [[2, 4, "a property test without a statement"]]);
  assert.deepEqual(problem("```fast-check", "f(", "```"), [[3, 6, "Expected `)` but found `EOF`"]]);
  assert.deepEqual(problem(">>> const a = 1; const a = 2"), [[2, 14, "Identifier `a` has already been declared"]]);
  assert.deepEqual(problem('>>> import a from "a"'), [[2, 8, "an example cannot import"]]);
  assert.deepEqual(problem(">>> f(); export const a = 1"), [[2, 13, "an example cannot export"]]);
  assert.deepEqual(problem(">>> " + "(".repeat(30_000)), [[2, 208, "the code nests too deep for the parser"]]);
});

test("one malformed example does not hide the next", () => {
  const { examples, problems } = read(">>> f(", ">>> f()", "1", ">>>x");
  assert.equal(examples.length, 1);
  assert.equal(problems.length, 2);
});

test("a property test: statements as written, less its own indentation", () => {
  const { properties } = read("  ~~~~ fast-check some text", "  fc.assert(", "    await f());", "", "  ~~~", "  ~~~~~");
  assert.deepEqual(properties, []);
  const doc = read("  ```fast-check", "  fc.assert(", "    await f());", "  ```", "text");
  assert.deepEqual(doc, { examples: [], properties: [{ source: "fc.assert(\n  await f());", line: 3 }], problems: [] });
});

test("fences of other languages and of prose hold no example without a prompt", () => {
  assert.deepEqual(readOk("```ts", "f( // => 1", "```", "```sh", "$ npm test", "```"), []);
});

test("a line separator inside a line hides no example", () => {
  assert.equal(readOk(">>> f('\u2028')", "'a\u2029'").length, 1);
});
