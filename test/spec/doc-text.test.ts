/**
 * Doc text: what of a comment counts.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { docLines, normaliseDoc, readDoc } from "../../lib/spec/doc.ts";

test("stars, common indentation, trailing blanks and blank ends go", () => {
  assert.equal(normaliseDoc("/** One line. */"), "One line.");
  assert.equal(normaliseDoc("/**\n * One\n *   two  \n *\n * three\n */"), "One\n  two\n\nthree");
  assert.equal(normaliseDoc("/**\n\t *\tOne\n\t *\t\ttwo\n\t */"), "One\n\ttwo");
  assert.equal(normaliseDoc("/** First\n *    second\n *    third\n */"), "First\nsecond\nthird");
  assert.equal(normaliseDoc("/**\n   no stars\n     here\n*/"), "no stars\n  here");
  assert.equal(normaliseDoc("/**\n *\n *\n **/"), "");
  assert.equal(normaliseDoc("/***/"), "");
  assert.equal(normaliseDoc("/**\n * a *\\/ b\n * - {@link f}\n */"), "a *\\/ b\n- {@link f}");
});

test("the text does not depend on line ends or on where the comment is indented", () => {
  const comment = "/**\n * One\n *   two\n *\n * >>> f(`\n * ... `)\n */";
  for (const variant of [comment.replaceAll("\n", "\r\n"), comment.replaceAll("\n", "\r"), comment.replaceAll("\n", "\n\t  "), comment.replaceAll("\n *", " \n*")]) {
    assert.equal(normaliseDoc(variant), normaliseDoc(comment));
  }
});

test("each line knows where it stands", () => {
  assert.deepEqual(docLines("/** a\n   *   b\n   * c */", 7, 3), [
    { text: "a", line: 7, column: 7 },
    { text: "  b", line: 8, column: 6 },
    { text: "c", line: 9, column: 6 },
  ]);
});

test("a line's place is where its text is in the comment", () => {
  const line = fc.string({ unit: fc.constantFrom(" ", "\t", "*", "a", ">", "é", "😀", ".") });
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const comment = `/**${lines.join("\n")}\n*/`;
      const physical = comment.split("\n");
      for (const { text, line: number, column } of docLines(comment)) {
        assert.equal(physical[number - 1]?.slice(column - 1, column - 1 + text.length), text);
      }
    }),
  );
});

test("normalising what is normalised changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(" ", "\t", "a", "\n", "\r", "- ") }), (text) => {
      const once = normaliseDoc(`/**\n${text}\n*/`);
      assert.equal(normaliseDoc(`/**\n${once.split("\n").map((each) => ` * ${each}`).join("\n")}\n */`), once);
    }),
  );
});

const PIECES = [
  "\n", "\n", "\n", ">>> ", ">>>", "... ", "...", "! ", "!", "Error: x", "```", "```ts", "```fast-check", "~~~", "@example", "@param", "// => ", "// =>",
  "f(", ")", "f(1)", "await f()", "const a = 1", "`", "${", "}", "{", "[", "'", '"', "/*", "//", "\\", " ", "\t", "\u2028", "\0", "\uD800", "😀", "import a from 'a'", "\r",
];
const piece = fc.constantFrom(...PIECES);

test("no text throws: it has examples or problems, in lines that it has", () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")), fc.string()), fc.constantFrom("ts" as const, "tsx" as const), (text, lang) => {
      const lines = docLines(`/**${text.replaceAll("*/", "")}*/`);
      const { examples, properties, problems } = readDoc(lines, { lang, scope: ["f"] });
      const last = lines.at(-1)?.line ?? 1;
      for (const { line } of [...examples, ...properties, ...problems]) assert.ok(line >= 1 && line <= last);
      for (const { column } of problems) assert.ok(column >= 1);
      for (const { source } of examples) assert.notEqual(source.trim(), "");
    }),
    { numRuns: 1500 },
  );
});

test("no line that looks like an example is silently none", () => {
  const line = fc.constantFrom(">>> f()", "... + 1", "1", "", "text", "@example Title", "@param a - b", "```ts", "```", "f() // => 1", "! Error: x");
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const { examples, problems } = readDoc(docLines(["/**", ...lines, "*/"].join("\n")), { lang: "ts", scope: ["f"] });
      if (problems.length > 0) return;
      const seen = new Set(examples.map((example) => example.line));
      // Arrows count in an @example block only, and not in what another example expects.
      const asExample = (text: string): boolean => text.startsWith(">>>") || (text.includes("=>") && lines[0] === "@example Title" && !lines.some((each) => /^>>>|^@param/.test(each)));
      for (const [i, text] of lines.entries()) if (asExample(text)) assert.ok(seen.has(i + 2), `line ${i + 2} of\n${lines.join("\n")}`);
    }),
    { numRuns: 1000 },
  );
});

test("long and deep comments", () => {
  const many = ["/**", ...Array.from({ length: 10_000 }, (_, i) => ` * >>> f(${i})\n * ${i}`), " */"].join("\n");
  const { examples, problems } = readDoc(docLines(many), { lang: "ts", scope: ["f"] });
  assert.equal(examples.length, 10_000);
  assert.equal(examples.at(-1)?.line, 20_000);
  assert.deepEqual(problems, []);
  for (const long of [" ".repeat(200_000), "`".repeat(200_000), "```" + " ".repeat(100_000) + "`", ">".repeat(100_000), "@example" + " ".repeat(100_000), "!".repeat(100_000)]) {
    readDoc(docLines(`/**\n * >>> f()\n * ${long}x\n */`), { lang: "ts", scope: ["f"] });
    readDoc(docLines(`/**\n * ${long}x\n * >>> f()\n */`), { lang: "ts", scope: ["f"] });
  }
});
