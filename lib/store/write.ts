/**
 * Writing objects: durable once the call returns, invisible before.
 *
 * @module
 */

import { deflateSync } from "node:zlib";
import { replaceFile } from "./durable.ts";
import { hashObject, objectHeader, type IdOf, type ObjectId, type ObjectType } from "./id.ts";
import { completeStore, linkCache } from "./init.ts";
import { loosePath } from "./loose.ts";
import { hasObject, hasSavedObject, readObject } from "./read.ts";
import { references } from "./references.ts";
import { areaDir, type ObjectArea, type Store } from "./store.ts";

/** As git for loose objects (core.looseCompression): 6 % larger than level 6 on our own sources. */
const LEVEL = 1;

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
  if (area === "cache" ? hasObject(store, id) : hasSavedObject(store, id)) return id;
  if (area === "cache") linkCache(store);
  else completeStore(store);
  const bytes = deflateSync(Buffer.concat([objectHeader(type, payload.length), payload]), { level: LEVEL });
  replaceFile(store, loosePath(areaDir(store, area), id), bytes, { mode: 0o444 });
  return id;
}

/**
 * Copies every object that can be reached from `roots` and is only in the cache to the saved objects.
 *
 * What is outside the cache is taken to be complete, as git takes what is in a repository.
 *
 * @throws VibesafeStoreError or VibesafeHashMismatch when one is missing or damaged
 */
export function migrateObjects(store: Store, roots: readonly ObjectId[]): void {
  const seen = new Set<ObjectId>();
  const found: { id: ObjectId; type: ObjectType; payload: Uint8Array }[] = [];
  const queue = [...roots];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id) || hasSavedObject(store, id)) continue;
    seen.add(id);
    const { type, payload } = readObject(store, id);
    found.push({ id, type, payload });
    queue.push(...references(type, payload).map((reference) => reference.id));
  }
  // Contents before what names them: killed in between, nothing that is there lacks a part.
  for (const { type, payload } of found.reverse()) writeObject(store, type, payload);
}
