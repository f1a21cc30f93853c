/**
 * The objects' part of fsck.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import type { FsckKind, FsckProblem } from "./fsck-report.ts";
import { ID_BYTES, type ObjectId, type ObjectType } from "./id.ts";
import { listLoose } from "./list-objects.ts";
import { readLoose } from "./loose.ts";
import { DEFAULT_MAX_SIZE, isMisnamed, type StoredObject } from "./object.ts";
import { readRange, type OpenFile } from "./open-file.ts";
import { listIndex } from "./pack-index.ts";
import { closePack, openPack, orBroken, readPacked } from "./pack.ts";
import { references, type Reference } from "./references.ts";
import { listSources, packStems, pathInStore, unindexedPacks, type ObjectSource } from "./sources.ts";
import type { Store } from "./store.ts";

/** What is known of each object; of one that is damaged only that it is there. */
export type ObjectCensus = ReadonlyMap<ObjectId, { readonly type: ObjectType | undefined; readonly links: readonly Reference[] }>;

/** Reads every copy of every object, and says what is wrong with it. */
export function checkObjects(store: Store, { problems, notices }: { readonly problems: FsckProblem[]; readonly notices: FsckProblem[] }): ObjectCensus {
  const census = new Map<ObjectId, { type: ObjectType | undefined; links: readonly Reference[] }>();
  const check = (id: ObjectId, read: () => StoredObject | undefined): void => {
    const object = tryRead(id, read, problems);
    const known = census.get(id);
    if (object === undefined) census.set(id, known ?? { type: undefined, links: [] });
    else if (known?.type === undefined) census.set(id, { type: object.type, links: linksOf(id, object, problems) });
  };
  for (const source of listSources(store)) {
    const { ids, strays } = listLoose(source.objectsDir);
    for (const path of strays) problems.push({ id: pathInStore(store, path), kind: "stray", detail: "is no object" });
    for (const id of ids) check(id, () => readLoose(source.objectsDir, id, DEFAULT_MAX_SIZE, source.shownAs));
    checkPacks(source, check, problems);
    for (const stem of unindexedPacks(source.objectsDir)) {
      // Of a writer that was killed the next gc gives it its place.
      if (existsSync(join(store.dir, "tmp", `${stem}.idx`))) continue;
      notices.push({ id: `${source.shownAs}/pack/${stem}.pack`, kind: "no-index", detail: "a pack without its index, which nobody reads; `vibe fsck --repair` makes one" });
    }
  }
  return census;
}

function checkPacks(source: ObjectSource, check: (id: ObjectId, read: () => StoredObject | undefined) => void, problems: FsckProblem[]): void {
  for (const stem of packStems(source.objectsDir)) {
    const shownAs = `${source.shownAs}/pack/${stem}`;
    try {
      const pack = openPack(join(source.objectsDir, "pack", stem), shownAs);
      if (pack === undefined) {
        problems.push({ id: shownAs, kind: "bad-pack", detail: "has an index and no pack" });
        continue;
      }
      try {
        checkTrailer(pack.file, problems);
        checkTrailer(pack.index.file, problems);
        for (const id of orBroken(pack.index.file.shownAs, () => listIndex(pack.index))) check(id, () => readPacked(pack, id, DEFAULT_MAX_SIZE));
      } finally {
        closePack(pack);
      }
    } catch (error) {
      if (!(error instanceof VibesafeStoreError)) throw error;
      problems.push({ id: shownAs, kind: "bad-pack", detail: error.message });
    }
  }
}

const CHUNK = 1 << 20;

/** Packs and indexes end with the SHA-256 of what is before. */
function checkTrailer(file: OpenFile, problems: FsckProblem[]): void {
  const hash = createHash("sha256");
  const end = file.size - ID_BYTES;
  for (let at = 0; at < end; at += CHUNK) hash.update(readRange(file, at, Math.min(CHUNK, end - at)));
  const expected = Buffer.from(readRange(file, end, ID_BYTES)).toString("hex");
  const actual = hash.digest("hex");
  if (actual !== expected) problems.push({ id: file.shownAs, kind: "bad-pack", detail: `hashes to ${actual}, its trailer says ${expected}` });
}

function tryRead(id: ObjectId, read: () => StoredObject | undefined, problems: FsckProblem[]): StoredObject | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VibesafeHashMismatch) problems.push({ id, kind: isMisnamed(error) ? "hash-mismatch" : "corrupt", detail: error.message });
    else if (error instanceof VibesafeStoreError) problems.push({ id, kind: "corrupt", detail: error.message });
    else throw error;
    return undefined;
  }
}

const BAD_KIND: Readonly<Record<ObjectType, FsckKind>> = { blob: "corrupt", tree: "bad-tree", commit: "bad-commit", tag: "bad-tag" };

function linksOf(id: ObjectId, object: StoredObject, problems: FsckProblem[]): readonly Reference[] {
  try {
    return references(object.type, object.payload);
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    problems.push({ id, kind: BAD_KIND[object.type], detail: error.message });
    return [];
  }
}
