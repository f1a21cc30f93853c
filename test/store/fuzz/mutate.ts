/**
 * Changing bytes at random, but the same bytes for the same seed.
 *
 * @module
 */

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values that lengths and counts break at. */
const EDGES: readonly number[] = [0, 1, 0x17, 0x18, 0x1b, 0x20, 0x7f, 0x80, 0xbf, 0xff];

/** Up to four edits of a seed: bits, bytes, stretches that are dropped, doubled, moved, overwritten with edges, or cut off. */
export function mutate(seed: Uint8Array, random: () => number): Uint8Array {
  let bytes = Buffer.from(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let edits = 1 + below(4); edits > 0; edits -= 1) {
    const at = below(bytes.length + 1);
    const length = Math.min(bytes.length - at, 1 + below(random() < 0.2 ? 64 : 8));
    switch (below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = below(256);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 4:
        bytes.fill(EDGES[below(EDGES.length)] ?? 0, at, at + length);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(Array.from({ length: 1 + below(9) }, () => below(256))), bytes.subarray(at)]);
        break;
      default:
        bytes = random() < 0.3 ? bytes.subarray(0, at) : Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
    }
  }
  return bytes;
}
