/**
 * How two saves of one unit stand to each other.
 *
 * @module
 */

import { parseCommit } from "../store/commit.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { readObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";

export type Relation = "same" | "ahead" | "behind" | "diverged";

/** How `ours` stands to `theirs`. Both are commits of this store. */
export function relationOf(store: Store, ours: CommitId, theirs: CommitId): Relation {
  if (ours === theirs) return "same";
  if (isAncestor(store, theirs, ours)) return "ahead";
  return isAncestor(store, ours, theirs) ? "behind" : "diverged";
}

/** Tells whether `id` leads to `ancestor`. Walks all of the history behind it, if it must. */
export function isAncestor(store: Store, ancestor: CommitId, id: CommitId): boolean {
  for (const found of historyOf(store, id)) if (found === ancestor) return true;
  return false;
}

/** A commit and all that it leads to, near ones first. */
export function* historyOf(store: Store, id: CommitId): Generator<CommitId> {
  const seen = new Set<ObjectId>([id]);
  const open = [id];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    yield next;
    for (const parent of parseCommit(readObject(store, next).payload).parents) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      open.push(parent);
    }
  }
}

