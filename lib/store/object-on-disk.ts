/**
 * How an object lies on the disk: for `cat-file --batch-check='%(objectsize:disk) %(deltabase)'`.
 *
 * @module
 */

import { statSync } from "node:fs";
import { ID_BYTES, type ObjectId } from "./id.ts";
import { listLoose } from "./list-objects.ts";
import { loosePath } from "./loose.ts";
import { readEntryHead } from "./pack-entry.ts";
import { findInIndex, listIndex, listOffsets } from "./pack-index.ts";
import { orBroken, type Pack } from "./pack.ts";
import { objectSources, sourcePacks } from "./sources.ts";
import type { Store } from "./store.ts";

export interface OnDisk {
  /** Bytes of its file, or of its entry in a pack. */
  readonly bytes: number;
  /** What it is stored as a difference from, if it is. */
  readonly base: ObjectId | undefined;
}

/** The copy of an object that is read; undefined when there is none. @throws VibesafeStoreError when its pack is damaged */
export function objectOnDisk(store: Store, id: ObjectId): OnDisk | undefined {
  for (const source of objectSources(store)) {
    for (const pack of sourcePacks(store, source)) {
      const found = orBroken(pack.file.shownAs, () => inPack(pack, id));
      if (found !== undefined) return found;
    }
    const status = statSync(loosePath(source.objectsDir, id), { throwIfNoEntry: false });
    if (status !== undefined) return { bytes: status.size, base: undefined };
  }
  return undefined;
}

/** Every object that the store has, its cache and alternates included, sorted. */
export function listObjects(store: Store): ObjectId[] {
  const ids = new Set<ObjectId>();
  for (const source of objectSources(store)) {
    for (const id of listLoose(source.objectsDir).ids) ids.add(id);
    for (const { index } of sourcePacks(store, source)) for (const id of orBroken(index.file.shownAs, () => listIndex(index))) ids.add(id);
  }
  return [...ids].sort();
}

function inPack(pack: Pack, id: ObjectId): OnDisk | undefined {
  const offset = findInIndex(pack.index, id);
  if (offset === undefined) return undefined;
  const { endOf, idAt } = layoutOf(pack);
  const head = readEntryHead(pack.file, offset);
  const base = head.kind === "ref-delta" ? head.base : head.kind === "ofs-delta" ? idAt.get(head.base) : undefined;
  return { bytes: (endOf.get(offset) ?? offset) - offset, base };
}

interface Layout {
  /** From where an entry begins to where it ends. */
  readonly endOf: ReadonlyMap<number, number>;
  readonly idAt: ReadonlyMap<number, ObjectId>;
}

const layouts = new WeakMap<Pack, Layout>();

function layoutOf(pack: Pack): Layout {
  const before = layouts.get(pack);
  if (before !== undefined) return before;
  const offsets = listOffsets(pack.index);
  const ids = listIndex(pack.index);
  const idAt = new Map(ids.map((id, at): [number, ObjectId] => [offsets[at] ?? 0, id]));
  const starts = [...offsets].sort((a, b) => a - b);
  const endOf = new Map(starts.map((start, at): [number, number] => [start, starts[at + 1] ?? pack.file.size - ID_BYTES]));
  const layout = { endOf, idAt };
  layouts.set(pack, layout);
  return layout;
}
