/**
 * Pack indexes, version 2 with SHA-256 names (gitformat-pack(5), "pack-*.idx files").
 *
 * A look-up reads the part of the file that it needs, however many objects there are.
 *
 * @module
 */

import { ID_BYTES, idFromBytes, type ObjectId } from "./id.ts";
import { DamagedBytes } from "./object.ts";
import { closeFile, openFile, readRange, windowAt, type OpenFile } from "./open-file.ts";

export interface PackIndex {
  readonly file: OpenFile;
  /** How many objects the pack has. */
  readonly count: number;
  /** SHA-256 of the pack, in hex: its last 32 bytes. */
  readonly packChecksum: string;
  readonly fanout: readonly number[];
  /** How many offsets need 64 bits. */
  readonly longOffsets: number;
}

const MAGIC_AND_VERSION = "ff744f6300000002";
/** Where the names begin, in order. */
export const NAMES_AT: number = 8 + 256 * 4;
const PER_OBJECT = ID_BYTES + 4 + 4;

/** An index of some 400,000 objects is kept in memory when it is used often. */
const KEPT_WHOLE: number = 2 ** 24;

/** How many names are read at once. */
const WINDOW = 512;

/**
 * Opens an index; undefined when there is none.
 *
 * @throws DamagedBytes when its tables do not fit its length
 */
export function openPackIndex(path: string, shownAs: string): PackIndex | undefined {
  const file = openFile(path, shownAs, KEPT_WHOLE);
  if (file === undefined) return undefined;
  try {
    return readTables(file);
  } catch (error) {
    closeFile(file);
    throw error;
  }
}

function readTables(file: OpenFile): PackIndex {
  const head = Buffer.from(readRange(file, 0, NAMES_AT));
  if (head.toString("hex", 0, 8) !== MAGIC_AND_VERSION) throw new DamagedBytes("no pack index of version 2");
  const fanout = Array.from({ length: 256 }, (_, index) => head.readUInt32BE(8 + 4 * index));
  for (const [index, value] of fanout.entries()) {
    if (value < (fanout[index - 1] ?? 0)) throw new DamagedBytes("its fan-out table decreases");
  }
  const count = fanout[255] ?? 0;
  const longBytes = file.size - NAMES_AT - count * PER_OBJECT - 2 * ID_BYTES;
  if (longBytes < 0 || longBytes % 8 !== 0 || longBytes / 8 > count) throw new DamagedBytes("its length does not fit its tables");
  const packChecksum = Buffer.from(readRange(file, file.size - 2 * ID_BYTES, ID_BYTES)).toString("hex");
  return { file, count, packChecksum, fanout, longOffsets: longBytes / 8 };
}

/** Where an object is in the pack; undefined when it is not. */
export function findInIndex(index: PackIndex, id: ObjectId): number | undefined {
  const { file, fanout } = index;
  const first = byteOf(id, 0);
  let low = first === 0 ? 0 : (fanout[first - 1] ?? 0);
  let high = fanout[first] ?? 0;
  while (high - low > WINDOW) {
    const middle = (low + high) >>> 1;
    if (compareAt(file, windowAt(file, NAMES_AT + middle * ID_BYTES, ID_BYTES), id) <= 0) low = middle;
    else high = middle;
  }
  // What is left is one read.
  const start = windowAt(file, NAMES_AT + low * ID_BYTES, (high - low) * ID_BYTES);
  for (let from = 0, to = high - low; from < to; ) {
    const middle = (from + to) >>> 1;
    const order = compareAt(file, start + middle * ID_BYTES, id);
    if (order === 0) return offsetAt(index, low + middle);
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return undefined;
}

/** Whether the name at `at` in the window comes before `id` (negative), is it (0), or comes after. */
function compareAt({ window }: OpenFile, at: number, id: ObjectId): number {
  const { bytes } = window;
  for (let index = 0; index < ID_BYTES; index += 1) {
    const difference = (bytes[at + index] ?? 0) - byteOf(id, index);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A byte of an id, without a buffer for all of them: a look-up compares few. */
function byteOf(id: ObjectId, index: number): number {
  return (digit(id.charCodeAt(2 * index)) << 4) | digit(id.charCodeAt(2 * index + 1));
}

/** Digits are 0x30 to 0x39, letters from 0x61 on. */
function digit(code: number): number {
  return (code & 15) + 9 * (code >> 6);
}

/** Every object of the pack, in the order of the index: for `fsck`, `gc` and short names. */
export function listIndex(index: PackIndex, prefix: string = ""): ObjectId[] {
  const ids: ObjectId[] = [];
  const from = firstAtOrAfter(index, Buffer.from(prefix.padEnd(2 * ID_BYTES, "0"), "hex"));
  for (let position = from; position < index.count; position += WINDOW) {
    const length = Math.min(WINDOW, index.count - position);
    const names = readRange(index.file, NAMES_AT + position * ID_BYTES, length * ID_BYTES);
    for (let item = 0; item < length; item += 1) {
      const id = idFromBytes(names, item * ID_BYTES);
      if (!id.startsWith(prefix)) return ids;
      ids.push(id);
    }
  }
  return ids;
}

/** Where every object is in the pack, in the order of their names. */
export function listOffsets(index: PackIndex): number[] {
  return Array.from({ length: index.count }, (_, position) => offsetAt(index, position));
}

function firstAtOrAfter(index: PackIndex, name: Uint8Array): number {
  let low = 0;
  let high = index.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(readRange(index.file, NAMES_AT + middle * ID_BYTES, ID_BYTES), name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function offsetAt(index: PackIndex, position: number): number {
  const { file, count, longOffsets } = index;
  const offsetsAt = NAMES_AT + count * (ID_BYTES + 4);
  const short = uint32At(file, offsetsAt + 4 * position);
  if (short < 0x8000_0000) return short;
  const slot = short - 0x8000_0000;
  if (slot >= longOffsets) throw new DamagedBytes("an offset points outside its table");
  const long = offsetsAt + 4 * count + 8 * slot;
  return uint32At(file, long) * 2 ** 32 + uint32At(file, long + 4);
}

function uint32At(file: OpenFile, position: number): number {
  const at = windowAt(file, position, 4);
  return file.window.view.getUint32(at);
}
