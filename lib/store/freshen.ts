/**
 * Re-using an object that is there already.
 *
 * An old object that nothing names yet would be pruned by the next `gc`: whoever re-uses it makes it young again, as git does.
 *
 * @module
 */

import { statSync, utimesSync } from "node:fs";
import { fileError, isAbsent, errorCode } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { loosePath } from "./loose.ts";
import { findInIndex } from "./pack-index.ts";
import { orBroken } from "./pack.ts";
import { objectSources, sourcePacks, type ObjectSource } from "./sources.ts";
import type { Store } from "./store.ts";

/** What is younger is left alone: any sensible grace period is much longer. */
const YOUNG_MS = 3_600_000;

/** Tells whether an object is there in one of the wanted folders, and makes it young; false also when that was not possible. */
export function freshen(store: Store, id: ObjectId, wanted: (source: ObjectSource) => boolean): boolean {
  for (const source of objectSources(store)) {
    if (!wanted(source)) continue;
    if (touch(loosePath(source.objectsDir, id))) return true;
    for (const { file, index } of sourcePacks(store, source)) {
      if (orBroken(index.file.shownAs, () => findInIndex(index, id)) !== undefined && touch(file.path)) return true;
    }
  }
  return false;
}

function touch(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return false;
  const now = Date.now();
  if (now - status.mtimeMs < YOUNG_MS) return true;
  try {
    utimesSync(path, now / 1000, now / 1000);
    return true;
  } catch (error) {
    // Pruned in between, or another user's: then the caller writes a copy of its own.
    if (isAbsent(error) || errorCode(error) === "EPERM" || errorCode(error) === "EACCES" || errorCode(error) === "EROFS") return false;
    throw fileError("touch", path, error);
  }
}
