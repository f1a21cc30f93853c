/**
 * `@example` blocks of TSDoc without prompts.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { docLines, readDoc, type Doc } from "../../lib/spec/doc.ts";

function read(...lines: string[]): Doc {
  return readDoc(docLines(["/**", ...lines.map((line) => ` * ${line}`), " */"].join("\n")), { lang: "ts", scope: ["add", "Error"] });
}

function steps(...lines: string[]): unknown[] {
  const { examples, problems } = read(...lines);
  assert.deepEqual(problems, []);
  return examples.map(({ source, expected, line }) => [line, source, ...("text" in expected ? [expected.text] : []), ...(expected.kind === "throws" ? [expected] : [])]);
}

test("fenced, with a title and prose around the fence", () => {
  const lines = ["Adds.", "", "@example Two numbers", "It adds:", "```ts", "const a = add(1, 1);", "add(a, 2); // => 4", "```", "That is all."];
  assert.deepEqual(steps(...lines, "@param a - one"), [
    [7, "const a = add(1, 1);"],
    [8, "add(a, 2);", "4"],
  ]);
});

test("not fenced, with and without a title line of its own", () => {
  const expected = [[4, "add(1, 2)", "3"]];
  assert.deepEqual(steps("Text.", "@example", "add(1, 2) // => 3", "@returns a sum"), expected);
  assert.deepEqual(steps("@example", "Adding small numbers:", "add(1, 2) // => 3", "@returns a sum"), expected);
  assert.deepEqual(steps("@example <caption>Small</caption>", "", "add(1, 2) // => 3", "@returns a sum"), expected);
});

test("on the line of the tag", () => {
  assert.deepEqual(steps("@example add(1, 2) // => 3"), [[2, "add(1, 2)", "3"]]);
  assert.deepEqual(steps("@example >>> add(1, 2)", "3"), [[2, "add(1, 2)", "3"]]);
});

test("prompts inside an @example block", () => {
  assert.deepEqual(steps("@example Title", ">>> add(1, 2)", "3", "@example", "```ts", ">>> add(2, 2)", "4", "```"), [
    [3, "add(1, 2)", "3"],
    [7, "add(2, 2)", "4"],
  ]);
});

test("several blocks share one scope; other tags end a block, not inside a fence", () => {
  const doc = read("@example", "const a = 1;", "@example", "```", "add(1, 2) // => a", "@dec class A {}", "```", "@see add( // => no");
  assert.deepEqual(doc.problems, []);
  assert.deepEqual(doc.examples.map(({ source, expected }) => [source, expected.kind === "output" && expected.expression]), [
    ["const a = 1;", false],
    ["add(1, 2)", true],
    ["@dec class A {}", false],
  ]);
});

test("a statement of several lines; expectations behind it or below it; several statements in a line", () => {
  assert.deepEqual(
    steps("@example", "add(", "  1,", "  2, // one more", ") // => 3", "add(2,", "  2);", "//=> 4", "add(1, 0); add(2, 0); // => 2", "console.log(1)", "// => 1", "// => 2"),
    [
      [3, "add(\n  1,\n  2, // one more\n)", "3"],
      [7, "add(2,\n  2);", "4"],
      [10, "add(1, 0);"],
      [10, "add(2, 0);", "2"],
      [11, "console.log(1)", "1\n2"],
    ],
  );
});

test("what is thrown", () => {
  assert.deepEqual(steps("@example", "add() // => ! RangeError: no numbers"), [[3, "add()", { kind: "throws", name: "RangeError", message: "no numbers" }]]);
});

test("a block of another language is no example; fast-check is a property", () => {
  assert.deepEqual(steps("@example", "```json", "{ // => 1", "```"), []);
  assert.deepEqual(read("@example", "```fast-check", "fc.assert(1)", "```").properties, [{ source: "fc.assert(1)", line: 4 }]);
});

test("a property or another fence beside code that is not fenced hides nothing", () => {
  const doc = read("@example", "add(1, 2) // => 3", "```fast-check", "fc.assert(1)", "```", "add(2, 2) // => 4", "```json", "{}", "```");
  assert.deepEqual(doc.problems, []);
  assert.deepEqual(doc.examples.map(({ source, line }) => [source, line]), [["add(1, 2)", 3], ["add(2, 2)", 7]]);
  assert.deepEqual(doc.properties, [{ source: "fc.assert(1)", line: 5 }]);
  const beside = "`// =>` stands beside the code of the example";
  assert.deepEqual(read("@example", "add(1, 2) // => 3", "```ts", "add(2, 2)", "```").problems.map(({ line, message }) => [line, message]), [[3, beside]]);
});

test("an import of what is in scope shows where it comes from, any other is a problem", () => {
  assert.deepEqual(steps("@example", 'import { add } from "./add";', 'import type { T } from "./t";', "add(1, 2) // => 3"), [[5, "add(1, 2)", "3"]]);
  const message = "an example cannot import";
  assert.deepEqual(read("@example", 'import { sub } from "./sub";').problems.map((p) => [p.line, p.message]), [[3, message]]);
});

test("malformed blocks are problems in their own line", () => {
  const problem = (...lines: string[]): unknown => read(...lines).problems.map(({ line, message }) => [line, message]);
  assert.deepEqual(problem("@example", "```ts", "add(1", "add(2)", "```"), [[5, "Expected `,` or `)` but found `Identifier`"]]);
  assert.deepEqual(problem("@example", "Title here:", "add(1", "add(2)"), [[5, "Expected `,` or `)` but found `Identifier`"]]);
  assert.deepEqual(problem("@example", "for (const a of [1]) {", "  add(a, 1) // => 2", "}"), [[4, "`// =>` follows no whole statement"]]);
  assert.deepEqual(problem("@example", "// => 2", "add(1, 1)"), [[3, "`// =>` follows no whole statement"]]);
  assert.deepEqual(problem("@example", "add(1, 1) // =>"), [[3, "`// =>` says nothing that is expected"]]);
  assert.deepEqual(problem("@example", "```ts", "add(1, 1)"), [[3, "the fence ``` is never closed"]]);
});
