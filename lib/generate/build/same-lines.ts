/**
 * Compiled code with each part on the line that its source has: a stack then names the right line without any source map.
 *
 * @module
 */

import { walk } from "../../spec/ast.ts";
import { parseModule } from "../../spec/parse.ts";
import type { Mapping } from "./mappings.ts";

export interface SameLines {
  readonly code: string;
  readonly mappings: readonly Mapping[];
}

/** After these no line break means anything to JavaScript (ECMA-262, Rules of Automatic Semicolon Insertion). */
const BREAKS_AFTER = new Set("([{,;?:=&|.");

/**
 * Lays out code that a compiler has printed, with a semicolon after each statement.
 *
 * @param mappings - of `code`
 * @param first - one line, put before the code on its first
 */
export function sameLines(code: string, mappings: readonly Mapping[], first: string): SameLines {
  const texts = templateTexts(code);
  const starts = lineStarts(code);
  const marks = mappings.map((mapping) => ({ at: (starts[mapping.line] ?? 0) + mapping.column, mapping }));
  const out: Mapping[] = [];
  const pieces = [first];
  let line = 0;
  /** Its text so far. */
  let current = first;
  /** The last character that is no space. */
  let last = ";";
  const emit = (piece: string): void => {
    pieces.push(piece);
    const lines = piece.split("\n");
    line += lines.length - 1;
    current = lines.length === 1 ? current + piece : (lines.at(-1) ?? "");
    last = piece.trimEnd().at(-1) ?? last;
  };
  const downTo = (wanted: number): void => emit("\n".repeat(Math.max(0, wanted - line)));
  let [at, next, text] = [0, 0, 0];
  while (at < code.length) {
    const mark = marks[next];
    const newline = code.indexOf("\n", at);
    if (mark !== undefined && mark.at <= at) {
      if (mark.mapping.sourceLine > line && BREAKS_AFTER.has(last)) downTo(mark.mapping.sourceLine);
      if (mark.at === at) out.push({ ...mark.mapping, line, column: current.length });
      next += 1;
      continue;
    }
    const end = Math.min(mark?.at ?? code.length, newline === -1 ? code.length : newline);
    if (end > at) emit(code.slice(at, end));
    at = end;
    if (at !== newline) continue;
    at += 1;
    while ((texts[text]?.end ?? Infinity) <= newline) text += 1;
    if ((texts[text]?.start ?? Infinity) <= newline) emit("\n");
    else if (mark !== undefined && mark.mapping.sourceLine > line && mark.at < nextLine(code, at)) downTo(mark.mapping.sourceLine);
    // A comment ends where its line ends.
    else if (current.includes("//")) emit("\n");
    else {
      emit(" ");
      while (code.charAt(at) === " ") at += 1;
    }
  }
  return { code: pieces.join(""), mappings: out };
}

function nextLine(code: string, at: number): number {
  const newline = code.indexOf("\n", at);
  return newline === -1 ? code.length : newline;
}

function lineStarts(code: string): number[] {
  return [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

/** The texts of template literals: a line break in them is part of a value. */
function templateTexts(code: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  walk(parseModule(code, "impl.js").program, (node) => {
    if (node.type === "TemplateElement") found.push({ start: node.start, end: node.end });
  });
  return found.sort((a, b) => a.start - b.start);
}
