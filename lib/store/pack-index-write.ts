/**
 * Writing pack indexes, version 2 with SHA-256 names (gitformat-pack(5), "pack-*.idx files").
 *
 * @module
 */

import { createHash } from "node:crypto";
import { ID_BYTES, type ObjectId } from "./id.ts";

export interface IndexEntry {
  readonly id: ObjectId;
  /** Where the object's entry begins in the pack. */
  readonly offset: number;
  /** CRC-32 of the entry as it is in the pack. */
  readonly crc: number;
}

const FANOUT_AT = 8;
const NAMES_AT: number = FANOUT_AT + 256 * 4;
const LONG = 0x8000_0000;

/** The bytes of the index of a pack whose trailer is `packChecksum`. */
export function formatPackIndex(entries: readonly IndexEntry[], packChecksum: Uint8Array): Buffer {
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  const long = sorted.filter(({ offset }) => offset >= LONG);
  const count = sorted.length;
  const bytes = Buffer.alloc(NAMES_AT + count * (ID_BYTES + 8) + 8 * long.length + 2 * ID_BYTES);
  bytes.writeUInt32BE(0xff744f63, 0);
  bytes.writeUInt32BE(2, 4);
  const crcsAt = NAMES_AT + count * ID_BYTES;
  const offsetsAt = crcsAt + count * 4;
  let longAt = offsetsAt + count * 4;
  for (const [position, { id, offset, crc }] of sorted.entries()) {
    bytes.write(id, NAMES_AT + position * ID_BYTES, "hex");
    bytes.writeUInt32BE(crc, crcsAt + position * 4);
    if (offset < LONG) {
      bytes.writeUInt32BE(offset, offsetsAt + position * 4);
      continue;
    }
    bytes.writeUInt32BE(LONG + (longAt - offsetsAt - count * 4) / 8, offsetsAt + position * 4);
    bytes.writeBigUInt64BE(BigInt(offset), longAt);
    longAt += 8;
  }
  let total = 0;
  for (let first = 0; first < 256; first += 1) {
    while (total < count && bytes[NAMES_AT + total * ID_BYTES] === first) total += 1;
    bytes.writeUInt32BE(total, FANOUT_AT + first * 4);
  }
  bytes.set(packChecksum, longAt);
  const trailer = createHash("sha256").update(bytes.subarray(0, longAt + ID_BYTES)).digest();
  bytes.set(trailer, longAt + ID_BYTES);
  return bytes;
}
