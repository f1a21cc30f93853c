/**
 * The text of a doc comment, without the comment.
 *
 * @module
 */

import { splitLines } from "../lines.ts";

/** One line of a text, and where its first character stands in the file (both from 1). */
export interface TextLine {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The lines of a doc comment without its stars, common indentation, trailing blanks, and blank lines at either end.
 *
 * @param comment - from the opening to the closing mark
 * @param line - where the comment begins, from 1
 * @param column - likewise
 */
export function docLines(comment: string, line: number = 1, column: number = 1): TextLine[] {
  const lines = splitLines(comment.replace(/\*\/$/, "")).map((text, i): TextLine => {
    const mark = i === 0 ? /^\/\*\*+[ \t]*/.exec(text) : /^[ \t]*\*/.exec(text);
    const width = mark?.[0].length ?? 0;
    return { text: text.slice(width).trimEnd(), line: line + i, column: (i === 0 ? column : 1) + width };
  });
  const [first, ...rest] = lines;
  return withoutBlankEnds([...(first === undefined ? [] : [first]), ...dedentLines(rest)]);
}

/** Normalised doc text: what counts for H_spec. */
export function normaliseDoc(comment: string): string {
  return docLines(comment)
    .map(({ text }) => text)
    .join("\n");
}

/** Removes the indentation that all lines share, blank ones aside. */
export function dedentLines(lines: readonly TextLine[]): TextLine[] {
  return cutLines(lines, commonIndent(lines.map(({ text }) => text)).length);
}

/** The longest run of blanks and tabs that begins every line that is not blank. */
export function commonIndent(lines: readonly string[]): string {
  let common: string | undefined;
  for (const text of lines) {
    if (text.trim() === "") continue;
    const indent = /^[ \t]*/.exec(text)?.[0] ?? "";
    if (common === undefined) common = indent;
    let same = 0;
    while (same < common.length && common[same] === indent[same]) same++;
    common = common.slice(0, same);
  }
  return common ?? "";
}

/** Takes up to `width` blanks or tabs off the start of each line. */
export function cutLines(lines: readonly TextLine[], width: number): TextLine[] {
  return lines.map((line) => {
    const blanks = /^[ \t]*/.exec(line.text)?.[0].length ?? 0;
    const cut = Math.min(width, blanks);
    return { text: line.text.slice(cut), line: line.line, column: line.column + cut };
  });
}

export function withoutBlankEnds(lines: readonly TextLine[]): TextLine[] {
  const start = lines.findIndex(({ text }) => text !== "");
  return start === -1 ? [] : lines.slice(start, lines.findLastIndex(({ text }) => text !== "") + 1);
}
