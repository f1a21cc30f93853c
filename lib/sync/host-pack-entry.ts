/**
 * The entries of a host's pack (gitformat-pack(5), "pack-*.pack files"), whatever the host names objects by.
 *
 * @module
 */

import { applyDelta } from "../store/delta.ts";
import type { ObjectId, ObjectType } from "../store/id.ts";
import { inflateStream } from "../store/inflate.ts";
import { canHold, DamagedBytes, DEFAULT_MAX_SIZE } from "../store/object.ts";
import { readRange, type OpenFile } from "../store/open-file.ts";
import { hostIdAt, type HostId, type ObjectFormat } from "./object-format.ts";

export interface HostEntry {
  readonly id: HostId;
  readonly type: ObjectType;
  /** What its stream inflates to: the object, or a delta. */
  readonly size: number;
  /** Where its stream is in the file, and how long it is. */
  readonly dataAt: number;
  readonly dataLength: number;
  /** The entry that this is a delta of. */
  readonly base: HostEntry | undefined;
  /** The store's name of it, as soon as it is known: of a file from the beginning. */
  own: ObjectId | undefined;
  /** Where a tree, commit or tag was put by, and its length. */
  readonly text: { readonly at: number; readonly length: number } | undefined;
  /** Whether it is in the store's pack. */
  made: boolean;
}

/** Types by their code; deltas have none. */
export const TYPES: readonly (ObjectType | undefined)[] = [undefined, "commit", "tree", "blob", "tag"];
const OFS_DELTA = 6;
const REF_DELTA = 7;

export interface HostEntryHead {
  readonly code: number;
  readonly size: number;
  readonly dataAt: number;
  readonly baseAt?: number;
  readonly baseId?: HostId;
}

/** @throws DamagedBytes when what stands there is no entry */
export function readHead(file: OpenFile, at: number, end: number, format: ObjectFormat): HostEntryHead {
  const bytes = readRange(file, at, Math.max(0, Math.min(LONGEST_HEAD, end - at)));
  let position = 0;
  const next = (): number => {
    const byte = bytes[position];
    if (byte === undefined) throw new DamagedBytes(`is cut short at ${at}`);
    position += 1;
    return byte;
  };
  let byte = next();
  const code = (byte >> 4) & 7;
  let size = byte & 0x0f;
  for (let shift = 4; (byte & 0x80) !== 0; shift += 7) {
    if (shift > 46) throw new DamagedBytes(`declares a size beyond 53 bits at ${at}`);
    byte = next();
    size += (byte & 0x7f) * 2 ** shift;
  }
  if (size > DEFAULT_MAX_SIZE || !canHold(end - at, size)) throw new DamagedBytes(`declares an object of ${size} bytes at ${at}`);
  if (code === OFS_DELTA) {
    byte = next();
    let distance = byte & 0x7f;
    while ((byte & 0x80) !== 0) {
      byte = next();
      distance = (distance + 1) * 128 + (byte & 0x7f);
    }
    return { code, size, dataAt: at + position, baseAt: at - distance };
  }
  if (code === REF_DELTA) {
    if (position + format.idBytes > bytes.length) throw new DamagedBytes(`is cut short at ${at}`);
    return { code, size, dataAt: at + position + format.idBytes, baseId: hostIdAt(format, bytes, position) };
  }
  if (TYPES[code] === undefined) throw new DamagedBytes(`has an entry of unknown type ${code} at ${at}`);
  return { code, size, dataAt: at + position };
}

/** The longest entry header: 10 bytes of size, then a base's id. */
const LONGEST_HEAD = 10 + 32;

/** Inflates the stream at a place. @throws DamagedBytes when it is broken, or not as long as its head says */
export function inflateAt(file: OpenFile, at: number, end: number, size: number): { bytes: Uint8Array; consumed: number } {
  const available = end - at;
  // How long a stream is shows only when it is read: what zlib needs at worst, and more if somebody wrote it worse.
  for (let length = size + (size >> 8) + 64; ; length *= 8) {
    const inflated = inflateStream(readRange(file, at, Math.min(length, available)), size);
    if (inflated === "truncated" && length < available) continue;
    if (typeof inflated === "string") throw new DamagedBytes(`has a zlib stream at ${at} that is ${inflated}`);
    if (inflated.bytes.length !== size) throw new DamagedBytes(`declares ${size} bytes at ${at} and holds ${inflated.bytes.length}`);
    return inflated;
  }
}

/** An object's content, put together from what it is a delta of. */
export function readEntry(file: OpenFile, end: number, entry: HostEntry): Uint8Array {
  const deltas: HostEntry[] = [];
  let base = entry;
  for (; base.base !== undefined; base = base.base) deltas.push(base);
  let { bytes } = inflateAt(file, base.dataAt, end, base.size);
  for (const delta of deltas.reverse()) bytes = applyDelta(bytes, inflateAt(file, delta.dataAt, end, delta.size).bytes, DEFAULT_MAX_SIZE);
  return bytes;
}
