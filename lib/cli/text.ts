/**
 * Words and columns of the output for people.
 *
 * @module
 */

/** Hex digits that are shown of an id. Full ids are in `--json`. */
const SHORT = 12;

export function short(id: string): string {
  return id.slice(0, SHORT);
}

/** `1 unit`, `2 units`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** Pads all columns but the last to their widest cell; cells must hold no colour. */
export function columns(rows: readonly (readonly string[])[], gap = "  "): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, width(cell))));
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - width(cell)))).join(gap));
}

function width(text: string): number {
  return [...text].length;
}

export function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(by));
}
