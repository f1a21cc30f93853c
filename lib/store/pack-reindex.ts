/**
 * Making the index of a pack from the pack itself, as `git index-pack` does: for a pack whose index is damaged or gone.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { applyDelta, DeltaError } from "./delta.ts";
import { hashObject, ID_BYTES, type ObjectId, type ObjectType } from "./id.ts";
import { canHold, DamagedBytes, DEFAULT_MAX_SIZE } from "./object.ts";
import { closeFile, openFile, readRange, type OpenFile } from "./open-file.ts";
import { inflateEntry, PACK_HEADER_BYTES, readEntryHead, readPackHeader, type EntryHead } from "./pack-entry.ts";
import { formatPackIndex, type IndexEntry } from "./pack-index-write.ts";

/**
 * The bytes of the index of a pack; undefined when there is no such file, or it is not whole: only what its own trailer vouches for is
 * listed.
 *
 * @throws VibesafeStoreError when the system refuses to read it
 */
export function indexPack(path: string, shownAs: string): Uint8Array | undefined {
  const file = openFile(path, shownAs);
  if (file === undefined) return undefined;
  try {
    const checksum = checkTrailer(file);
    return formatPackIndex(nameEntries(file, listEntries(file)), checksum);
  } catch (error) {
    if (error instanceof DamagedBytes || error instanceof DeltaError) return undefined;
    throw error;
  } finally {
    closeFile(file);
  }
}

const CHUNK = 1 << 20;

function checkTrailer(file: OpenFile): Uint8Array {
  const end = file.size - ID_BYTES;
  if (end < PACK_HEADER_BYTES) throw new DamagedBytes("cut short");
  const hash = createHash("sha256");
  for (let at = 0; at < end; at += CHUNK) hash.update(readRange(file, at, Math.min(CHUNK, end - at)));
  const trailer = Uint8Array.from(readRange(file, end, ID_BYTES));
  if (!hash.digest().equals(trailer)) throw new DamagedBytes("does not hash to its trailer");
  return trailer;
}

interface FoundEntry {
  readonly offset: number;
  readonly head: EntryHead;
  readonly crc: number;
}

/** Entries follow each other without gaps; where one ends only its zlib stream says. */
function listEntries(file: OpenFile): Map<number, FoundEntry> {
  const entries = new Map<number, FoundEntry>();
  const count = readPackHeader(file);
  let offset = PACK_HEADER_BYTES;
  for (let entry = 0; entry < count; entry += 1) {
    const head = readEntryHead(file, offset);
    if (head.size > DEFAULT_MAX_SIZE || !canHold(file.size - head.dataAt, head.size)) throw new DamagedBytes(`declares ${head.size} bytes`);
    const end = head.dataAt + inflateEntry(file, head).consumed;
    entries.set(offset, { offset, head, crc: crc32(readRange(file, offset, end - offset)) });
    offset = end;
  }
  if (offset !== file.size - ID_BYTES) throw new DamagedBytes("holds more than its entries");
  return entries;
}

/** Names every entry; deltas when their base has its name, over and over until none is left. */
function nameEntries(file: OpenFile, entries: ReadonlyMap<number, FoundEntry>): IndexEntry[] {
  const named = new Map<number, ObjectId>();
  const places = new Map<ObjectId, number>();
  let waiting = [...entries.values()];
  while (waiting.length > 0) {
    const rest: FoundEntry[] = [];
    for (const entry of waiting) {
      const base = baseOf(entry, places);
      if (base === undefined || (base !== "none" && !named.has(base))) {
        rest.push(entry);
        continue;
      }
      const { type, payload } = unpack(file, entries, entry.offset, places);
      const id = hashObject(type, payload);
      named.set(entry.offset, id);
      places.set(id, entry.offset);
    }
    if (rest.length === waiting.length) throw new DamagedBytes("has deltas without their base");
    waiting = rest;
  }
  return [...named].map(([offset, id]) => ({ id, offset, crc: entries.get(offset)?.crc ?? 0 }));
}

/** Where an entry's base begins, "none" when it needs none, undefined when it is not known yet. */
function baseOf({ head }: FoundEntry, places: ReadonlyMap<ObjectId, number>): number | "none" | undefined {
  if (head.kind === "ofs-delta") return head.base;
  return head.kind === "ref-delta" ? places.get(head.base) : "none";
}

function unpack(file: OpenFile, entries: ReadonlyMap<number, FoundEntry>, offset: number, places: ReadonlyMap<ObjectId, number>): { type: ObjectType; payload: Uint8Array } {
  const deltas: Uint8Array[] = [];
  for (let at = offset; ; ) {
    const entry = entries.get(at);
    if (entry === undefined) throw new DamagedBytes(`no entry at ${at}`);
    const { bytes } = inflateEntry(file, entry.head);
    if (entry.head.kind !== "ofs-delta" && entry.head.kind !== "ref-delta") {
      return { type: entry.head.kind, payload: deltas.reduceRight((base, delta) => applyDelta(base, delta, DEFAULT_MAX_SIZE), bytes) };
    }
    deltas.push(bytes);
    const base = baseOf(entry, places);
    if (typeof base !== "number") throw new DamagedBytes(`entry at ${at} has no base`);
    at = base;
  }
}
