/**
 * Walking a tree, as `git ls-tree` does.
 *
 * @module
 */

import type { TreeId } from "../store/id.ts";
import { readTree } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { TREE_MODE, type TreeEntry } from "../store/tree.ts";

export interface ListOptions {
  /** Go into folders. */
  readonly recursive?: boolean;
  /** Show folders that are gone into. */
  readonly folders?: boolean;
  /** Show folders alone. */
  readonly onlyFolders?: boolean;
  /** Show what lies at or below these; one that ends in a slash, what lies below. None: everything. */
  readonly paths?: readonly string[];
}

export interface ListedEntry extends TreeEntry {
  /** From the root. */
  readonly path: string;
}

/** The entries below a tree in its own order, folders before what is in them. */
export function* listTree(store: Store, root: TreeId, options: ListOptions = {}): Generator<ListedEntry> {
  yield* walk(store, root, "", options);
}

function* walk(store: Store, tree: TreeId, prefix: string, options: ListOptions): Generator<ListedEntry> {
  const { recursive = false, folders = false, onlyFolders = false, paths = [] } = options;
  for (const entry of readTree(store, tree)) {
    const path = prefix + entry.name;
    const isFolder = entry.mode === TREE_MODE;
    const selected = paths.length === 0 || paths.some((wanted) => path === wanted || path.startsWith(wanted.endsWith("/") ? wanted : `${wanted}/`));
    const leadsOn = paths.some((wanted) => wanted.startsWith(`${path}/`));
    if (!selected && !leadsOn) continue;
    const enter = isFolder && (recursive || leadsOn);
    if (enter ? folders : selected && (isFolder || !onlyFolders)) yield { ...entry, path };
    if (enter) yield* walk(store, entry.id as TreeId, `${path}/`, options);
  }
}
