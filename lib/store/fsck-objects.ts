/**
 * The objects' part of fsck.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import { listFolder } from "./files.ts";
import type { FsckKind, FsckProblem } from "./fsck-report.ts";
import { ID_BYTES, type ObjectId, type ObjectType } from "./id.ts";
import { listLoose } from "./list-objects.ts";
import { readLoose } from "./loose.ts";
import { DEFAULT_MAX_SIZE, type StoredObject } from "./object.ts";
import { readRange, type OpenFile } from "./open-file.ts";
import { listIndex } from "./pack-index.ts";
import { openPack, readPacked } from "./pack.ts";
import { references, type Reference } from "./references.ts";
import { objectDirs } from "./alternates.ts";
import type { Store } from "./store.ts";

/** What is known of each object; of one that is damaged only that it is there. */
export type ObjectCensus = ReadonlyMap<ObjectId, { readonly type: ObjectType | undefined; readonly links: readonly Reference[] }>;

/** Reads every copy of every object, and says what is wrong with it. */
export function checkObjects(store: Store, problems: FsckProblem[]): ObjectCensus {
  const census = new Map<ObjectId, { type: ObjectType | undefined; links: readonly Reference[] }>();
  const check = (id: ObjectId, read: () => StoredObject | undefined): void => {
    const object = tryRead(id, read, problems);
    const known = census.get(id);
    if (object === undefined) census.set(id, known ?? { type: undefined, links: [] });
    else if (known?.type === undefined) census.set(id, { type: object.type, links: linksOf(id, object, problems) });
  };
  for (const objectsDir of objectDirs(store)) {
    const { ids, strays } = listLoose(objectsDir);
    for (const path of strays) problems.push({ id: path, kind: "stray", detail: "is no object" });
    for (const id of ids) check(id, () => readLoose(objectsDir, id, DEFAULT_MAX_SIZE));
    checkPacks(join(objectsDir, "pack"), check, problems);
  }
  return census;
}

function checkPacks(folder: string, check: (id: ObjectId, read: () => StoredObject | undefined) => void, problems: FsckProblem[]): void {
  for (const { name } of listFolder(folder)) {
    const stem = /^(pack-.+)\.idx$/.exec(name)?.[1];
    if (stem === undefined) continue;
    const path = join(folder, stem);
    try {
      const pack = openPack(path);
      if (pack === undefined) {
        problems.push({ id: path, kind: "bad-pack", detail: "has an index and no pack" });
        continue;
      }
      checkTrailer(pack.file, problems);
      checkTrailer(pack.index.file, problems);
      for (const id of listIndex(pack.index)) check(id, () => readPacked(pack, id, DEFAULT_MAX_SIZE));
    } catch (error) {
      if (!(error instanceof VibesafeStoreError)) throw error;
      problems.push({ id: path, kind: "bad-pack", detail: error.message });
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
  if (actual !== expected) problems.push({ id: file.path, kind: "bad-pack", detail: `hashes to ${actual}, its trailer says ${expected}` });
}

function tryRead(id: ObjectId, read: () => StoredObject | undefined, problems: FsckProblem[]): StoredObject | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof VibesafeHashMismatch) problems.push({ id, kind: "hash-mismatch", detail: error.message });
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
