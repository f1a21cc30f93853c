/**
 * Walks CBOR bytes and says whether they are deterministic, and of the kinds that are written here. Builds nothing.
 *
 * @module
 */

import { isUtf8 } from "node:buffer";

/** Major types of RFC 8949 §3.1. */
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const SIMPLE = 7;
const FALSE = 20;
const NULL = 22;

interface Head {
  readonly major: number;
  readonly argument: number;
  readonly end: number;
}

class Refusal extends Error {}

/** What is wrong with the bytes, or undefined: one item, definite lengths, shortest heads, sorted text keys, no tag, no float. */
export function scanCbor(bytes: Uint8Array, deepest: number): string | undefined {
  try {
    const end = scanItem(bytes, 0, deepest);
    return end === bytes.length ? undefined : `${bytes.length - end} bytes after the value`;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

function scanItem(bytes: Uint8Array, start: number, depth: number): number {
  const { major, argument, end } = readHead(bytes, start);
  switch (major) {
    case UNSIGNED:
    case NEGATIVE:
      if (argument > Number.MAX_SAFE_INTEGER - (major === NEGATIVE ? 1 : 0)) throw new Refusal(`integer at ${start} is beyond 53 bits`);
      return end;
    case BYTES:
    case TEXT:
      if (argument > bytes.length - end) throw new Refusal(`string at ${start} is cut short`);
      if (major === TEXT && !isUtf8(bytes.subarray(end, end + argument))) throw new Refusal(`text at ${start} is not UTF-8`);
      return end + argument;
    case ARRAY:
    case MAP:
      if (depth === 0) throw new Refusal("nested too deep");
      // Each element takes a byte at least: a length beyond the bytes is refused before anything is counted out.
      if (argument > bytes.length - end) throw new Refusal(`array or map at ${start} is cut short`);
      return major === ARRAY ? scanElements(bytes, end, argument, depth) : scanEntries(bytes, end, argument, depth);
    case SIMPLE:
      if (end === start + 1 && argument >= FALSE && argument <= NULL) return end;
      throw new Refusal(`float or simple value at ${start}`);
    default:
      throw new Refusal(`tag at ${start}`);
  }
}

function scanElements(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let offset = start;
  for (let index = 0; index < count; index += 1) offset = scanItem(bytes, offset, depth - 1);
  return offset;
}

function scanEntries(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let offset = start;
  let previous: Uint8Array | undefined;
  for (let index = 0; index < count; index += 1) {
    if (readHead(bytes, offset).major !== TEXT) throw new Refusal(`key at ${offset} is no text`);
    const end = scanItem(bytes, offset, depth - 1);
    const key = bytes.subarray(offset, end);
    if (previous !== undefined && Buffer.compare(previous, key) >= 0) throw new Refusal(`key at ${offset} is out of order or comes twice`);
    previous = key;
    offset = scanItem(bytes, end, depth - 1);
  }
  return offset;
}

/** Initial byte and argument (RFC 8949 §3), refused unless the shortest that says it. */
function readHead(bytes: Uint8Array, start: number): Head {
  const initial = bytes[start];
  if (initial === undefined) throw new Refusal("cut short");
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (info < 24) return { major, argument: info, end: start + 1 };
  if (info > 27) throw new Refusal(`indefinite or reserved length at ${start}`);
  const width = 1 << (info - 24);
  if (start + 1 + width > bytes.length) throw new Refusal("cut short");
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start + 1, width);
  const argument = width === 8 ? view.readUInt32BE(0) * 2 ** 32 + view.readUInt32BE(4) : view.readUIntBE(0, width);
  const least = width === 1 ? 24 : 2 ** (width * 4);
  if (major !== SIMPLE && argument < least) throw new Refusal(`length or integer at ${start} is not the shortest`);
  return { major, argument, end: start + 1 + width };
}
