/**
 * What is called plain without a parser is what the parser says it is.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseExpression } from "../../lib/spec/doc/code.ts";
import { plainExpression, plainStatement } from "../../lib/spec/doc/plain.ts";
import { parseText } from "../../lib/spec/parse.ts";
import { freeNames } from "../../lib/spec/scope.ts";

const numRuns = Number(process.env["VIBESAFE_RUNS"] ?? 3000);

function check(text: string): boolean {
  const statement = plainStatement(text);
  if (statement !== undefined) {
    const parsed = parseText(text, "ts");
    assert.ok("program" in parsed, `${JSON.stringify(text)} does not parse`);
    assert.deepEqual(parsed.program.body.map(({ type }) => type), ["ExpressionStatement"], text);
    assert.deepEqual([...freeNames(parsed.program).values.keys()].sort(), [...statement].sort(), text);
  }
  const expression = plainExpression(text);
  if (expression !== undefined) {
    const node = parseExpression(text, "ts");
    assert.ok(node, `${JSON.stringify(text)} is no expression`);
    assert.deepEqual([...freeNames(node).values.keys()].sort(), [...expression].sort(), text);
  }
  return statement !== undefined || expression !== undefined;
}

test("common examples are plain", () => {
  for (const text of [
    'sumStr("2", "3")',
    "unit(NaN, { low: 0, high: -9.5 });",
    "[1, 2, [], { a: 'x', 'b-c': [null, true], d }]",
    "{ a: 1 }",
    "new Date(0).toISOString()",
    "f(...rest, a.b[0])\n  .new(`text`)",
    "-1",
    "12n",
    'f(1) === "a" && b',
    "add('\\'', \"\\n\")",
  ]) {
    assert.ok(check(text), text);
  }
});

test("what is something else, or nothing, goes to the parser", () => {
  for (const text of [
    "", ";", "a b", "a; b", "a, b", "{ a: 1", "a = 1", "await a", "a++", "--a", "- -1", "1.toString()", "012", "1_000", "0.5n", "`${a}`", "'\\u0041'", "a\n'b'",
    "(a) => a", "async () => 1", "function () {}", "x?.y", "f(,)", "[,]", "{ __proto__: a, '__proto__': b }", "a /* b */", "a // b", "new A", "let", "import('a')", "a <b> (c)",
    "a ?? b || c", "a ** b", "...a", "a.1", "a..b", "'a\nb'", "1a", "a`b`", "{ get a() {} }", "{ `a`: 1 }", "é", "a\\u0061", "export {}", ">", "{ async a }", "{ let }", "yield",
    `${"[".repeat(60)}${"]".repeat(60)}`,
  ]) {
    assert.equal(check(text), false, text);
  }
  assert.equal(plainStatement("{ a: 1 }"), undefined);
});

test("any text that is taken for plain is what the parser reads", () => {
  const piece = fc.constantFrom(
    ..."a b new await let of type async null __proto__ undefined ( ) [ ] { } , . ... : ; + - * = === && ! ? / < > # @ ` ' \" \\ 0 1 1.5 1e3 2n .5 'x' \"y\" `z` (a) {b} {a:1} [c] f(a)".split(" "),
    "\n", " ", "\t", "\r", "\u2028", "\ufeff", "é", "'\\n'", "'__proto__':1,",
  );
  const text = fc.tuple(fc.array(piece, { maxLength: 12 }), fc.boolean()).map(([pieces, spaced]) => pieces.join(spaced ? " " : ""));
  fc.assert(fc.property(text, (one) => void check(one)), { numRuns });
});
