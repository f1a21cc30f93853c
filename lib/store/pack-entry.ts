/**
 * The entries of a pack, as they stand in it (gitformat-pack(5), "pack-*.pack files").
 *
 * @module
 */

import { ID_BYTES, idFromBytes, type ObjectId, type ObjectType } from "./id.ts";
import { inflateStream, type Inflated } from "./inflate.ts";
import { DamagedBytes } from "./object.ts";
import { readRange, windowAt, type OpenFile } from "./open-file.ts";

/** `PACK`, the version, the number of objects. */
export const PACK_HEADER_BYTES = 12;

/** The longest entry header: 10 bytes of size, then a base's id or a base's distance. */
const LONGEST_ENTRY_HEADER = 10 + ID_BYTES;

interface EntryPlace {
  /** Bytes that the entry's stream inflates to. */
  readonly size: number;
  /** Where the stream begins. */
  readonly dataAt: number;
}

/** `base`: where the base's entry begins, or which object it is. */
export type EntryHead =
  | (EntryPlace & { readonly kind: ObjectType })
  | (EntryPlace & { readonly kind: "ofs-delta"; readonly base: number })
  | (EntryPlace & { readonly kind: "ref-delta"; readonly base: ObjectId });

/**
 * How many objects a pack says it has.
 *
 * @throws DamagedBytes when it is no pack
 */
export function readPackHeader(file: OpenFile): number {
  const head = Buffer.from(readRange(file, 0, PACK_HEADER_BYTES));
  const version = head.readUInt32BE(4);
  if (head.toString("latin1", 0, 4) !== "PACK" || (version !== 2 && version !== 3)) throw new DamagedBytes("no pack of version 2");
  return head.readUInt32BE(8);
}

/** Reads what stands before an entry's stream. @throws DamagedBytes when it is malformed */
export function readEntryHead(file: OpenFile, at: number): EntryHead {
  const end = file.size - ID_BYTES;
  if (at < PACK_HEADER_BYTES || at >= end) throw new DamagedBytes(`no entry at ${at}`);
  const length = Math.min(LONGEST_ENTRY_HEADER, end - at);
  const start = windowAt(file, at, length);
  const { bytes } = file.window;
  const next = (position: number): number => {
    if (position >= start + length) throw new DamagedBytes(`entry at ${at} is cut short`);
    return bytes[position] ?? 0;
  };
  let position = start;
  let byte = next(position++);
  const code = (byte >> 4) & 7;
  let size = byte & 0x0f;
  for (let shift = 4; (byte & 0x80) !== 0; shift += 7) {
    if (shift > 46) throw new DamagedBytes(`entry at ${at} declares a size beyond 53 bits`);
    byte = next(position++);
    size += (byte & 0x7f) * 2 ** shift;
  }
  const kind = ENTRY_KINDS[code];
  if (kind === undefined) throw new DamagedBytes(`entry at ${at} is of unknown type ${code}`);
  if (kind === "ofs-delta") {
    // Big-endian groups of 7 bits, each but the last less one (gitformat-pack(5), "offset encoding").
    byte = next(position++);
    let distance = byte & 0x7f;
    while ((byte & 0x80) !== 0) {
      byte = next(position++);
      distance = (distance + 1) * 128 + (byte & 0x7f);
    }
    const base = at - distance;
    if (distance === 0 || base < PACK_HEADER_BYTES) throw new DamagedBytes(`entry at ${at} has its base outside the pack`);
    return { kind, size, base, dataAt: at + position - start };
  }
  if (kind === "ref-delta") {
    next(position + ID_BYTES - 1);
    return { kind, size, base: idFromBytes(bytes, position), dataAt: at + position + ID_BYTES - start };
  }
  return { kind, size, dataAt: at + position - start };
}

const ENTRY_KINDS: readonly (ObjectType | "ofs-delta" | "ref-delta" | undefined)[] = [
  undefined,
  "commit",
  "tree",
  "blob",
  "tag",
  undefined,
  "ofs-delta",
  "ref-delta",
];

/** Inflates an entry's stream. @throws DamagedBytes when it is broken, or not as long as its head says */
export function inflateEntry(file: OpenFile, head: EntryHead): Inflated {
  const available = file.size - ID_BYTES - head.dataAt;
  // An index does not say how long a stream is: read what zlib needs at worst, and more if somebody wrote it worse.
  for (let length = head.size + (head.size >> 8) + 64; ; length *= 8) {
    const input = readRange(file, head.dataAt, Math.min(length, available));
    const inflated = inflateStream(input, head.size);
    if (inflated === "truncated" && length < available) continue;
    if (typeof inflated === "string") throw new DamagedBytes(`zlib stream at ${head.dataAt} is ${inflated}`);
    if (inflated.bytes.length !== head.size) {
      throw new DamagedBytes(`entry at ${head.dataAt} declares ${head.size} bytes and holds ${inflated.bytes.length}`);
    }
    return inflated;
  }
}
