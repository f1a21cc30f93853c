/**
 * The `mappings` of a source map with one source and no names (ECMA-426): base 64 VLQ, relative, a `;` for each line of the output.
 *
 * @module
 */

/** One place of the output and where it comes from; lines and columns from 0. */
export interface Mapping {
  readonly line: number;
  readonly column: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Reads mappings, in the order of the output; what has no source is left out. */
export function parseMappings(text: string): Mapping[] {
  const found: Mapping[] = [];
  let [sourceLine, sourceColumn] = [0, 0];
  for (const [line, segments] of text.split(";").entries()) {
    let column = 0;
    for (const segment of segments === "" ? [] : segments.split(",")) {
      const [toColumn = 0, , toLine, toSourceColumn] = parseNumbers(segment);
      column += toColumn;
      if (toLine === undefined || toSourceColumn === undefined) continue;
      sourceLine += toLine;
      sourceColumn += toSourceColumn;
      found.push({ line, column, sourceLine, sourceColumn });
    }
  }
  return found;
}

/** Writes mappings that stand in the order of the output. */
export function formatMappings(mappings: readonly Mapping[]): string {
  let text = "";
  let [line, column, sourceLine, sourceColumn] = [0, 0, 0, 0];
  let first = true;
  for (const next of mappings) {
    if (next.line > line) {
      text += ";".repeat(next.line - line);
      [line, column, first] = [next.line, 0, true];
    }
    const numbers = [next.column - column, 0, next.sourceLine - sourceLine, next.sourceColumn - sourceColumn];
    text += (first ? "" : ",") + numbers.map(formatNumber).join("");
    [column, sourceLine, sourceColumn, first] = [next.column, next.sourceLine, next.sourceColumn, false];
  }
  return text;
}

function parseNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function formatNumber(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const bits = rest & 31;
    rest >>>= 5;
    text += DIGITS.charAt(rest > 0 ? bits | 32 : bits);
  } while (rest > 0);
  return text;
}
