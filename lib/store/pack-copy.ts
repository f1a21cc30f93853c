/**
 * Reading objects together with the stream that they are kept as, so that a pack can be made of it without compressing anything anew.
 *
 * @module
 */

import { rememberBase } from "./base-cache.ts";
import { applyDelta, DeltaError } from "./delta.ts";
import { hashObject, idFromBytes, ID_BYTES, type ObjectId } from "./id.ts";
import { DamagedBytes, damagedObject, DEFAULT_MAX_SIZE, misnamedObject, type StoredObject } from "./object.ts";
import { readRange } from "./open-file.ts";
import { inflateEntry, readEntryHead } from "./pack-entry.ts";
import { readPacked, type Pack } from "./pack.ts";
import { findInIndex, listOffsets, NAMES_AT } from "./pack-index.ts";
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
    const baseId = head.kind === "ofs-delta" ? idAt(pack, head.base) : head.kind === "ref-delta" ? head.base : undefined;
    const base = baseId === undefined ? undefined : readPacked(pack, baseId, DEFAULT_MAX_SIZE);
    let object: StoredObject;
    if (head.kind !== "ofs-delta" && head.kind !== "ref-delta") object = { type: head.kind, payload: bytes };
    else if (base === undefined) throw new DamagedBytes(`the base of the entry at ${offset} is not in its index`);
    else object = { type: base.type, payload: applyDelta(base.payload, bytes, DEFAULT_MAX_SIZE) };
    const actual = hashObject(object.type, object.payload);
    if (actual !== id) throw misnamedObject(id, pack.file.shownAs, actual);
    rememberBase(pack.bases, offset, object);
    return { object, kept: { ...kept, base: baseId } };
  } catch (error) {
    if (!(error instanceof DamagedBytes || error instanceof DeltaError)) throw error;
    throw damagedObject(id, pack.file.shownAs, error.message, error);
  }
}

/** Positions in the index by offset: what an index is not sorted by. */
const reversed = new WeakMap<Pack, ReadonlyMap<number, number>>();

function idAt(pack: Pack, offset: number): ObjectId | undefined {
  const positions = reversed.get(pack) ?? new Map(listOffsets(pack.index).map((at, position) => [at, position]));
  reversed.set(pack, positions);
  const position = positions.get(offset);
  return position === undefined ? undefined : idFromBytes(readRange(pack.index.file, NAMES_AT + position * ID_BYTES, ID_BYTES));
}
