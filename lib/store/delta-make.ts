/**
 * Making deltas for packs (gitformat-pack(5), "Deltified representation").
 *
 * @module
 */

/** Stretches of the base that are looked for. */
const BLOCK = 16;

/** Blocks of the base that are remembered for one hash, at most: text of one repeated line must not take quadratic time. */
const MOST_ALIKE = 8;

const LONGEST_INSERT = 0x7f;

/** How to make `target` from `base`; undefined when that takes `limit` bytes or more. */
export function makeDelta(base: Uint8Array, target: Uint8Array, limit: number): Uint8Array | undefined {
  const out: number[] = [];
  pushSize(out, base.length);
  pushSize(out, target.length);
  const blocks = indexBlocks(base);
  let inserted = 0;
  let at = 0;
  while (at < target.length) {
    if (out.length + (at - inserted) >= limit) return undefined;
    const match = at + BLOCK <= target.length ? longestMatch(base, target, at, blocks.get(hashBlock(target, at))) : undefined;
    if (match === undefined) {
      at += 1;
      continue;
    }
    let { from, length } = match;
    // What was to be inserted may be the end of the same stretch.
    while (at > inserted && from > 0 && base[from - 1] === target[at - 1]) {
      at -= 1;
      from -= 1;
      length += 1;
    }
    pushInsert(out, target.subarray(inserted, at));
    pushCopy(out, from, length);
    at += length;
    inserted = at;
  }
  if (out.length + (at - inserted) >= limit) return undefined;
  pushInsert(out, target.subarray(inserted));
  return out.length < limit ? Uint8Array.from(out) : undefined;
}

function indexBlocks(base: Uint8Array): Map<number, number[]> {
  const blocks = new Map<number, number[]>();
  for (let at = 0; at + BLOCK <= base.length; at += BLOCK) {
    const hash = hashBlock(base, at);
    const places = blocks.get(hash);
    if (places === undefined) blocks.set(hash, [at]);
    else if (places.length < MOST_ALIKE) places.push(at);
  }
  return blocks;
}

/** FNV-1a of one block. */
function hashBlock(bytes: Uint8Array, at: number): number {
  let hash = 0x811c9dc5;
  for (let index = at; index < at + BLOCK; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  return hash;
}

function longestMatch(base: Uint8Array, target: Uint8Array, at: number, places: readonly number[] | undefined): { from: number; length: number } | undefined {
  let best: { from: number; length: number } | undefined;
  for (const from of places ?? []) {
    let length = 0;
    while (from + length < base.length && at + length < target.length && base[from + length] === target[at + length]) length += 1;
    if (length >= BLOCK && length > (best?.length ?? 0)) best = { from, length };
  }
  return best;
}

function pushSize(out: number[], size: number): void {
  let rest = size;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) out.push((rest & 0x7f) | 0x80);
  out.push(rest);
}

function pushInsert(out: number[], bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += LONGEST_INSERT) {
    const part = bytes.subarray(at, at + LONGEST_INSERT);
    out.push(part.length, ...part);
  }
}

/** Copies of at most 64 KiB, as git makes them for packs of version 2. */
function pushCopy(out: number[], from: number, length: number): void {
  for (let done = 0; done < length; done += 0x10000) {
    const size = Math.min(0x10000, length - done);
    const head = out.push(0x80) - 1;
    let mask = 0x80;
    for (const [index, byte] of [from + done, (from + done) >> 8, (from + done) >> 16, (from + done) >>> 24].entries()) {
      if ((byte & 0xff) === 0) continue;
      out.push(byte & 0xff);
      mask |= 1 << index;
    }
    // A length of 64 KiB is written as none.
    for (const [index, byte] of [size, size >> 8].entries()) {
      if ((byte & 0xff) === 0) continue;
      out.push(byte & 0xff);
      mask |= 0x10 << index;
    }
    out[head] = mask;
  }
}
