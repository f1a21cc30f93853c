/**
 * Copies in the cache of objects that are saved.
 *
 * They must go: to git the cache is an alternate, and `git gc` drops from the store's own packs what an alternate has too. Then deleting
 * the cache, which is allowed at any time, would delete saves (git-repack(1), `-l`; seen with git 2.39).
 *
 * @module
 */

import { existsSync, rmSync } from "node:fs";
import { fileError } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { loosePath } from "./loose.ts";
import { areaDir, type Store } from "./store.ts";

/**
 * Removes the loose copies that the cache has of saved objects; gives how many there were.
 *
 * @param isSaved - asked of each that has a copy; left out where the caller has just saved them
 */
export function dropCacheCopies(store: Store, ids: readonly ObjectId[], isSaved: (id: ObjectId) => boolean = () => true): number {
  const cache = areaDir(store, "cache");
  if (!existsSync(cache)) return 0;
  let dropped = 0;
  for (const id of ids) {
    const path = loosePath(cache, id);
    if (!existsSync(path) || !isSaved(id)) continue;
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw fileError("remove", path, error);
    }
    dropped += 1;
  }
  return dropped;
}
