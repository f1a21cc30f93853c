/**
 * What goes into the pack that gc makes, and in which order: commits, tags, trees, blobs, each kind as history meets it.
 *
 * @module
 */

import { makeDelta } from "./delta-make.ts";
import type { Marked, Marks } from "./gc-mark.ts";
import type { ObjectId, ObjectType } from "./id.ts";
import type { PackItem } from "./pack-write.ts";
import { readObject } from "./read.ts";
import type { Store } from "./store.ts";

const ORDER: Readonly<Record<ObjectType, number>> = { commit: 0, tag: 1, tree: 2, blob: 3 };

/** How many earlier objects of the same path are tried as a base, and how many deltas may follow each other (git: 10 and 50). */
const WINDOW = 4;
const DEEPEST = 50;

/** What is smaller gains nothing, what is larger would take long. */
const SMALLEST = 64;
const LARGEST: number = 1 << 20;

interface Base {
  readonly id: ObjectId;
  readonly payload: Uint8Array;
  readonly depth: number;
}

/** Reads the objects, verified, and makes deltas between those of one path. */
export function* packItems(store: Store, ids: readonly ObjectId[], marks: Marks): Generator<PackItem> {
  const bases = new Map<string, Base[]>();
  for (const { id, type, path } of sorted(ids, marks)) {
    const { payload } = readObject(store, id);
    if (payload.length < SMALLEST || payload.length > LARGEST) {
      yield { id, type, payload };
      continue;
    }
    const earlier = bases.get(`${type} ${path}`) ?? [];
    bases.set(`${type} ${path}`, earlier);
    const { delta, depth } = bestDelta(payload, earlier);
    yield { id, type, payload, delta };
    earlier.push({ id, payload, depth });
    if (earlier.length > WINDOW) earlier.shift();
  }
}

function bestDelta(payload: Uint8Array, bases: readonly Base[]): { delta: PackItem["delta"]; depth: number } {
  // A delta is worth it when it is half as long; the deeper it lies the shorter it must be, for reading it takes longer.
  let limit = payload.length / 2;
  let best: { delta: PackItem["delta"]; depth: number } = { delta: undefined, depth: 0 };
  for (const base of bases) {
    if (base.depth >= DEEPEST) continue;
    const bytes = makeDelta(base.payload, payload, limit * (1 - base.depth / (2 * DEEPEST)));
    if (bytes === undefined) continue;
    limit = bytes.length;
    best = { delta: { base: base.id, bytes }, depth: base.depth + 1 };
  }
  return best;
}

function sorted(ids: readonly ObjectId[], marks: Marks): (Marked & { readonly id: ObjectId })[] {
  const known = ids.flatMap((id) => {
    const marked = marks.get(id);
    return marked === undefined ? [] : [{ id, ...marked }];
  });
  // sort() is stable: within a kind the order stays.
  return known.sort((a, b) => ORDER[a.type] - ORDER[b.type]);
}
