/**
 * The objects of a pack that were read lately, for the entries that are deltas of them.
 *
 * @module
 */

import type { StoredObject } from "./object.ts";

export interface BaseCache {
  /** Whether the pack has deltas, as far as is known: in one without, nobody asks for a base. */
  wanted: boolean;
  readonly offsets: Float64Array;
  readonly objects: (StoredObject | undefined)[];
}

/** How many objects are kept at most, each in the one slot that its offset leads to. */
const SLOTS = 256;
const LARGEST = 1 << 16;

export function createBaseCache(): BaseCache {
  return { wanted: false, offsets: new Float64Array(SLOTS), objects: [] };
}

/** The object whose entry begins at `offset`. */
export function cachedBase({ offsets, objects }: BaseCache, offset: number): StoredObject | undefined {
  const slot = slotOf(offset);
  return offsets[slot] === offset ? objects[slot] : undefined;
}

/** Keeps an object that is no larger than 64 KiB. */
export function rememberBase(cache: BaseCache, offset: number, object: StoredObject): void {
  cache.wanted = true;
  if (object.payload.length > LARGEST) return;
  const slot = slotOf(offset);
  cache.offsets[slot] = offset;
  cache.objects[slot] = object;
}

/** Neighbours get slots of their own: the entries of a chain lie close together. */
function slotOf(offset: number): number {
  return Math.imul(offset, 0x9e37_79b1) >>> 24;
}
