/**
 * Parsing modules: places, imports, exports, declarations, and text that no parser should see.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { parseModule, parseText, tryParseModule } from "../../lib/spec/parse.ts";

test("imports", () => {
  const { imports } = parseModule(
    `import a, { b as c, type D, "x y" as e } from "m"; import * as ns from "n"; import type T from "t"; import "side";
     import fs = require("fs"); import type { U } from "u"; import { default as f } from "f";`,
    "a.ts",
  );
  assert.deepEqual(
    imports.map(({ local, imported, specifier, typeOnly }) => `${local} = ${imported} of ${specifier}${typeOnly ? " (type)" : ""}`),
    ["a = default of m", "c = b of m", "D = D of m (type)", "e = x y of m", "ns = * of n", "T = default of t (type)", "U = U of u (type)", "f = default of f", "fs = * of fs"],
  );
});

test("exports", () => {
  const { exports } = parseModule(
    `import { i } from "i"; import * as ns from "n"; const a = 1; function g() {}
     export const b = 1, { c, d: [e] } = a; export function f() {} export class K {} export interface I {} export type T = 1; export enum E { x }
     export { a as a2, g as "string name", i, ns }; export { r as r2 } from "r"; export * from "s"; export * as star from "t"; export default g;`,
    "a.ts",
  );
  const shown = [...exports.named].map(([name, from]) =>
    "local" in from ? `${name} <- ${from.local}${from.typeOnly ? " (type)" : ""}` : `${name} <- ${from.specifier}#${from.imported}`,
  );
  assert.deepEqual(shown.toSorted(), [
    "E <- E",
    "I <- I (type)",
    "K <- K",
    "T <- T (type)",
    "a2 <- a",
    "b <- b",
    "c <- c",
    "default <- g",
    "e <- e",
    "f <- f",
    "i <- i#i",
    "ns <- n#*",
    "r2 <- r#r",
    "star <- t#*",
    "string name <- g",
  ]);
  assert.deepEqual(exports.stars, ["s"]);
});

test("what a default export declares", () => {
  const defaultOf = (source: string): unknown => {
    const { exports, declarations } = parseModule(source, "a.ts");
    const from = exports.named.get("default");
    return from !== undefined && "local" in from ? [from.local, declarations.get(from.local)?.[0]?.kind] : from;
  };
  assert.deepEqual(defaultOf("export default function f() {}"), ["f", "function"]);
  assert.deepEqual(defaultOf("export default function () {}"), ["default", "function"]);
  assert.deepEqual(defaultOf("export default class {}"), ["default", "class"]);
  assert.deepEqual(defaultOf("export default interface I {}"), ["I", "interface"]);
  assert.deepEqual(defaultOf("export default 1 + 1"), ["default", "default"]);
  assert.deepEqual(defaultOf("const x = 1; export default x"), ["x", "const"]);
  assert.deepEqual(defaultOf("const x = 1; export { x as default }"), ["x", "const"]);
  assert.deepEqual(defaultOf("const x = 1; export = x"), ["x", "const"]);
});

test("declarations: name, kind, node, and the whole statement's span", () => {
  const source = `export const a = 1, b = 2; let { c = 1, ...d } = a; var e; function f(): void; function f() {} class K {}
  interface I {} interface I {} type T = 1; const T = 2; enum E {} namespace N {} namespace O.P {} import A = N.B; declare module "x" {} declare global {} using u = a;`;
  const { declarations } = parseModule(source, "a.ts");
  const shown = [...declarations].map(([name, all]) => `${name}: ${all.map(({ kind }) => kind).join(" ")}`);
  assert.deepEqual(shown, [
    "a: const",
    "b: const",
    "c: let",
    "d: let",
    "e: var",
    "f: function function",
    "K: class",
    "I: interface interface",
    "T: type const",
    "E: enum",
    "N: namespace",
    "O: namespace",
    "A: alias",
    "u: using",
  ]);
  const [b] = declarations.get("b") ?? [];
  assert.ok(b);
  assert.equal(source.slice(b.node.start, b.node.end), "b = 2");
  assert.equal(source.slice(b.span.start, b.span.end), "export const a = 1, b = 2;");
});

test("offsets count UTF-16 units from the byte order mark on; lines end at LF, CR LF or CR", () => {
  const source = "\uFEFFconst a = '😀';\r\nconst b = 1;\rconst c = 1;\nconst d = 1;";
  const module = parseModule(source, "a.ts");
  const places = ["a", "b", "c", "d"].map((name) => {
    const [declaration] = module.declarations.get(name) ?? [];
    assert.ok(declaration);
    assert.ok(source.startsWith(`const ${name}`, declaration.span.start));
    return module.positionOf(declaration.node.start);
  });
  assert.deepEqual(places, [
    { line: 1, column: 7 },
    { line: 2, column: 7 },
    { line: 3, column: 7 },
    { line: 4, column: 7 },
  ]);
  assert.equal(module.lineOf(source.length), 4);
});

test("a position is the number of line ends before it, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r", "\r\n", "é", "😀") }), (text) => {
      const source = `/*${text}*/x`;
      const { positionOf } = parseModule(source, "a.ts");
      const before = source.slice(0, -1).split(/\r\n|\r|\n/);
      assert.deepEqual(positionOf(source.length - 1), { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
    }),
  );
});

test("the language follows from the extension", () => {
  const parses = (file: string, source: string): boolean => "module" in tryParseModule(source, file);
  assert.ok(parses("a.ts", "let a = <T>b"));
  assert.ok(!parses("a.tsx", "let a = <T>b"));
  for (const file of ["a.tsx", "a.jsx", "a.js", "a.mjs"]) assert.ok(parses(file, "let a = <b/>"), file);
  for (const file of ["a.js", "a.cjs"]) assert.ok(parses(file, "with (a) {} return 1"), file);
  for (const file of ["a.mts", "a.cts", "no-extension"]) assert.ok(parses(file, "let a: B"), file);
  assert.ok(parses("a.d.ts", "export const a: number; export function f(): void;"));
  assert.ok(!parses("a.ts", "return 1"));
});

test("a syntax error names file, line and column", () => {
  const error = (source: string): VibesafeTypeError => {
    try {
      parseModule(source, "src/a.ts");
    } catch (cause) {
      assert.ok(cause instanceof VibesafeTypeError);
      return cause;
    }
    return assert.fail("it parsed");
  };
  assert.match(error("const a = 1;\n  const b = ;").message, /^src\/a\.ts:2:13: Unexpected token$/);
  assert.match(error("\uFEFF)").message, /^src\/a\.ts:1:1: /);
  assert.match(error("a\0b").message, /^src\/a\.ts:1:2: Invalid Character/);
  for (const source of ["(", "'", "`${", "/*", "a b", "\0", "\uFFFD"]) assert.notEqual(error(source).remedy, "");
});

test("text that nests too deep is an error, not the end of the process", () => {
  const chains = ["(", "[", "{", "`${", "!", "- ", "if (a) ", "a => ", "a ? b : ", "a: ", "a = ", "new ", "x = <a>", "f(x => {", "class { a = ", "a **", "<a>", "await "];
  for (const chain of [...chains, "keyof ", "A<", "() => ", "a.b", "\n!"]) {
    for (const start of ["", "const a = ", "type A = "]) {
      const parsed = tryParseModule(start + chain.repeat(120_000), "a.ts");
      assert.ok("problem" in parsed, chain);
      assert.equal(parsed.problem.line > 0, true);
    }
  }
});

test("long text that does not nest is no deep text", () => {
  const lines = (count: number, line: string): string => `${line}\n`.repeat(count);
  const sources = [
    lines(3000, "export const a = f(/[({]/, '(', `(${a}(`, \"{\") // ( [ {"),
    lines(3000, "const re = /\\(['\"`]/;"),
    lines(3000, "return_(/[(]/)"),
    `const a = [${"1, ".repeat(100_000)}];`,
    `const a = {${"b: { c: [1] }, ".repeat(20_000)}};`,
    `const a = ${'"text"\n  + '.repeat(3000)}"";`,
    `const a = "${"( ".repeat(100_000)}"; // ${"( ".repeat(100_000)}\n/* ${"( ".repeat(100_000)} */`,
    `const a = \`${"( {".repeat(100_000)}\`;`,
  ];
  for (const source of sources) assert.ok("module" in tryParseModule(source, "a.ts"), source.slice(0, 60));
});

test("a large file that people use parses", () => {
  const file = createRequire(import.meta.url).resolve("fast-check/package.json").replace("package.json", "lib/fast-check.d.ts");
  assert.ok(parseModule(readFileSync(file, "utf8"), "fast-check.d.ts").exports.named.size > 100);
});

test("any text parses or is a problem", () => {
  const token = fc.constantFrom(..."const let a b = ( ) { } [ ] ; , . ... => ` ${ ' \" / * < > : ? ! import export from default type \n \r \u2028 \0 \uD800 😀 #".split(" "), " ");
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(" ")), (source) => {
      const parsed = tryParseModule(source, "a.ts");
      if ("problem" in parsed) assert.match(parsed.problem.error.message, /^a\.ts:\d+:\d+: ./);
    }),
    { numRuns: 500 },
  );
});

test("text of examples: what no module may say is an error", () => {
  for (const text of ["const a = 1; const a = 2", "01", "delete a", "return 1", "let let", "with (a) {}"]) assert.ok("message" in parseText(text, "ts"), text);
  for (const text of ["await a", "for await (const a of b) {}", "import.meta", ""]) assert.ok("program" in parseText(text, "ts"), text);
});
