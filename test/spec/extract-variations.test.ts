/**
 * The same spec wherever and however it is written down.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extractSpecs } from "../../lib/spec/extract.ts";
import { parseModule, tryParseModule } from "../../lib/spec/parse.ts";
import type { Spec } from "../../lib/spec/types.ts";

const SOURCE = `import { vibesafe, VibesafeHandled } from "vibesafe";
/**
 * Text – with more
 *   of it.
 *
 * >>> f(\`a
 * ... b\`)
 * 'x'
 * @example
 * f("é") // => 'é'
 *
 * \`\`\`fast-check
 * fc.assert(
 *   f("😀"));
 * \`\`\`
 */
export const f = vibesafe.func(
  { allow: ["a"] },
  function f(a: string): string {
    const b = \`x
      \${a}\`; // why
    if (b) {
      return b;
    }
    throw new VibesafeHandled();
  },
);
`;

function only(source: string): Spec {
  const { specs, problems } = extractSpecs(parseModule(source, "a.ts"), "a.ts");
  assert.deepEqual(problems.map(({ error }) => error.message), []);
  assert.equal(specs.length, 1);
  const [spec] = specs;
  assert.ok(spec);
  return spec;
}

/** All but the places, which follow from where the spec stands. */
function data(spec: Spec): object {
  const { source: _, call: _call, fn: _fn, line: _line, ...rest } = spec;
  const examples = rest.examples.map(({ line: _at, ...example }) => example);
  const properties = rest.properties.map(({ line: _at, ...property }) => property);
  return { ...rest, examples, properties };
}

test("line ends and a byte order mark change nothing", () => {
  const plain = data(only(SOURCE));
  for (const variant of [SOURCE.replaceAll("\n", "\r\n"), SOURCE.replaceAll("\n", "\r"), `\uFEFF${SOURCE}`, `\uFEFF${SOURCE.replaceAll("\n", "\r\n")}`]) {
    assert.deepEqual(data(only(variant)), plain);
  }
});

test("where a spec stands changes nothing but its places", () => {
  const lines = SOURCE.split("\n");
  const [head = "", ...definition] = lines;
  const plain = only(SOURCE);
  const filler = fc.constantFrom("", "// comment", "const x = '😀';", "/* é */", "/** of another */ let y;", "`\n${1}\n`;", ";", "function g() { /** inner */ return 1 }", "type T = 1");
  fc.assert(
    fc.property(fc.array(filler), fc.array(filler), fc.constantFrom("\n", "\r\n"), fc.boolean(), (before, after, end, mark) => {
      const source = (mark ? "\uFEFF" : "") + [head, ...before, "0;", ...definition, ...after].flatMap((line) => line.split("\n")).join(end);
      const spec = only(source);
      assert.deepEqual(data(spec), data(plain));
      assert.equal(source.slice(spec.fn.start, spec.fn.end).replaceAll("\r\n", "\n"), SOURCE.slice(plain.fn.start, plain.fn.end));
      const physical = source.split(end);
      assert.ok(physical[spec.line - 1]?.includes("vibesafe.func("));
      assert.ok(physical[(spec.examples[0]?.line ?? 0) - 1]?.includes(">>> f(`a"));
      assert.ok(physical[(spec.examples[1]?.line ?? 0) - 1]?.includes('f("é")'));
      assert.ok(physical[(spec.properties[0]?.line ?? 0) - 1]?.includes("fc.assert("));
    }),
  );
});

test("indentation of comment and function changes neither doc nor code", () => {
  const plain = data(only(SOURCE));
  fc.assert(
    fc.property(fc.stringMatching(/^[ \t]{0,6}$/), fc.nat(4), (indent, more) => {
      const source = SOURCE.replace(/^ \*(?!\/)/gm, `${indent} *${" ".repeat(more)}`).replace("export const", `${indent}export const`);
      assert.deepEqual({ ...data(only(source)), doc: "" }, { ...plain, doc: "" });
      assert.equal(only(source).doc, only(SOURCE).doc);
      const deeper = SOURCE.replace(/^ {4}(?=const|if|\}|throw)/gm, `${indent}    `).replace(/^ {6}(?=return)/gm, `${indent}      `);
      assert.equal(only(deeper).preHole, only(SOURCE).preHole);
    }),
  );
});

test("what is cut out of a file or put into it never throws", () => {
  const piece = fc.constantFrom("vibesafe", ".func(", "throw new VibesafeHandled();", "export const g = ", "function ", "=>", "{", "}", "(", ")", "/**", "*/", "`", "'", "\0", "\uD800", "\r", ">>> ", "import ", ": string", ",", "...");
  fc.assert(
    fc.property(fc.nat(SOURCE.length), fc.nat(60), fc.array(piece, { maxLength: 3 }), (at, cut, pieces) => {
      const parsed = tryParseModule(SOURCE.slice(0, at) + pieces.join("") + SOURCE.slice(at + cut), "a.ts");
      if (!("module" in parsed)) return;
      const { specs, problems } = extractSpecs(parsed.module, "a.ts");
      for (const { error, line } of problems) assert.ok(error.message.startsWith(`a.ts:${line}:`));
      for (const spec of specs) assert.ok(spec.source.slice(spec.call.start, spec.call.end).endsWith(")"));
    }),
    { numRuns: 1000 },
  );
});
