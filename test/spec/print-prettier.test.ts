/** Whatever prettier makes of a program, its canonical text stays the same. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import * as prettier from "prettier";
import { printCanonical } from "../../lib/spec/print.ts";
import { HAZARDS, JSX_HAZARDS } from "./hazards.ts";
import { sampleFiles } from "./sample-files.ts";
import { parse } from "./tree-compare.ts";
import { EFFORT } from "./effort.ts";

const layout = fc
  .record({
    printWidth: fc.constantFrom(1, 20, 40, 80, 120, 400),
    tabWidth: fc.constantFrom(1, 2, 4, 8),
    useTabs: fc.boolean(),
    semi: fc.boolean(),
    singleQuote: fc.boolean(),
    jsxSingleQuote: fc.boolean(),
    quoteProps: fc.constantFrom("as-needed" as const, "consistent" as const, "preserve" as const),
    trailingComma: fc.constantFrom("all" as const, "es5" as const, "none" as const),
    bracketSpacing: fc.boolean(),
    bracketSameLine: fc.boolean(),
    objectWrap: fc.constantFrom("preserve" as const, "collapse" as const),
    arrowParens: fc.constantFrom("always" as const, "avoid" as const),
    singleAttributePerLine: fc.boolean(),
    endOfLine: fc.constantFrom("lf" as const, "crlf" as const, "cr" as const),
    experimentalTernaries: fc.boolean(),
    experimentalOperatorPosition: fc.constantFrom("start" as const, "end" as const),
  })
  // prettier 3.10 forgets the semicolon between `a ? b : c` and `(d)` when both are set, which changes the program.
  .map((options) => ({ ...options, experimentalTernaries: options.experimentalTernaries && options.semi }));

type Layout = typeof layout extends fc.Arbitrary<infer T> ? T : never;

async function reformat(source: string, file: string, options: Layout): Promise<string | undefined> {
  try {
    const parser = /\.[cm]?jsx?$/.test(file) ? "babel" : "typescript";
    return await prettier.format(source, { ...options, parser, filepath: file, embeddedLanguageFormatting: "off" });
  } catch (error) {
    // TypeScript's own parser refuses some of what oxc-parser reads; there is nothing to compare then.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function assertLayoutIsTrivia(source: string, file: string, options: Layout): Promise<boolean> {
  const formatted = await reformat(source, file, options);
  if (formatted === undefined) return false;
  const after = parse(formatted, file);
  // prettier 3.10 may break the line behind `>` in `f(a < b, c > d)`: that makes type arguments of it, and no program.
  if (after.errors.length > 0 && parse(source, file).errors.length === 0) return false;
  assert.equal(printCanonical(after.program), printCanonical(parse(source, file).program), file);
  return true;
}

test("prettier with any options changes nothing in what is easy to print wrongly", async () => {
  const programs = [...HAZARDS.map((source) => [source, "a.ts"] as const), ...JSX_HAZARDS.map((source) => [source, "a.tsx"] as const)];
  let compared = 0;
  for (const [source, file] of programs) {
    for (const options of fc.sample(layout, 1)) if (await assertLayoutIsTrivia(source, file, options)) compared += 1;
  }
  assert.ok(compared > programs.length / 2, `${compared} comparisons`);
});

test("prettier with any options changes nothing in real sources", async () => {
  const files = sampleFiles().map((file) => [file, readFileSync(file, "utf8")] as const).filter(([, source]) => source.length < 8000);
  const property = fc.asyncProperty(fc.constantFrom(...files), layout, async ([file, source], options) => {
    await assertLayoutIsTrivia(source, file, options);
  });
  await fc.assert(property, { numRuns: 12 * EFFORT });
});
