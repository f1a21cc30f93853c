/**
 * Where a store's objects are: its own folder, its cache, its alternates, each with loose objects and packs.
 *
 * @module
 */

import { basename, dirname, isAbsolute, join, relative } from "node:path";
import { objectDirs } from "./alternates.ts";
import { listFolder } from "./files.ts";
import { openPack, type Pack } from "./pack.ts";
import { areaDir, type Store } from "./store.ts";

export interface ObjectSource {
  readonly objectsDir: string;
  /** What messages call it: its path from the store, or its name where it lies outside. */
  readonly shownAs: string;
  /** Whether this is the store's own cache, whose objects may go at any time. */
  readonly isCache: boolean;
}

/** Folders of objects, in the order of reading. Remembered; `refreshSources` looks again. */
export function objectSources(store: Store): readonly ObjectSource[] {
  return known(store).sources;
}

/** The packs of a source that are known so far. */
export function sourcePacks(store: Store, source: ObjectSource): readonly Pack[] {
  const { packs } = known(store);
  const before = packs.get(source.objectsDir);
  if (before !== undefined) return before.list;
  const opened = listPacks(source, new Map());
  packs.set(source.objectsDir, opened);
  return opened.list;
}

/**
 * Looks for alternates and packs that came since, and forgets those that went: what another process repacked is found.
 *
 * @returns whether anything changed
 */
export function refreshSources(store: Store): boolean {
  const before = known(store);
  const sources = listSources(store);
  const packs = new Map<string, Packs>();
  let changed = sources.length !== before.sources.length;
  for (const source of sources) {
    const { objectsDir } = source;
    const old = before.packs.get(objectsDir);
    const now = listPacks(source, old?.byStem ?? new Map());
    packs.set(objectsDir, now);
    changed ||= now.list.length !== (old?.list.length ?? 0) || [...now.byStem.keys()].some((name) => old?.byStem.has(name) !== true);
  }
  knownSources.set(store, { sources, packs });
  return changed;
}

interface Known {
  readonly sources: readonly ObjectSource[];
  readonly packs: Map<string, Packs>;
}

interface Packs {
  readonly byStem: ReadonlyMap<string, Pack>;
  readonly list: readonly Pack[];
}

const knownSources = new WeakMap<Store, Known>();

function known(store: Store): Known {
  const before = knownSources.get(store);
  if (before !== undefined) return before;
  const fresh: Known = { sources: listSources(store), packs: new Map() };
  knownSources.set(store, fresh);
  return fresh;
}

/** Folders of objects as they are now. */
export function listSources(store: Store): ObjectSource[] {
  const cache = areaDir(store, "cache");
  return objectDirs(store).map((objectsDir) => ({ objectsDir, shownAs: pathInStore(store, objectsDir), isCache: objectsDir === cache }));
}

/** A path as messages show it: from the store's folder, so that no machine's own paths end in a log. */
export function pathInStore(store: Store, path: string): string {
  const inside = relative(store.dir, path).replaceAll("\\", "/");
  return inside.startsWith("../") || isAbsolute(inside) ? `alternate ${basename(dirname(path))}/${basename(path)}` : inside;
}

/** Stems of the packs of a folder of objects: what is before `.idx`. */
export function packStems(objectsDir: string): string[] {
  return stemsOf(objectsDir, "idx");
}

/** Stems of the packs that have no index: nobody reads what is in them. */
export function unindexedPacks(objectsDir: string): string[] {
  const packs = stemsOf(objectsDir, "pack");
  // Indexes last: a pack gets its index after itself.
  const indexed = new Set(packStems(objectsDir));
  return packs.filter((stem) => !indexed.has(stem));
}

function stemsOf(objectsDir: string, ending: "idx" | "pack"): string[] {
  const stems = listFolder(join(objectsDir, "pack")).flatMap(({ name }) => (name.startsWith("pack-") && name.endsWith(`.${ending}`) ? [name.slice(0, -ending.length - 1)] : []));
  return stems.sort();
}

function listPacks({ objectsDir, shownAs }: ObjectSource, before: ReadonlyMap<string, Pack>): Packs {
  const packs = new Map<string, Pack>();
  for (const stem of packStems(objectsDir)) {
    const pack = before.get(stem) ?? openPack(join(objectsDir, "pack", stem), `${shownAs}/pack/${stem}`);
    if (pack !== undefined) packs.set(stem, pack);
  }
  return { byStem: packs, list: [...packs.values()] };
}
