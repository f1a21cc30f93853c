/**
 * Parts of a spec's source as they are shown to people and models: as written, with LF, less indented.
 *
 * @module
 */

import { commonIndent } from "../doc/text.ts";
import type { SpecFunction, Hole } from "./hole.ts";
import type { Span } from "../types.ts";
import { walkTree } from "../walk.ts";

/** A function's header, from its first word to just before its body. */
export function headerText(source: string, fn: SpecFunction): string {
  return withLf(source.slice(fn.start, fn.body?.start ?? fn.end)).trimEnd();
}

/** The code before the hole with its comments. Text inside templates and strings of several lines keeps its indentation. */
export function preHoleText(source: string, fn: SpecFunction, hole: Hole): string {
  const start = (fn.body?.start ?? fn.start) + 1;
  const code = source.slice(start, hole.node.start);
  // Only a template, a string with a line continuation or JSX holds a line break.
  const spans = /[`\\<]/.test(code) ? spansOfText(hole) : [];
  return dedentCode(code, spans.map((span) => ({ start: span.start - start, end: span.end - start })));
}

/** Nodes whose inner line breaks are part of a value. */
function spansOfText(hole: Hole): Span[] {
  const spans: Span[] = [];
  for (const statement of hole.before) {
    walkTree(statement, ({ type, start, end }) => {
      if (type === "TemplateElement" || type === "Literal" || type === "JSXText") spans.push({ start, end });
    });
  }
  return spans;
}

function dedentCode(code: string, fixed: readonly Span[]): string {
  const lines: { text: string; free: boolean }[] = [];
  let at = 0;
  for (const whole of code.match(/[^\r\n]*(?:\r\n|\n|\r|$)/g) ?? []) {
    const offset = at;
    lines.push({ text: whole.replace(/[\r\n]+$/, ""), free: offset > 0 && !fixed.some(({ start, end }) => start < offset && offset <= end) });
    at += whole.length;
    if (at >= code.length) break;
  }
  const width = commonIndent(lines.filter(({ free }) => free).map(({ text }) => text)).length;
  // Only free lines lose blanks at their ends: those of the others may belong to a value.
  const dedented = lines.map(({ text, free }) => (free ? text.slice(Math.min(width, text.length - text.trimStart().length)) : text));
  return dedented.join("\n").trim();
}

function withLf(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}
