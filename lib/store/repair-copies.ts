/**
 * Whole copies of objects, wherever they are: in the store, its cache, its alternates, what repair moved aside, and other stores.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import { listFolder } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { readLoose } from "./loose.ts";
import { DEFAULT_MAX_SIZE, type StoredObject } from "./object.ts";
import { openPack, readPacked, type Pack } from "./pack.ts";
import { listSources, packStems } from "./sources.ts";
import type { Store } from "./store.ts";

export interface Copies {
  readonly find: (id: ObjectId) => StoredObject | undefined;
}

/** Folder of what repair moves aside. */
export function lostDir(store: Store): string {
  return join(store.dir, "lost");
}

/**
 * Opens every place that may have a copy.
 *
 * @param others - folders of other stores, or of objects
 */
export function openCopies(store: Store, others: readonly string[]): Copies {
  const lost = listFolder(lostDir(store)).flatMap(({ name }) => ["objects", "cache/objects"].map((area) => join(lostDir(store), name, area)));
  const foreign = others.map((dir) => (existsSync(join(dir, "objects")) ? join(dir, "objects") : dir));
  const dirs = [...listSources(store).map(({ objectsDir }) => objectsDir), ...foreign, ...lost];
  const packs = dirs.flatMap((dir) => packStems(dir).flatMap((stem) => ifWhole(() => openPack(join(dir, "pack", stem))) ?? []));
  return {
    find(id) {
      for (const dir of dirs) {
        const object = ifWhole(() => readLoose(dir, id, DEFAULT_MAX_SIZE));
        if (object !== undefined) return object;
      }
      return findPacked(packs, id);
    },
  };
}

function findPacked(packs: readonly Pack[], id: ObjectId): StoredObject | undefined {
  for (const pack of packs) {
    const object = ifWhole(() => readPacked(pack, id, DEFAULT_MAX_SIZE));
    if (object !== undefined) return object;
  }
  return undefined;
}

/** What can be read; damage is as good as absence here, for fsck has named it already. */
export function ifWhole<Value>(read: () => Value | undefined): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VibesafeHashMismatch || error instanceof VibesafeStoreError) return undefined;
    throw error;
  }
}
