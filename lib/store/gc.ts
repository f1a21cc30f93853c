/**
 * Packing what is reachable, pruning what is not.
 *
 * Nothing is removed before what replaces it is durable, and each step leaves a store that is whole: killed anywhere, the next gc goes on.
 *
 * @module
 */

import { unlinkSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { dropCacheCopies } from "./cache-copies.ts";
import { formatLoose } from "./deflate.ts";
import { replaceFile, syncFolder } from "./durable.ts";
import { fileError, isAbsent } from "./files.ts";
import { takeInventory, type Inventory, type PackFiles } from "./gc-inventory.ts";
import { mark, type Marks } from "./gc-mark.ts";
import { packItems } from "./gc-pack.ts";
import { removeDerived, removeEmptyFolders, removeLoose, removePack, removeStale, restoreAside } from "./gc-remove.ts";
import { DEFAULT_GRACE_SECONDS, type GcOptions, type GcReport } from "./gc-report.ts";
import { expireCandidateLogs, gcRoots } from "./gc-roots.ts";
import type { ObjectId } from "./id.ts";
import { completeStore } from "./init.ts";
import { withLocks } from "./lock.ts";
import { loosePath, readLoose } from "./loose.ts";
import { DEFAULT_MAX_SIZE } from "./object.ts";
import { finishPacks, writePack } from "./pack-write.ts";
import { packableRefs, packRefs } from "./pack-refs.ts";
import { readObject } from "./read.ts";
import { refreshSources } from "./sources.ts";
import { areaDir, type ObjectArea, type Store } from "./store.ts";

export type { GcOptions, GcReport } from "./gc-report.ts";

/**
 * Packs every object that refs and reflogs lead to, and removes those that they do not, once they are older than the grace period.
 * Candidates' objects stay in the cache, as they are, unless the cache is to be pruned as well.
 *
 * @throws VibesafeStoreError or VibesafeHashMismatch when the store is damaged: then nothing is removed
 */
export function gc(store: Store, options: GcOptions = {}): GcReport {
  if (options.dryRun === true) return collect(store, options);
  completeStore(store);
  return withLocks(store, (lock) => {
    lock(join(store.dir, "gc"));
    return collect(store, options);
  });
}

interface Plan {
  readonly own: Inventory;
  readonly cache: Inventory;
  readonly marks: Marks;
  /** What the new pack is to hold; empty when the packs are as they should be. */
  readonly pack: readonly ObjectId[];
  readonly oldPacks: readonly PackFiles[];
  /** Loose objects in the cache that are saved. */
  readonly copies: readonly ObjectId[];
  readonly prune: Readonly<Record<ObjectArea, ReadonlyMap<ObjectId, number>>>;
  /** Unreachable objects that stay, with their age. */
  readonly keep: ReadonlyMap<ObjectId, number>;
}

function collect(store: Store, options: GcOptions): GcReport {
  const { graceSeconds = DEFAULT_GRACE_SECONDS, now = Date.now() / 1000, dryRun = false, cache = false, packRefs: withRefs = false } = options;
  const since = now - graceSeconds;
  if (!dryRun) {
    removeStale(store, now);
    finishPacks(store, areaDir(store, "objects"));
    restoreAside(store, "objects");
    restoreAside(store, "cache");
    if (cache) expireCandidateLogs(store, since);
  }
  refreshSources(store);
  const packedRefs = !withRefs ? 0 : dryRun ? packableRefs(store).length : packRefs(store);
  const plan = makePlan(store, since, cache);
  const bytesBefore = bytesOf(plan.own) + bytesOf(plan.cache);
  if (!dryRun) carryOut(store, plan);
  const pruned = new Set([...plan.prune.objects.keys(), ...plan.prune.cache.keys()]);
  const bytesAfter = dryRun
    ? bytesBefore - bytesOfLoose(plan.own, plan.prune.objects.keys()) - bytesOfLoose(plan.cache, [...plan.prune.cache.keys(), ...plan.copies])
    : bytesOf(takeInventory(areaDir(store, "objects"))) + bytesOf(takeInventory(areaDir(store, "cache")));
  return { packed: plan.pack.length, pruned: pruned.size, kept: plan.keep.size, cacheCopies: plan.copies.length, packedRefs, bytesBefore, bytesAfter };
}

/** Loose files beyond this size stay loose: packing holds an object in memory. */
const LARGEST_PACKED: number = 2 ** 25;

function makePlan(store: Store, since: number, pruneCache: boolean): Plan {
  // Objects first, refs after: what is written and named in between is younger than the list, and not on it.
  const own = takeInventory(areaDir(store, "objects"));
  const cache = takeInventory(areaDir(store, "cache"));
  const roots = gcRoots(store, pruneCache ? since : undefined);
  const marks: Marks = new Map();
  mark(store, roots.saved, marks, { lenient: false });
  mark(store, roots.remembered, marks, { lenient: true });

  const oldPacks = own.packs.filter(({ isKept }) => !isKept);
  const inKept = new Set(own.packs.filter(({ isKept }) => isKept).flatMap(({ ids }) => ids));
  const inOld = new Set(oldPacks.flatMap(({ ids }) => ids));
  const loose = [...own.loose].filter(([, { bytes }]) => bytes <= LARGEST_PACKED).map(([id]) => id);
  const toPack = new Set([...inOld, ...loose].filter((id) => marks.has(id) && !inKept.has(id)));
  const isPacked = oldPacks.length <= 1 && loose.every((id) => !toPack.has(id)) && [...inOld].every((id) => toPack.has(id));

  const unreachable = agesOf(own, marks);
  const unused = pruneCache ? agesOf(cache, marks) : new Map<ObjectId, number>();
  const young: Marks = new Map();
  const isYoung = ([, mtimeMs]: [ObjectId, number]): boolean => mtimeMs >= since * 1000;
  mark(store, [...unreachable, ...unused].filter(isYoung).map(([id]) => id), young, { known: marks, lenient: true });
  const old = (ages: ReadonlyMap<ObjectId, number>): Map<ObjectId, number> => new Map([...ages].filter(([id]) => !young.has(id)));
  return {
    own,
    cache,
    marks,
    pack: isPacked ? [] : [...marks.keys()].filter((id) => toPack.has(id)),
    oldPacks: isPacked ? [] : oldPacks,
    copies: [...cache.loose.keys()].filter((id) => own.loose.has(id) || inOld.has(id) || inKept.has(id)),
    prune: { objects: old(unreachable), cache: old(unused) },
    keep: new Map([...unused, ...unreachable].filter(([id]) => young.has(id))),
  };
}

/** Objects that nothing reaches, and when they were last written or re-used. */
function agesOf({ loose, packs }: Inventory, marks: Marks): Map<ObjectId, number> {
  const ages = new Map<ObjectId, number>();
  const add = (id: ObjectId, mtimeMs: number): void => {
    if (!marks.has(id)) ages.set(id, Math.max(mtimeMs, ages.get(id) ?? -Infinity));
  };
  for (const { ids, isKept, mtimeMs } of packs) if (!isKept) for (const id of ids) add(id, mtimeMs);
  for (const [id, { mtimeMs }] of loose) add(id, mtimeMs);
  return ages;
}

function carryOut(store: Store, plan: Plan): void {
  const own = areaDir(store, "objects");
  // Before packing: of an object that is packed and in the cache, `git gc` would keep the cache's copy alone.
  dropCacheCopies(store, plan.copies, (id) => isWhole(store, id));
  if (plan.pack.length > 0) {
    const { stem } = writePack(store, own, plan.pack.length, packItems(store, plan.pack, plan.marks));
    refreshSources(store);
    for (const id of plan.pack) if (plan.own.loose.has(id)) removePlainly(loosePath(own, id));
    removeUnused(store, plan, stem);
  } else {
    removeUnused(store, plan, undefined);
  }
  removeEmptyFolders(own);
  removeEmptyFolders(areaDir(store, "cache"));
  refreshSources(store);
}

/** Whether the saved copy of an object can be read: only then may the other go. */
function isWhole(store: Store, id: ObjectId): boolean {
  return readLoose(areaDir(store, "objects"), id, DEFAULT_MAX_SIZE) !== undefined || readObject(store, id) !== undefined;
}

/** Removes what nothing uses, as long as nobody begins to: each part that comes back keeps the rest. */
function removeUnused(store: Store, plan: Plan, fresh: string | undefined): void {
  if (plan.prune.objects.size > 0) removeDerived(areaDir(store, "objects"), ["info/commit-graph", "info/commit-graphs"]);
  const loose = ({ loose: known }: Inventory, ages: ReadonlyMap<ObjectId, number>): Map<ObjectId, number> =>
    new Map([...ages].filter(([id]) => known.has(id)));
  if (!removeOldPacks(store, plan, fresh)) return;
  if (removeLoose(store, "objects", loose(plan.own, plan.prune.objects))) removeLoose(store, "cache", loose(plan.cache, plan.prune.cache));
}

/** Removes the packs that the new one replaces; unreachable objects that are to stay become loose first, as old as they are. */
function removeOldPacks(store: Store, plan: Plan, fresh: string | undefined): boolean {
  const own = areaDir(store, "objects");
  const gone = plan.oldPacks.filter(({ stem }) => stem !== fresh);
  const folders = new Set<string>();
  for (const id of new Set(gone.flatMap(({ ids }) => ids))) {
    const mtimeMs = plan.keep.get(id);
    if (mtimeMs === undefined) continue;
    const path = loosePath(own, id);
    if (!plan.own.loose.has(id)) {
      const { type, payload } = readObject(store, id);
      replaceFile(store, path, formatLoose(type, payload), { mode: 0o444, syncFolder: false });
    }
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000);
    folders.add(dirname(path));
  }
  for (const folder of folders) syncFolder(folder);
  if (gone.length > 0) removeDerived(own, ["pack/multi-pack-index"]);
  return gone.filter((pack) => !removePack(store, "objects", pack)).length === 0;
}

function removePlainly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isAbsent(error)) throw fileError("remove", path, error);
  }
}

function bytesOf({ loose, packs }: Inventory): number {
  return [...loose.values(), ...packs].reduce((sum, { bytes }) => sum + bytes, 0);
}

function bytesOfLoose({ loose }: Inventory, ids: Iterable<ObjectId>): number {
  return [...ids].reduce((sum, id) => sum + (loose.get(id)?.bytes ?? 0), 0);
}
