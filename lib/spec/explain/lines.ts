/**
 * The difference of two lists of lines.
 *
 * @module
 */

/** Lines that stood together and were replaced; one side may be empty. */
export interface Hunk {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Above this many cells the middle counts as one replacement: nobody reads a finer account of it. */
const MAX_CELLS = 4_000_000;

/** What to remove and add, in order, to come from `before` to `after`, by a longest common subsequence. */
export function diffLines(before: readonly string[], after: readonly string[]): Hunk[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const a = before.slice(start, before.length - end);
  const b = after.slice(start, after.length - end);
  if (a.length === 0 && b.length === 0) return [];
  if (a.length === 0 || b.length === 0 || a.length * b.length > MAX_CELLS) return [{ removed: a, added: b }];
  return walk(a, b, lengths(a, b));
}

/** `lengths[i * (b.length + 1) + j]`: length of the longest common subsequence of `a` from i and `b` from j. */
function lengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const below = table[(i + 1) * width + j] ?? 0;
      const right = table[i * width + j + 1] ?? 0;
      table[i * width + j] = a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(below, right);
    }
  }
  return table;
}

function walk(a: readonly string[], b: readonly string[], table: Uint32Array): Hunk[] {
  const width = b.length + 1;
  const hunks: Hunk[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const close = (): void => {
    if (removed.length > 0 || added.length > 0) hunks.push({ removed, added });
    removed = [];
    added = [];
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      close();
      i++;
      j++;
    } else if (right === undefined || (left !== undefined && (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))) {
      if (left !== undefined) removed.push(left);
      i++;
    } else {
      added.push(right);
      j++;
    }
  }
  close();
  return hunks;
}
