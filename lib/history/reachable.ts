/**
 * Which commits lead to which: for `for-each-ref --merged` and `--contains`.
 *
 * @module
 */

import type { CommitId } from "../store/id.ts";
import { readParents } from "../store/read.ts";
import type { Store } from "../store/store.ts";

/** The commits that can be reached from `starts`, these included. */
export function reachableFrom(store: Store, starts: readonly CommitId[]): Set<CommitId> {
  const seen = new Set(starts);
  // A set gives what is added to it while it is walked.
  for (const id of seen) for (const parent of readParents(store, id)) seen.add(parent);
  return seen;
}

/** Tells of commits whether any of `wanted` can be reached from them. No commit is read twice, of however many it is asked. */
export function leadsTo(store: Store, wanted: ReadonlySet<CommitId>): (from: CommitId) => boolean {
  const known = new Map<CommitId, boolean>();
  for (const id of wanted) known.set(id, true);
  return (from) => {
    const open: { readonly id: CommitId; readonly parents: readonly CommitId[] }[] = [];
    const enter = (id: CommitId): void => {
      if (!known.has(id)) open.push({ id, parents: readParents(store, id) });
    };
    enter(from);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const unknown = top.parents.find((parent) => !known.has(parent));
      const found = top.parents.some((parent) => known.get(parent) === true);
      if (!found && unknown !== undefined) enter(unknown);
      else {
        known.set(top.id, found);
        open.pop();
      }
    }
    return known.get(from) === true;
  };
}
