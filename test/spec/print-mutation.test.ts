/** Any token that is no trivia counts: a mutated program either does not parse, or prints differently, or is the same tree. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { parseSync } from "oxc-parser";
import type { Node } from "../../lib/spec/ast.ts";
import { walk } from "../../lib/spec/ast.ts";
import { printCanonical } from "../../lib/spec/print.ts";
import { HAZARDS } from "./hazards.ts";
import { sampleFiles } from "./sample-files.ts";
import { normalise, parse } from "./tree-compare.ts";
import { EFFORT } from "./effort.ts";

const RUNS = 500 * EFFORT;

const TOKEN = /[A-Za-z_$][\w$]*|\d[\w.]*|"[^"\\\n]*"|'[^'\\\n]*'|=>|\?\.|\.\.\.|[-+*/%&|^<>=!?]{1,3}|[()[\]{};,.:@#~]/g;

const POOL = [
  "a", "zz", "1", "'s'", "(", ")", "[", "]", "{", "}", ";", ",", ".", "?.", ":", "?", "!", "|", "&", "||", "??", "+", "-", "*", "**", "<", ">", "=", "=>", "...", "@a",
  "async", "await", "yield", "static", "readonly", "declare", "abstract", "override", "public", "private", "accessor", "get", "set", "type", "export", "default", "const", "let", "var",
  "in", "out", "of", "as", "satisfies", "keyof", "typeof", "unique", "infer", "asserts", "is", "new", "this", "null", "undefined", "void", "extends", "implements", "namespace", "enum",
] as const;

const programs: readonly string[] = [
  ...HAZARDS,
  ...sampleFiles()
    .filter((file) => file.endsWith(".ts"))
    .map((file) => withoutComments(readFileSync(file, "utf8")))
    .filter((source) => source.length < 3000),
];

const mutation = fc.record({
  program: fc.constantFrom(...programs),
  at: fc.nat(100_000),
  kind: fc.constantFrom("replace", "delete", "insert", "swap"),
  word: fc.constantFrom(...POOL),
});

test("two programs print the same exactly when they are the same tree", () => {
  let mutants = 0;
  const property = fc.property(mutation, ({ program, at, kind, word }) => {
    const mutant = mutate(program, at, kind, word);
    const [before, after] = [parse(program, "a.ts"), parse(mutant, "a.ts")];
    if (after.errors.length > 0 || /\b(?:export|default)\s+@/.test(mutant) || hasJsDocType(after.program)) return;
    mutants += 1;
    const same = isDeepStrictEqual(normalise(before.program), normalise(after.program));
    assert.equal(printCanonical(after.program) === printCanonical(before.program), same, mutant);
  });
  fc.assert(property, { numRuns: RUNS });
  assert.ok(mutants > RUNS / 8, `${mutants} mutants parsed`);
});

test("every name, number, string and operator counts", () => {
  let mutants = 0;
  const property = fc.property(fc.constantFrom(...programs.map(withoutComments)), fc.nat(100_000), (program, at) => {
    const { start, text } = tokenAt(program, at);
    const other = counterpart(text);
    if (other === undefined) return;
    const after = parse(program.slice(0, start) + other + program.slice(start + text.length), "a.ts");
    if (after.errors.length > 0) return;
    mutants += 1;
    assert.notEqual(printCanonical(after.program), printCanonical(parse(program, "a.ts").program), `${text} -> ${other}`);
  });
  fc.assert(property, { numRuns: RUNS });
  assert.ok(mutants > RUNS / 8, `${mutants} mutants parsed`);
});

function withoutComments(source: string): string {
  const pieces: string[] = [];
  let at = 0;
  for (const comment of parseSync("a.ts", source).comments) {
    pieces.push(source.slice(at, comment.start));
    at = comment.end;
  }
  return [...pieces, source.slice(at)].join(" ");
}

/** `?A` and `A?` are no TypeScript, though oxc-parser reads them; the printer refuses them. */
function hasJsDocType(program: Node): boolean {
  let found = false;
  walk(program, (node) => {
    found ||= node.type.startsWith("TSJSDoc");
  });
  return found;
}

function tokenAt(source: string, at: number): { start: number; text: string } {
  const tokens = [...source.matchAll(TOKEN)];
  const token = tokens[at % tokens.length];
  return { start: token?.index ?? 0, text: token?.[0] ?? "" };
}

function mutate(source: string, at: number, kind: string, word: string): string {
  const { start, text } = tokenAt(source, at);
  const end = start + text.length;
  const next = tokenAt(source.slice(end), 0);
  switch (kind) {
    case "replace":
      return `${source.slice(0, start)} ${word} ${source.slice(end)}`;
    case "delete":
      return `${source.slice(0, start)} ${source.slice(end)}`;
    case "insert":
      return `${source.slice(0, start)} ${word} ${source.slice(start)}`;
    default:
      return `${source.slice(0, start)}${next.text} ${text} ${source.slice(end + next.start + next.text.length)}`;
  }
}

/** A token of the same kind that means something else. */
function counterpart(text: string): string | undefined {
  // oxc-parser reads any word after `export @decorator` as `class`.
  if (text === "class") return undefined;
  if (/^[A-Za-z_$]/.test(text)) return `${text}_other`;
  if (/^\d/.test(text)) return text === "987" ? "986" : "987";
  if (/^["']/.test(text)) return JSON.stringify(`${text.slice(1, -1)} other`);
  const pairs: Readonly<Record<string, string>> = { "+": "-", "-": "+", "*": "/", "<": "<=", ">": ">=", "==": "!=", "===": "==", "&&": "||", "||": "&&", "??": "||", "?.": ".", "=": "+=", "++": "--" };
  return pairs[text];
}
