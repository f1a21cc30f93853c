/**
 * Reading objects together with the stream that they are kept as, so that a pack can be made of it without compressing anything anew.
 *
 * @module
 */

import { rememberBase } from "./base-cache.ts";
import { applyDelta, DeltaError } from "./delta.ts";
import { hashObject, type ObjectId } from "./id.ts";
import { DamagedBytes, damagedObject, DEFAULT_MAX_SIZE, misnamedObject, type StoredObject } from "./object.ts";
import { readRange } from "./open-file.ts";
import { inflateEntry, readEntryHead } from "./pack-entry.ts";
import { baseAt, readAt, type Pack } from "./pack.ts";
import { findInIndex } from "./pack-index.ts";
import { readObject } from "./read.ts";
import { objectSources, sourcePacks } from "./sources.ts";
import type { Store } from "./store.ts";

export interface Copyable {
  readonly object: StoredObject;
  /** The zlib stream of the object, or of a delta of `base`; undefined where it is loose, with its header in the stream. */
  readonly kept?: { readonly stream: Uint8Array; /** What it inflates to. */ readonly size: number; readonly base: ObjectId | undefined };
}

/**
 * Reads an object, verified like `readObject`, and how its pack keeps it.
 *
 * @throws VibesafeHashMismatch, VibesafeStoreError like `readObject`
 */
export function readForCopy(store: Store, id: ObjectId): Copyable {
  for (const source of objectSources(store)) {
    for (const pack of sourcePacks(store, source)) {
      const found = readEntry(pack, id);
      if (found !== undefined) return found;
    }
  }
  return { object: readObject(store, id) };
}

function readEntry(pack: Pack, id: ObjectId): Copyable | undefined {
  try {
    const offset = findInIndex(pack.index, id);
    if (offset === undefined) return undefined;
    const head = readEntryHead(pack.file, offset);
    const { bytes, consumed } = inflateEntry(pack.file, head);
    const kept = { stream: readRange(pack.file, head.dataAt, consumed), size: head.size };
    let object: StoredObject;
    let baseId: ObjectId | undefined;
    if (head.kind !== "ofs-delta" && head.kind !== "ref-delta") object = { type: head.kind, payload: bytes };
    else {
      const at = baseAt(pack, offset, head);
      const base = readAt(pack, id, at);
      baseId = nameAt(pack, at, base);
      object = { type: base.type, payload: applyDelta(base.payload, bytes, DEFAULT_MAX_SIZE) };
    }
    const actual = hashObject(object.type, object.payload);
    if (actual !== id) throw misnamedObject(id, pack.file.shownAs, actual);
    remember(pack, offset, id);
    rememberBase(pack.bases, offset, object);
    return { object, kept: { ...kept, base: baseId } };
  } catch (error) {
    if (!(error instanceof DamagedBytes || error instanceof DeltaError)) throw error;
    throw damagedObject(id, pack.file.shownAs, error.message, error);
  }
}

interface Names {
  readonly offsets: Float64Array;
  readonly ids: (ObjectId | undefined)[];
}

/** Names of what was hashed lately, by offset: an index that is sorted by names does not tell them. */
const names = new WeakMap<Pack, Names>();

const SLOTS = 1 << 12;

/** The slot that the name of what stands at an offset is kept in, if it is kept. */
function slotOf(offset: number): number {
  return Math.imul(offset, 0x9e37_79b1) >>> 20;
}

function remember(pack: Pack, offset: number, id: ObjectId): void {
  const known = names.get(pack) ?? { offsets: new Float64Array(SLOTS), ids: [] };
  names.set(pack, known);
  const slot = slotOf(offset);
  known.offsets[slot] = offset;
  known.ids[slot] = id;
}

/** The name of the base at an offset. */
function nameAt(pack: Pack, offset: number, base: StoredObject): ObjectId {
  const known = names.get(pack);
  const slot = slotOf(offset);
  const id = known?.offsets[slot] === offset ? known.ids[slot] : undefined;
  if (id !== undefined) return id;
  const made = hashObject(base.type, base.payload);
  remember(pack, offset, made);
  return made;
}
