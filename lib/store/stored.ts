/**
 * zlib streams of one stored block (RFC 1950; RFC 1951, 3.2.4): content as it is, between 7 bytes and a checksum.
 *
 * Reading one needs no zlib engine, and none is loaded: a checkpoint of small objects starts without it.
 *
 * @module
 */

/** CMF 78: deflate, a window of 32 KiB. FLG 01: lowest level, no dictionary, and the check bits that make both divisible by 31. */
const CMF = 0x78;
const FLG = 0x01;
const LAST_STORED_BLOCK = 0x01;

/** The two header bytes, the block's type, LEN and NLEN. */
const DATA_AT = 7;
const ADLER_BYTES = 4;

/** Bytes that a stored stream has beyond its content. */
export const STORED_OVERHEAD: number = DATA_AT + ADLER_BYTES;

const LONGEST_BLOCK = 0xffff;

/**
 * Writes the parts, one after the other, as a stream of one stored block.
 *
 * @throws RangeError beyond 65535 bytes
 */
export function formatStored(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > LONGEST_BLOCK) throw new RangeError(`${length} bytes do not fit a stored block`);
  const stream = Buffer.allocUnsafe(length + STORED_OVERHEAD);
  stream[0] = CMF;
  stream[1] = FLG;
  stream[2] = LAST_STORED_BLOCK;
  stream.writeUInt16LE(length, 3);
  stream.writeUInt16LE(~length & LONGEST_BLOCK, 5);
  let at = DATA_AT;
  for (const part of parts) {
    stream.set(part, at);
    at += part.length;
  }
  stream.writeUInt32BE(adler32(stream, DATA_AT, at), at);
  return stream;
}

/**
 * The content of a stream that is exactly one stored block, as a view of `stream`; undefined for anything else, whole or damaged:
 * zlib knows what that is.
 */
export function parseStored(stream: Uint8Array): Uint8Array | undefined {
  const end = stream.length - ADLER_BYTES;
  if (end < DATA_AT || stream[0] !== CMF || stream[1] !== FLG || stream[2] !== LAST_STORED_BLOCK) return undefined;
  const length = byteAt(stream, 3) | (byteAt(stream, 4) << 8);
  const complement = byteAt(stream, 5) | (byteAt(stream, 6) << 8);
  if (length + DATA_AT !== end || (length ^ complement) !== LONGEST_BLOCK) return undefined;
  const declared = ((byteAt(stream, end) << 24) | (byteAt(stream, end + 1) << 16) | (byteAt(stream, end + 2) << 8) | byteAt(stream, end + 3)) >>> 0;
  return adler32(stream, DATA_AT, end) === declared ? stream.subarray(DATA_AT, end) : undefined;
}

const ADLER_BASE = 65521;

/** So many bytes, and the sums still fit 31 bits: the engine keeps them as small integers. */
const BEFORE_MODULO = 3800;

/** Adler-32 (RFC 1950, 8.2). */
function adler32(bytes: Uint8Array, from: number, to: number): number {
  let a = 1;
  let b = 0;
  for (let at = from; at < to; ) {
    const stop = Math.min(at + BEFORE_MODULO, to);
    for (; at < stop; at += 1) {
      a += byteAt(bytes, at);
      b += a;
    }
    a %= ADLER_BASE;
    b %= ADLER_BASE;
  }
  return ((b << 16) | a) >>> 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
