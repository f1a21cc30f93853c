/**
 * Packs, version 2 (gitformat-pack(5)): objects whole or as deltas, found by an index.
 *
 * @module
 */

import { basename } from "node:path";
import { cachedBase, createBaseCache, rememberBase, type BaseCache } from "./base-cache.ts";
import { applyDelta, DeltaError } from "./delta.ts";
import { ID_BYTES, hashObject, type ObjectId, type ObjectType } from "./id.ts";
import { brokenFile, canHold, DamagedBytes, damagedObject, DEFAULT_MAX_SIZE, largeObject, misnamedObject, type StoredObject } from "./object.ts";
import { closeFile, openFile, readRange, type OpenFile } from "./open-file.ts";
import { inflateEntry, readEntryHead, readPackHeader, type EntryHead } from "./pack-entry.ts";
import { findInIndex, listIndex, openPackIndex, type PackIndex } from "./pack-index.ts";

export interface Pack {
  readonly file: OpenFile;
  readonly index: PackIndex;
  /** What was read lately, for the entries that are deltas of it; what they lead to is hashed all the same. */
  readonly bases: BaseCache;
}

/** Git's pack.depth is 50 and may be set to 4095 at most. */
export const LONGEST_CHAIN = 4096;

/** A pack of this size is kept in memory when it is used often: one read instead of one for each object. */
const KEPT_WHOLE: number = 2 ** 25;

/**
 * Opens a pack and its index; undefined when either is gone.
 *
 * @param stem - path without `.idx`
 * @param shownAs - what messages call `stem`
 * @throws VibesafeStoreError when they are malformed, cut short, or not of each other
 */
export function openPack(stem: string, shownAs: string = basename(stem)): Pack | undefined {
  const index = orBroken(`${shownAs}.idx`, () => openPackIndex(`${stem}.idx`, `${shownAs}.idx`));
  if (index === undefined) return undefined;
  const file = openFile(`${stem}.pack`, `${shownAs}.pack`, KEPT_WHOLE);
  if (file === undefined) {
    closeFile(index.file);
    return undefined;
  }
  const pack: Pack = { file, index, bases: createBaseCache() };
  try {
    return orBroken(file.shownAs, () => checkPack(pack));
  } catch (error) {
    closePack(pack);
    throw error;
  }
}

/** Closes a pack that nobody else was given. */
export function closePack(pack: Pack): void {
  closeFile(pack.file);
  closeFile(pack.index.file);
}

function checkPack(pack: Pack): Pack {
  const { file, index } = pack;
  const count = readPackHeader(file);
  if (count !== index.count) throw new DamagedBytes(`has ${count} objects, its index ${index.count}`);
  const checksum = Buffer.from(readRange(file, file.size - ID_BYTES, ID_BYTES)).toString("hex");
  if (checksum !== index.packChecksum) throw new DamagedBytes("is cut short or not the pack of its index");
  return pack;
}

/** What a pack holds; undefined when it, or its index, is gone. */
export function listPack(stem: string, shownAs: string = basename(stem)): ObjectId[] | undefined {
  const pack = openPack(stem, shownAs);
  if (pack === undefined) return undefined;
  try {
    return orBroken(pack.index.file.shownAs, () => listIndex(pack.index));
  } finally {
    closePack(pack);
  }
}

/** Damage outside any object is damage to the file. */
export function orBroken<Result>(shownAs: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedBytes) throw brokenFile(shownAs, error.message, error);
    throw error;
  }
}

/**
 * Reads and verifies an object; undefined when the pack does not have it.
 *
 * @throws VibesafeHashMismatch when its entry is not the object that its name says, in whatever way
 * @throws VibesafeStoreError when it cannot be read, or is larger than `maxSize`
 */
export function readPacked(pack: Pack, id: ObjectId, maxSize: number): StoredObject | undefined {
  try {
    const offset = findInIndex(pack.index, id);
    if (offset === undefined) return undefined;
    const object = readEntry({ pack, id, maxSize }, offset);
    const actual = hashObject(object.type, object.payload);
    if (actual !== id) throw misnamedObject(id, pack.file.shownAs, actual);
    return object;
  } catch (error) {
    if (!(error instanceof DamagedBytes || error instanceof DeltaError)) throw error;
    throw damagedObject(id, pack.file.shownAs, error.message, error);
  }
}

/** Where an object's own stream is in a pack: undefined when the pack does not have it, "delta" when it must be put together. */
export function placeInPack(pack: Pack, id: ObjectId): { type: ObjectType; size: number; dataAt: number } | "delta" | undefined {
  try {
    const offset = findInIndex(pack.index, id);
    if (offset === undefined) return undefined;
    const head = readEntryHead(pack.file, offset);
    return head.kind === "ofs-delta" || head.kind === "ref-delta" ? "delta" : { type: head.kind, size: head.size, dataAt: head.dataAt };
  } catch (error) {
    if (!(error instanceof DamagedBytes)) throw error;
    throw damagedObject(id, pack.file.shownAs, error.message, error);
  }
}

/** What stands at an offset, put together and not verified: whoever asks compares its hash, or that of what is a delta of it. @param id - for messages */
export function readAt(pack: Pack, id: ObjectId, offset: number): StoredObject {
  return readEntry({ pack, id, maxSize: DEFAULT_MAX_SIZE }, offset);
}

/** What is read, for messages and bounds. */
interface Wanted {
  readonly pack: Pack;
  readonly id: ObjectId;
  readonly maxSize: number;
}

function readEntry(wanted: Wanted, offset: number): StoredObject {
  const { pack, maxSize } = wanted;
  const deltas: Delta[] = [];
  let total = 0;
  let at = offset;
  for (;;) {
    const cached = cachedBase(pack.bases, at);
    if (cached !== undefined) return resolve(wanted, cached, deltas);
    const head = readEntryHead(pack.file, at);
    checkSize(wanted, head);
    const { bytes } = inflateEntry(pack.file, head);
    if (head.kind !== "ofs-delta" && head.kind !== "ref-delta") {
      const object: StoredObject = { type: head.kind, payload: bytes };
      if (deltas.length > 0 || pack.bases.wanted) rememberBase(pack.bases, at, object);
      return resolve(wanted, object, deltas);
    }
    total += head.size;
    if (deltas.length >= LONGEST_CHAIN || total > 2 * maxSize) throw new DamagedBytes(`chain of deltas at ${offset} is too long`);
    deltas.push({ at, bytes });
    at = baseAt(pack, at, head);
  }
}

/** What an entry changes of its base. */
interface Delta {
  readonly at: number;
  readonly bytes: Uint8Array;
}

function checkSize({ pack, id, maxSize }: Wanted, { size, dataAt }: EntryHead): void {
  if (!canHold(pack.file.size - dataAt, size)) throw new DamagedBytes(`declares ${size} bytes, more than its pack can hold`);
  if (size > maxSize) throw largeObject(id, pack.file.shownAs, size, maxSize);
}

/** Applies deltas to their base, the last one first. */
function resolve({ pack, maxSize }: Wanted, base: StoredObject, deltas: readonly Delta[]): StoredObject {
  let object = base;
  for (let index = deltas.length - 1; index >= 0; index -= 1) {
    const delta = deltas[index];
    if (delta === undefined) continue;
    object = { type: base.type, payload: applyDelta(object.payload, delta.bytes, maxSize) };
    rememberBase(pack.bases, delta.at, object);
  }
  return object;
}

/** Where the base of a delta is: in the pack itself. */
export function baseAt(pack: Pack, at: number, head: EntryHead & { readonly kind: "ofs-delta" | "ref-delta" }): number {
  if (head.kind === "ofs-delta") return head.base;
  const base = findInIndex(pack.index, head.base);
  if (base === undefined) throw new DamagedBytes(`entry at ${at}: its base ${head.base} is not in the pack`);
  return base;
}
