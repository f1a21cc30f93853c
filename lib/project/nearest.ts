/**
 * "Did you mean": the known words closest to an unknown one.
 *
 * @module
 */

/** Levenshtein distance, for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The `choices` closest to `word`, best first, at most `limit`; for messages that suggest. */
export function nearest(word: string, choices: Iterable<string>, limit = 1): string[] {
  return [...choices]
    .map((choice) => ({ choice, far: distance(word.toLowerCase(), choice.toLowerCase()) }))
    .sort((a, b) => a.far - b.far || (a.choice < b.choice ? -1 : 1))
    .slice(0, limit)
    .map(({ choice }) => choice);
}
