/**
 * What kind an object is and how large, without reading it: enough to choose how to read it.
 *
 * @module
 */

import { deltaSize, DeltaError } from "./delta.ts";
import type { ObjectId, ObjectType } from "./id.ts";
import { inflatePrefix } from "./inflate.ts";
import { looseHead } from "./loose.ts";
import { DamagedBytes, damagedObject } from "./object.ts";
import { readRange } from "./open-file.ts";
import { readEntryHead } from "./pack-entry.ts";
import { findInIndex } from "./pack-index.ts";
import { baseAt, LONGEST_CHAIN, type Pack } from "./pack.ts";
import { objectSources, refreshSources, sourcePacks } from "./sources.ts";
import type { Store } from "./store.ts";

export interface ObjectHead {
  readonly type: ObjectType;
  readonly size: number;
}

/**
 * What an object says of itself; undefined when the store does not have it. Nothing is verified: that takes its content.
 *
 * @throws VibesafeHashMismatch when it does not even say
 */
export function readObjectHead(store: Store, id: ObjectId): ObjectHead | undefined {
  return find(store, id) ?? (refreshSources(store) ? find(store, id) : undefined);
}

function find(store: Store, id: ObjectId): ObjectHead | undefined {
  for (const source of objectSources(store)) {
    for (const pack of sourcePacks(store, source)) {
      const head = packedHead(pack, id);
      if (head !== undefined) return head;
    }
    const head = looseHead(source.objectsDir, id, source.shownAs);
    if (head !== undefined) return head;
  }
  return undefined;
}

function packedHead(pack: Pack, id: ObjectId): ObjectHead | undefined {
  try {
    const offset = findInIndex(pack.index, id);
    if (offset === undefined) return undefined;
    let size: number | undefined;
    for (let at = offset, depth = 0; depth <= LONGEST_CHAIN; depth += 1) {
      const head = readEntryHead(pack.file, at);
      if (head.kind !== "ofs-delta" && head.kind !== "ref-delta") return { type: head.kind, size: size ?? head.size };
      size ??= sizeBehind(pack, head.dataAt);
      at = baseAt(pack, at, head);
    }
    throw new DamagedBytes(`chain of deltas at ${offset} is too long`);
  } catch (error) {
    if (!(error instanceof DamagedBytes || error instanceof DeltaError)) throw error;
    throw damagedObject(id, pack.file.shownAs, error.message, error);
  }
}

/** Enough of a stream for the two sizes that a delta begins with. */
const PROBE = 128;

function sizeBehind({ file }: Pack, dataAt: number): number {
  const begin = inflatePrefix(readRange(file, dataAt, Math.min(PROBE, file.size - dataAt)));
  if (typeof begin === "string") throw new DamagedBytes(`zlib stream at ${dataAt} is ${begin}`);
  return deltaSize(begin.bytes);
}
