/**
 * An `@example` block without prompts: its statements, each with what `// =>` comments expect of it.
 *
 * @module
 */

import type { Comment, Directive, Statement } from "oxc-parser";
import type { DocProblem } from "./blocks.ts";
import { parseCode, placeIn, type Code } from "./code.ts";
import type { TextLine } from "./text.ts";
import type { Language } from "../parse.ts";

export interface Step {
  readonly node: Directive | Statement;
  readonly source: string;
  /** Place of the statement in the file. */
  readonly line: number;
  readonly column: number;
  readonly expected: readonly TextLine[];
}

/** Parses a block. Outside a fence its first line may be a title: text that is no statement. */
export function parseBlock(lines: readonly TextLine[], fenced: boolean, lang: Language): { code: Code; lines: readonly TextLine[] } | DocProblem {
  const code = parseCode(lines, lang);
  if (!("message" in code)) return { code, lines };
  if (fenced || lines.length < 2 || !("message" in parseCode(lines.slice(0, 1), lang))) return code;
  const below = parseCode(lines.slice(1), lang);
  return "message" in below ? below : { code: below, lines: lines.slice(1) };
}

/** Splits a block into steps. An expectation that belongs to no whole statement goes to `report`. */
export function splitSteps({ source, program, comments }: Code, lines: readonly TextLine[], report: (problem: DocProblem) => void): Step[] {
  const arrows = comments.filter(({ type, value }) => type === "Line" && ARROW.test(value));
  const steps = program.body.map((node, i): Step => {
    const next = program.body[i + 1]?.start ?? source.length + 1;
    const own = arrows.filter(({ start }) => start >= node.end && start < next);
    const expected = own.map((arrow) => expectedLine(arrow, lines));
    return { node, source: source.slice(node.start, node.end), ...placeIn(lines, node.start), expected };
  });
  for (const arrow of arrows) {
    const place = placeIn(lines, arrow.start);
    if (!program.body.some((node, i) => arrow.start >= node.end && arrow.start < (program.body[i + 1]?.start ?? Infinity))) {
      report({ ...place, message: "`// =>` follows no whole statement", remedy: "put it behind or directly below a statement at the top level of the example" });
    } else if (expectedLine(arrow, lines).text === "") {
      report({ ...place, message: "`// =>` says nothing that is expected", remedy: "write `// => value`, or remove it" });
    }
  }
  return steps;
}

const ARROW = /^[ \t]*=>[ \t]?/;

function expectedLine({ start, value }: Comment, lines: readonly TextLine[]): TextLine {
  const width = ARROW.exec(value)?.[0].length ?? 0;
  return { text: value.slice(width).trimEnd(), ...placeIn(lines, start + 2 + width) };
}
