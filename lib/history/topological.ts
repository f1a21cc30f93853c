/**
 * Commits in the order of `git log --topo-order`: no parent before all its children, and lines of history not mixed.
 *
 * @module
 */

import type { CommitId } from "../store/id.ts";

interface Node {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
}

/** @param entries - a whole walk, in the order of dates; parents that are not among them do not count */
export function topologicalOrder<Entry extends Node>(entries: readonly Entry[]): Entry[] {
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  const children = new Map<CommitId, number>();
  for (const { parents } of entries) for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  // The last in is the first out: a line of history is followed to its end before the next one begins.
  const ready = entries.filter(({ id }) => !children.has(id)).reverse();
  const ordered: Entry[] = [];
  for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
    ordered.push(entry);
    for (const parent of entry.parents) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      const next = known.get(parent);
      if (left === 0 && next !== undefined) ready.push(next);
    }
  }
  return ordered;
}
