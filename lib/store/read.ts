/**
 * Reading objects, verified.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { VibesafeStoreError } from "../errors.ts";
import { parseCommit, parseParents, type Commit } from "./commit.ts";
import type { BlobId, CommitId, ObjectId, ObjectType, TagId, TreeId } from "./id.ts";
import { loosePath, readLoose } from "./loose.ts";
import { DEFAULT_MAX_SIZE, type StoredObject } from "./object.ts";
import { findInIndex } from "./pack-index.ts";
import { orBroken, readPacked } from "./pack.ts";
import { objectSources, refreshSources, sourcePacks, type ObjectSource } from "./sources.ts";
import type { Store } from "./store.ts";
import { parseTag, type Tag } from "./tag.ts";
import { parseTree, type TreeEntry } from "./tree.ts";

export type { StoredObject } from "./object.ts";

/**
 * Reads an object and checks that its bytes hash to its name. A damaged copy is an error even when another copy is whole.
 *
 * @param maxSize - largest content that is read, in bytes
 * @throws VibesafeHashMismatch when its bytes are not the object that its name says, in whatever way
 * @throws VibesafeStoreError when it is missing, cannot be read, or is larger than `maxSize`
 */
export function readObject(store: Store, id: ObjectId, maxSize: number = DEFAULT_MAX_SIZE): StoredObject {
  const object = tryReadObject(store, id, maxSize);
  if (object !== undefined) return object;
  throw new VibesafeStoreError(`object ${id} is missing`, {
    remedy: "restore the store from version control, or run `vibe fsck` to see what else is missing",
  });
}

/** Reads an object like `readObject`; undefined when the store does not have it. */
export function tryReadObject(store: Store, id: ObjectId, maxSize: number = DEFAULT_MAX_SIZE): StoredObject | undefined {
  for (let look = 1; ; look += 1) {
    for (const source of objectSources(store)) {
      // Packs first, as git does: a miss there costs a look-up, a missing file an exception.
      const object = readFromPacks(store, source, id, maxSize) ?? readLoose(source.objectsDir, id, maxSize, source.shownAs);
      if (object !== undefined) return object;
    }
    if (!worthAnotherLook(store, look)) return undefined;
  }
}

/** After a miss: another process may have moved the object, into a pack or out of the cache, from where we had not looked to where we had. */
function worthAnotherLook(store: Store, look: number): boolean {
  return refreshSources(store) || look === 1;
}

/** Tells whether the store has an object of that name; does not read it. */
export function hasObject(store: Store, id: ObjectId): boolean {
  return isInSources(store, id, () => true);
}

/** Tells whether the store has an object outside its cache. */
export function hasSavedObject(store: Store, id: ObjectId): boolean {
  return isInSources(store, id, (source) => !source.isCache);
}

/** The content of a blob. */
export function readBlob(store: Store, id: BlobId): Uint8Array {
  return readTyped(store, id, "blob");
}

/** The entries of a tree. */
export function readTree(store: Store, id: TreeId): TreeEntry[] {
  return parseNamed(id, () => parseTree(readTyped(store, id, "tree")));
}

export function readCommit(store: Store, id: CommitId): Commit {
  return parseNamed(id, () => parseCommit(readTyped(store, id, "commit")));
}

/** The parents of a commit, which is verified; of its other lines nothing is read. */
export function readParents(store: Store, id: CommitId): CommitId[] {
  return parseNamed(id, () => parseParents(readTyped(store, id, "commit")));
}

export function readTag(store: Store, id: TagId): Tag {
  return parseNamed(id, () => parseTag(readTyped(store, id, "tag")));
}

function isInSources(store: Store, id: ObjectId, wanted: (source: ObjectSource) => boolean): boolean {
  for (let look = 1; ; look += 1) {
    for (const source of objectSources(store)) {
      if (!wanted(source)) continue;
      if (existsSync(loosePath(source.objectsDir, id))) return true;
      if (sourcePacks(store, source).some((pack) => orBroken(pack.index.file.shownAs, () => findInIndex(pack.index, id)) !== undefined)) return true;
    }
    if (!worthAnotherLook(store, look)) return false;
  }
}

function readFromPacks(store: Store, source: ObjectSource, id: ObjectId, maxSize: number): StoredObject | undefined {
  for (const pack of sourcePacks(store, source)) {
    const object = readPacked(pack, id, maxSize);
    if (object !== undefined) return object;
  }
  return undefined;
}

function readTyped(store: Store, id: ObjectId, type: ObjectType): Uint8Array {
  const object = readObject(store, id);
  if (object.type === type) return object.payload;
  throw new VibesafeStoreError(`object ${id} is a ${object.type}, not a ${type}`, { remedy: "run `vibe fsck`" });
}

/** Adds the object's name to the error of a codec, which knows only bytes. */
function parseNamed<Value>(id: ObjectId, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof VibesafeStoreError) || error.message.includes(id)) throw error;
    throw new VibesafeStoreError(`object ${id}: ${error.message}`, { cause: error, remedy: error.remedy });
  }
}
