/**
 * Fenced code blocks in doc text (CommonMark, "Fenced code blocks", without the limit on indentation).
 *
 * @module
 */

import type { TextLine } from "./text.ts";

const FENCE = /^[ \t]*(`{3,}|~{3,})([^`]*)$/;

export interface Fence {
  /** The backticks or tildes. */
  readonly mark: string;
  /** First word of the info string, in lower case. */
  readonly info: string;
  readonly indent: number;
}

/** The fence that the line opens, if it is one. */
export function fenceOf(line: TextLine | undefined): Fence | undefined {
  const match = line === undefined ? null : FENCE.exec(line.text);
  if (line === undefined || match?.[1] === undefined) return undefined;
  return { mark: match[1], info: match[2]?.trim().split(/[\s{,:]/, 1)[0]?.toLowerCase() ?? "", indent: line.text.indexOf(match[1]) };
}

/** The fences that open at the top level of the lines. */
export function openings(lines: readonly TextLine[]): Fence[] {
  const found: Fence[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = fenceOf(lines[i]);
    if (fence === undefined) continue;
    found.push(fence);
    i = endOfFence(lines, i, fence.mark) ?? lines.length;
  }
  return found;
}

/** Index of the line that closes the fence at `start`; undefined when none does. */
export function endOfFence(lines: readonly TextLine[], start: number, mark: string): number | undefined {
  for (let i = start + 1; i < lines.length; i++) {
    const text = lines[i]?.text.trim() ?? "";
    if (text.length >= mark.length && text === (mark[0] ?? "").repeat(text.length)) return i;
  }
  return undefined;
}
