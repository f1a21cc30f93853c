/**
 * Deltas of packs: how to make an object from another (gitformat-pack(5), "Deltified representation").
 *
 * @module
 */

/** Why a delta was refused. */
export class DeltaError extends Error {
  override readonly name = "DeltaError";
}

/**
 * Applies a delta.
 *
 * @param limit - largest result, in bytes; checked before anything is allocated
 * @throws DeltaError when the delta is malformed, reaches outside `base`, or does not fill what it declares
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, limit: number): Uint8Array {
  const cursor: Cursor = { bytes: delta, offset: 0 };
  const baseSize = readSize(cursor);
  if (baseSize !== base.length) throw new DeltaError(`delta is for ${baseSize} bytes, its base has ${base.length}`);
  const size = readSize(cursor);
  if (size > limit) throw new DeltaError(`delta declares ${size} bytes, the limit is ${limit}`);
  const result = new Uint8Array(size);
  let filled = 0;
  while (cursor.offset < delta.length) {
    const opcode = readByte(cursor);
    let part: Uint8Array;
    if ((opcode & 0x80) !== 0) {
      const from = readSparse(cursor, opcode, 4);
      const length = readSparse(cursor, opcode >> 4, 3) || 0x10000;
      if (from + length > base.length) throw new DeltaError("delta copies from outside its base");
      part = base.subarray(from, from + length);
    } else {
      if (opcode === 0) throw new DeltaError("delta has a reserved instruction");
      if (cursor.offset + opcode > delta.length) throw new DeltaError("delta is cut short");
      part = delta.subarray(cursor.offset, cursor.offset + opcode);
      cursor.offset += opcode;
    }
    if (filled + part.length > size) throw new DeltaError("delta makes more bytes than it declares");
    result.set(part, filled);
    filled += part.length;
  }
  if (filled !== size) throw new DeltaError(`delta makes ${filled} bytes of the ${size} that it declares`);
  return result;
}

/** How many bytes a delta makes, said at its beginning. @throws DeltaError when it does not say */
export function deltaSize(delta: Uint8Array): number {
  const cursor: Cursor = { bytes: delta, offset: 0 };
  readSize(cursor);
  return readSize(cursor);
}

interface Cursor {
  readonly bytes: Uint8Array;
  offset: number;
}

function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.offset];
  if (byte === undefined) throw new DeltaError("delta is cut short");
  cursor.offset += 1;
  return byte;
}

/** Little-endian groups of 7 bits. */
function readSize(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = readByte(cursor);
    value += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return value;
    if (shift > 42) throw new DeltaError("delta declares a size beyond 49 bits");
  }
}

/** A little-endian number of whose bytes only those are there that `mask` has a bit for. */
function readSparse(cursor: Cursor, mask: number, bytes: number): number {
  let value = 0;
  for (let index = 0; index < bytes; index += 1) {
    if ((mask & (1 << index)) !== 0) value += readByte(cursor) * 2 ** (8 * index);
  }
  return value;
}
