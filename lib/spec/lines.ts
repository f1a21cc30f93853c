/**
 * Offsets to lines and columns.
 *
 * @module
 */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

const LINE_END = /\r\n|\n|\r/g;

export function splitLines(text: string): string[] {
  return text.split(LINE_END);
}

/** Finds the position of an offset in `source` by binary search; a byte order mark takes no column. */
export function positionFinder(source: string): (offset: number) => Position {
  let found: readonly number[] | undefined;
  return (offset) => {
    const starts = (found ??= lineStarts(source));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, offset - (starts[low] ?? 0)) + 1 };
  };
}

function lineStarts(source: string): number[] {
  const starts = [source.startsWith("\uFEFF") ? 1 : 0];
  for (const end of source.matchAll(LINE_END)) starts.push(end.index + end[0].length);
  return starts;
}
