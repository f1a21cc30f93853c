/**
 * Writing objects: durable once the call returns, invisible before.
 *
 * @module
 */

import { dirname } from "node:path";
import { formatLoose } from "./deflate.ts";
import { replaceFile, syncFolder } from "./durable.ts";
import { freshen } from "./freshen.ts";
import { hashObject, type IdOf, type ObjectId, type ObjectType } from "./id.ts";
import { completeStore, linkCache } from "./init.ts";
import { loosePath } from "./loose.ts";
import { writePack } from "./pack-write.ts";
import { hasSavedObject, readObject } from "./read.ts";
import { references } from "./references.ts";
import { refreshSources } from "./sources.ts";
import { areaDir, type ObjectArea, type Store } from "./store.ts";
import { dropCacheCopies } from "./cache-copies.ts";

export interface NewObject {
  readonly type: ObjectType;
  readonly payload: Uint8Array;
}

/** From so many new objects on `writeObjects` makes a pack: two files to sync instead of one for each (git: transfer.unpackLimit). */
export const PACK_FROM = 100;

/**
 * Stores an object and returns its id. Does nothing when it is there already: anywhere for the cache, outside the cache for `objects`.
 *
 * @throws VibesafeStoreError when it cannot be written; then nothing of it is visible
 */
export function writeObject<Type extends ObjectType>(
  store: Store,
  type: Type,
  payload: Uint8Array,
  area: ObjectArea = "objects",
): IdOf[Type] {
  const id = hashObject(type, payload);
  if (isThere(store, id, area)) return id;
  prepare(store, area);
  syncFolder(dirname(writeLoose(store, area, id, { type, payload })));
  if (area === "objects") dropCacheCopies(store, [id]);
  return id;
}

export interface WriteOptions {
  readonly area?: ObjectArea;
  /** How many new objects make a pack; `Infinity` for loose ones always. The cache has none: what is saved leaves it one by one. */
  readonly packFrom?: number;
}

/**
 * Stores many objects, in the order given, and returns their ids. All are durable when the call returns, and before any of the folders
 * is synced none may be named by a ref: one sync a folder instead of one an object, or a single pack.
 *
 * Put contents before what names them; then whatever a crash leaves has its parts.
 *
 * @throws VibesafeStoreError when one cannot be written; those before it may have been
 */
export function writeObjects(store: Store, objects: readonly NewObject[], options: WriteOptions = {}): ObjectId[] {
  const { area = "objects", packFrom = PACK_FROM } = options;
  const ids = objects.map(({ type, payload }): ObjectId => hashObject(type, payload));
  const fresh = new Map<ObjectId, NewObject>();
  for (const [index, id] of ids.entries()) {
    const object = objects[index];
    if (object !== undefined && !fresh.has(id) && !isThere(store, id, area)) fresh.set(id, object);
  }
  if (fresh.size === 0) return ids;
  prepare(store, area);
  if (area === "objects" && fresh.size >= packFrom) {
    writePack(store, areaDir(store, area), fresh.size, [...fresh].map(([id, object]) => ({ id, ...object })));
    refreshSources(store);
    return ids;
  }
  const folders = new Set<string>();
  for (const [id, object] of fresh) folders.add(dirname(writeLoose(store, area, id, object)));
  for (const folder of folders) syncFolder(folder);
  if (area === "objects") dropCacheCopies(store, [...fresh.keys()]);
  return ids;
}

/**
 * Moves every object that can be reached from `roots` and is in the cache to the saved objects; of what is saved already the cache's copy goes.
 *
 * A commit that is outside the cache is taken to be complete, as git takes what is in a repository; so commits come last, one by one,
 * each durable before the next.
 *
 * @throws VibesafeStoreError or VibesafeHashMismatch when one is missing or damaged
 */
export function migrateObjects(store: Store, roots: readonly ObjectId[]): void {
  const { found, seen } = contentsFirst(store, roots);
  if (found.size >= PACK_FROM) {
    // One pack is there whole or not at all.
    writeObjects(store, [...found.values()]);
  } else {
    const isPart = ({ type }: NewObject): boolean => type === "blob" || type === "tree";
    writeObjects(store, [...found.values()].filter(isPart));
    for (const object of found.values()) if (!isPart(object)) writeObject(store, object.type, object.payload);
  }
  dropCacheCopies(store, [...seen], (id) => hasSavedObject(store, id));
}

/** What must move, each object after those that it names; and all that was looked at. */
function contentsFirst(store: Store, roots: readonly ObjectId[]): { readonly found: ReadonlyMap<ObjectId, NewObject>; readonly seen: ReadonlySet<ObjectId> } {
  const found = new Map<ObjectId, NewObject>();
  const seen = new Set<ObjectId>();
  const stack: { id: ObjectId; object?: NewObject | undefined }[] = roots.map((id) => ({ id }));
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { id, object } = item;
    if (object !== undefined) found.set(id, object);
    if (object !== undefined || seen.has(id)) continue;
    seen.add(id);
    const there = isThere(store, id, "objects");
    const read = readObject(store, id);
    if (there && read.type !== "tree") continue;
    if (!there) stack.push({ id, object: read });
    for (const reference of references(read.type, read.payload)) stack.push({ id: reference.id });
  }
  return { found, seen };
}

function isThere(store: Store, id: ObjectId, area: ObjectArea): boolean {
  return freshen(store, id, (source) => area === "cache" || !source.isCache);
}

function prepare(store: Store, area: ObjectArea): void {
  if (area === "cache") linkCache(store);
  else completeStore(store);
}

/** Writes and syncs the file of a loose object, not its folder; gives its path. */
function writeLoose(store: Store, area: ObjectArea, id: ObjectId, { type, payload }: NewObject): string {
  const path = loosePath(areaDir(store, area), id);
  replaceFile(store, path, formatLoose(type, payload), { mode: 0o444, syncFolder: false });
  return path;
}
