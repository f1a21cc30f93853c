/**
 * Unified diffs of text.
 *
 * @module
 */

export interface Patch {
  readonly path: string;
  readonly status: "added" | "removed" | "modified";
  readonly added: number;
  readonly removed: number;
  /** As `git apply` takes it: two lines of names, then hunks. */
  readonly text: string;
}

/** Two versions of a file, undefined where there is none. */
export interface Versions {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** How a file changed; undefined when it did not. */
export async function patchOf({ path, before, after }: Versions): Promise<Patch | undefined> {
  if (before === after) return undefined;
  const { structuredPatch } = await import("diff");
  const { hunks } = structuredPatch(path, path, before ?? "", after ?? "", "", "", { context: 3 });
  const lines = hunks.flatMap((hunk) => [`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`, ...hunk.lines]);
  const count = (sign: string): number => hunks.flatMap((hunk) => hunk.lines).filter((line) => line.startsWith(sign)).length;
  return {
    path,
    status: before === undefined ? "added" : after === undefined ? "removed" : "modified",
    added: count("+"),
    removed: count("-"),
    text: [`--- ${before === undefined ? "/dev/null" : `a/${path}`}`, `+++ ${after === undefined ? "/dev/null" : `b/${path}`}`, ...lines, ""].join("\n"),
  };
}

/** POSIX diff, "Diff Unified Output Format": a length of one is left out, an empty range names the line before it. */
function range(start: number, length: number): string {
  if (length === 1) return String(start);
  return `${length === 0 ? start - 1 : start},${length}`;
}

/** What `git diff --stat` prints. */
export function formatStat(patches: readonly Patch[]): string[] {
  if (patches.length === 0) return [];
  const widest = Math.max(...patches.map(({ path }) => path.length));
  const most = Math.max(...patches.map(({ added, removed }) => added + removed));
  const digits = String(most).length;
  const scale = (n: number): number => (most <= GRAPH_WIDTH || n === 0 ? n : Math.max(1, Math.round((n * GRAPH_WIDTH) / most)));
  const lines = patches.map(({ path, added, removed }) => ` ${path.padEnd(widest)} | ${String(added + removed).padStart(digits)} ${"+".repeat(scale(added))}${"-".repeat(scale(removed))}`.trimEnd());
  const sum = (key: "added" | "removed"): number => patches.reduce((total, patch) => total + patch[key], 0);
  const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
  const parts = [`${plural(patches.length, "file")} changed`];
  if (sum("added") > 0 || sum("removed") === 0) parts.push(`${plural(sum("added"), "insertion")}(+)`);
  if (sum("removed") > 0 || sum("added") === 0) parts.push(`${plural(sum("removed"), "deletion")}(-)`);
  return [...lines, ` ${parts.join(", ")}`];
}

const GRAPH_WIDTH = 40;
