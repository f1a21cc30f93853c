/**
 * Short object names.
 *
 * @module
 */

import type { ObjectId } from "./id.ts";
import { listLoose } from "./list-objects.ts";
import { listIndex } from "./pack-index.ts";
import { orBroken } from "./pack.ts";
import { objectSources, refreshSources, sourcePacks } from "./sources.ts";
import type { Store } from "./store.ts";

/** Fewest digits that name an object, as in git (core.abbrev). */
export const SHORTEST_PREFIX = 4;

/** Every object whose id begins with these hex digits, sorted; none when they are too few or no hex digits. */
export function findByPrefix(store: Store, hex: string): ObjectId[] {
  const prefix = hex.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(prefix)) return [];
  refreshSources(store);
  const found = new Set<ObjectId>();
  for (const source of objectSources(store)) {
    for (const id of listLoose(source.objectsDir, prefix).ids) found.add(id);
    for (const pack of sourcePacks(store, source)) for (const id of orBroken(pack.index.file.shownAs, () => listIndex(pack.index, prefix))) found.add(id);
  }
  return [...found].sort();
}
