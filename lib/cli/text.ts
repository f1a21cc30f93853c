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

/** A size as `git count-objects -H` has it: two digits of the largest unit that it reaches. */
export function humanSize(bytes: number): string {
  const digits = (hundredths: number): string => `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
  // Rounded where git rounds: from GiB on it cuts.
  if (bytes > 2 ** 30) return `${Math.floor(bytes / 2 ** 30)}.${String(Math.floor((bytes % 2 ** 30) / 10_737_419)).padStart(2, "0")} GiB`;
  if (bytes > 2 ** 20) return `${digits(Math.floor(((bytes + 5243) * 100) / 2 ** 20))} MiB`;
  if (bytes > 2 ** 10) return `${digits(Math.floor(((bytes + 5) * 100) / 2 ** 10))} KiB`;
  return count(bytes, "byte");
}

export function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(by));
}
