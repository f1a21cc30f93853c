/**
 * Gathering refs in `packed-refs`, as `git pack-refs --all --prune` does.
 *
 * @module
 */

import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { replaceFile, syncFolder } from "./durable.ts";
import { fileError } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { withLocks } from "./lock.ts";
import { formatPackedRefs, type PackedRef } from "./packed-refs.ts";
import { readObject } from "./read.ts";
import { removeEmptyFolders } from "./ref-transaction.ts";
import { listRefValues, looseRefNames, readLooseRef, readPackedRefs } from "./refs.ts";
import type { Store } from "./store.ts";
import { parseTag } from "./tag.ts";

/** Candidates are local, and packed-refs travels with the project's repository. */
const NEVER_PACKED = "refs/candidates/";

/** The refs that have a file of their own and would be packed. */
export function packableRefs(store: Store): string[] {
  return looseRefNames(store, "refs/").filter((name) => {
    const value = name.startsWith(NEVER_PACKED) ? undefined : readLooseRef(store, name);
    return value !== undefined && "id" in value;
  });
}

/**
 * Packs every ref but candidates and symbolic ones, and removes their files. Moves no ref: one that is moved meanwhile keeps its file,
 * which hides what was packed.
 *
 * @returns how many refs were packed
 * @throws VibesafeStoreError when a ref is damaged, or leads to what is missing or damaged; then nothing has changed
 */
export function packRefs(store: Store): number {
  const packed = new Map<string, ObjectId>();
  withLocks(store, (lock) => {
    lock(join(store.dir, "packed-refs"));
    // The list shows damage; only then the files are read that are to go.
    listRefValues(store);
    const refs = readPackedRefs(store);
    for (const name of packableRefs(store)) {
      const value = readLooseRef(store, name);
      if (value === undefined || !("id" in value)) continue;
      refs.set(name, peel(store, value.id));
      packed.set(name, value.id);
    }
    if (packed.size > 0) replaceFile(store, join(store.dir, "packed-refs"), Buffer.from(formatPackedRefs(refs), "utf8"));
  });
  for (const [name, id] of packed) dropFile(store, name, id);
  return packed.size;
}

/** Removes a ref's file where it still says what was packed: under its lock, without that of packed-refs, so that no two wait for each other. */
function dropFile(store: Store, name: string, id: ObjectId): void {
  try {
    withLocks({ ...store, lockPatienceMs: 0 }, (lock) => {
      lock(join(store.dir, name));
      const value = readLooseRef(store, name);
      if (value === undefined || !("id" in value) || value.id !== id || readPackedRefs(store).get(name)?.id !== id) return;
      removeFile(join(store.dir, name));
    });
  } catch (error) {
    // Somebody moves it at this moment: its file stays, and is right.
    if (!(error instanceof VibesafeStoreError && error.code === "STORE_BUSY")) throw error;
    return;
  }
  removeEmptyFolders(store, dirname(name));
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError("remove", path, error);
  }
  syncFolder(dirname(path));
}

/** With what an annotated tag leads to, through tags of tags. */
function peel(store: Store, id: ObjectId): PackedRef {
  let at = id;
  for (let object = readObject(store, at); object.type === "tag"; object = readObject(store, at)) at = parseTag(object.payload).object;
  return at === id ? { id } : { id, peeled: at };
}
