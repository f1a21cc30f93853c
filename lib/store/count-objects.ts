/**
 * Counting what a store holds, as `git count-objects -v`.
 *
 * @module
 */

import { fileStatus, takeInventory } from "./gc-inventory.ts";
import { objectDirs } from "./alternates.ts";
import { areaDir, type Store } from "./store.ts";

/** Sizes in bytes. */
export interface ObjectCount {
  /** Loose objects, and the room they take on the disk. */
  readonly count: number;
  readonly size: number;
  readonly inPack: number;
  readonly packs: number;
  readonly sizePack: number;
  /** Loose objects that a pack has too. */
  readonly prunePackable: number;
  /** Files among the objects that are none. */
  readonly garbage: number;
  readonly sizeGarbage: number;
  /** Folders of objects besides the store's own. */
  readonly alternates: readonly string[];
}

export function countObjects(store: Store): ObjectCount {
  const own = areaDir(store, "objects");
  const { loose, packs, garbage } = takeInventory(own);
  const packed = new Set(packs.flatMap(({ ids }) => ids));
  const sum = (sizes: Iterable<number>): number => [...sizes].reduce((total, size) => total + size, 0);
  return {
    count: loose.size,
    size: sum([...loose.values()].map(({ onDisk }) => onDisk)),
    inPack: sum(packs.map(({ ids }) => ids.length)),
    packs: packs.length,
    sizePack: sum(packs.map(({ sizePack }) => sizePack)),
    prunePackable: [...loose.keys()].filter((id) => packed.has(id)).length,
    garbage: garbage.length,
    sizeGarbage: sum(garbage.map((path) => fileStatus(path)?.bytes ?? 0)),
    alternates: objectDirs(store).filter((dir) => dir !== own),
  };
}
