/**
 * Spec maps for tests: one to start from, and arbitrary ones.
 *
 * @module
 */

import fc from "fast-check";
import type { SpecMap } from "../../lib/spec/types.ts";

export const PLAIN: SpecMap = {
  format: 1,
  vibesafe: "0.1.0",
  kind: "function",
  name: "sumStr",
  signature: {
    async: false,
    generator: false,
    typeParameters: [],
    parameters: [
      { name: "a", type: "string", optional: false, rest: false, default: null },
      { name: "b", type: "string", optional: false, rest: false, default: null },
    ],
    returns: "string",
  },
  doc: 'Add two integers.\n\n>>> sumStr("2", "3")\n\'5\'',
  body: "const left = parseInteger(a);",
  options: { allow: [] },
  template: "0".repeat(64),
  provider: { kind: "replay", model: "replay", temperature: "0", seed: 42, max_tokens: null, reasoning_effort: null },
  deps: {
    names: { parseInteger: "src/parse#parseInteger" },
    declarations: {
      "src/parse#parseInteger": { code: "function parseInteger(text: string): bigint {\n  return digits(text);\n}", names: { digits: "src/digits#digits" } },
      "src/digits#digits": { code: "function digits(text: string): bigint {\n  return BigInt(text);\n}", names: {} },
    },
    packages: {},
    units: {},
  },
};

const name = fc.constantFrom("a", "b", "c", "parse", "Point", "__proto__", "x.y");
const reference = fc.constantFrom("src/a#a", "src/a#b", "src/b#a", "src/c#default", "src/c#*", "npm:zod#z", "node:path#join", "unit:m/f");
const code = fc.constantFrom("const a = 1;", "const a = 2;", "function f() {}", "class C {\n  x = 1;\n  y() {}\n}", "class C {\n  x = 2;\n}", "interface I { a: string }");
const names = fc.dictionary(name, reference, { maxKeys: 3 });
const line = fc.constantFrom("", "One.", "Two.", ">>> f(1)", "... + 2", "1", "2", "```fast-check", "fc.assert(p)", "```");
const lines = fc.array(line, { maxLength: 8 }).map((all) => all.join("\n"));

const parameter = fc.record({
  name,
  type: fc.constantFrom("string", "number"),
  optional: fc.boolean(),
  rest: fc.boolean(),
  default: fc.constantFrom(null, "1", "2"),
});

export const anyMap: fc.Arbitrary<SpecMap> = fc.record({
  format: fc.constant(1),
  vibesafe: fc.constantFrom("0.1.0", "0.2.0"),
  kind: fc.constant("function"),
  name: fc.constantFrom("f", "g"),
  signature: fc.record({
    async: fc.boolean(),
    generator: fc.boolean(),
    typeParameters: fc.array(fc.constantFrom("T", "U extends string"), { maxLength: 2 }),
    parameters: fc.array(parameter, { maxLength: 3 }),
    returns: fc.constantFrom("string", "void"),
  }),
  doc: lines,
  body: lines,
  options: fc.record({ allow: fc.uniqueArray(fc.constantFrom("node:path", "node:url", "zod"), { maxLength: 3 }).map((all) => all.sort()) }),
  template: fc.constantFrom("0".repeat(64), "1".repeat(64)),
  provider: fc.record({
    kind: fc.constantFrom("replay", "command"),
    model: fc.constantFrom("a", "b"),
    temperature: fc.constantFrom(null, "0", "0.5"),
    seed: fc.constantFrom(null, 1, -(2 ** 40)),
    max_tokens: fc.constantFrom(null, 4096),
    reasoning_effort: fc.constantFrom(null, "low"),
  }),
  deps: fc.record({
    names,
    declarations: fc.dictionary(reference, fc.record({ code, names }), { maxKeys: 3 }),
    packages: fc.dictionary(name, fc.constantFrom("1.0.0", "2.0.0"), { maxKeys: 2 }),
    units: fc.dictionary(name, fc.record({ signature: code, doc: line, names }), { maxKeys: 2 }),
  }),
});

/** Two maps that differ in few places: the second takes some fields of another. */
export const anyPair: fc.Arbitrary<readonly [SpecMap, SpecMap]> = fc
  .tuple(anyMap, anyMap, fc.subarray<keyof SpecMap>(["name", "signature", "doc", "body", "options", "template", "provider", "deps", "vibesafe"]))
  .map(([first, second, keys]) => [first, { ...first, ...Object.fromEntries(keys.map((key) => [key, second[key]])) }] as const);
