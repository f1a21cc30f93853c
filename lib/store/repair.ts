/**
 * Mending a store: what is damaged moves aside, what somebody still holds comes back. Nothing is deleted.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeHashMismatch } from "../errors.ts";
import { ensureFolder, replaceFile, syncFolder } from "./durable.ts";
import { fileError, isAbsent, listFolder, readIfPresent } from "./files.ts";
import { fsck, type FsckOptions, type FsckReport } from "./fsck.ts";
import { hashObject, ID_BYTES, isId, type ObjectId } from "./id.ts";
import { completeStore, NEW_HEAD } from "./init.ts";
import { withLocks } from "./lock.ts";
import { loosePath, readLoose } from "./loose.ts";
import { DEFAULT_MAX_SIZE } from "./object.ts";
import { listPack } from "./pack.ts";
import { indexPack } from "./pack-reindex.ts";
import { hasSavedObject, readObject } from "./read.ts";
import { formatPackedRefs } from "./packed-refs.ts";
import { formatReflogEntry, reflogPath } from "./reflog.ts";
import { readLooseRef, readRefTarget } from "./refs.ts";
import { ifWhole, lostDir, openCopies } from "./repair-copies.ts";
import { rememberedPackedRefs, rememberedValue, wholeEntries, type CommittedFile } from "./repair-refs.ts";
import { packStems, pathInStore, refreshSources, unindexedPacks } from "./sources.ts";
import { areaDir, type Store } from "./store.ts";
import { writeObject, type NewObject } from "./write.ts";

export interface RepairOptions extends FsckOptions {
  /** Other stores, or folders of objects, that may hold copies: clones, backups. */
  readonly sources?: readonly string[];
  /** Objects that somebody made anew; what of them is missing is taken. */
  readonly objects?: readonly NewObject[];
  /** What the project's own repository has of the store's files that are no objects: refs. */
  readonly committed?: CommittedFile;
  /** Names the folder of what is moved aside. */
  readonly now?: Date;
}

export interface RepairReport {
  /** Objects that are there again. */
  readonly restored: readonly ObjectId[];
  /** Indexes that were made anew from their packs; paths from the store's folder. */
  readonly indexes: readonly string[];
  /** Refs, `packed-refs` and `HEAD` that hold again what logs, what was left, or the project's repository say. */
  readonly refs: readonly string[];
  /** Files that were moved or, of logs, copied to `lost/<time>/`; paths from the store's folder. */
  readonly aside: readonly string[];
  /** What fsck finds now. */
  readonly after: FsckReport;
}

/** Restores what it can. Run again, with other sources, it goes on where it ended. */
export function repair(store: Store, options: RepairOptions = {}): RepairReport {
  completeStore(store);
  return withLocks(store, (lock) => {
    lock(join(store.dir, "gc"));
    const stamp = (options.now ?? new Date()).toISOString().replace(/[-:]|\.\d+/g, "");
    const state: State = { store, lost: join(lostDir(store), stamp), aside: [], restored: new Set(), sources: options.sources ?? [], committed: options.committed ?? (() => undefined), made: madeAnew(options.objects ?? []) };
    const indexes = mendIndexes(state);
    const before = fsck(store);
    const damaged = before.problems.filter(({ kind }) => kind === "hash-mismatch" || kind === "corrupt").map(({ id }) => id).filter(isId);
    moveLoose(state, damaged);
    const packed = movePacks(state, before, new Set(damaged));
    refreshSources(store);
    restoreObjects(state, [...damaged, ...packed]);
    const refs = before.problems.filter(({ kind }) => kind === "bad-ref").map(({ id }) => id).filter((name) => restoreRef(state, name, lock));
    const broken = fsck(store).problems.filter(({ kind }) => kind === "bad-reflog").map(({ id }) => id);
    for (const name of new Set(broken)) mendLog(state, name);
    return { restored: [...state.restored].sort(), indexes, refs, aside: state.aside, after: fsck(store, options) };
  });
}

interface State {
  readonly store: Store;
  /** Where damaged files go. */
  readonly lost: string;
  readonly aside: string[];
  readonly restored: Set<ObjectId>;
  readonly sources: readonly string[];
  readonly committed: CommittedFile;
  readonly made: ReadonlyMap<ObjectId, NewObject>;
}

function madeAnew(objects: readonly NewObject[]): Map<ObjectId, NewObject> {
  return new Map(objects.map((object): [ObjectId, NewObject] => [hashObject(object.type, object.payload), object]));
}

/** Gives packs that are whole an index where theirs is gone, damaged, or not what the pack says. */
function mendIndexes(state: State): string[] {
  const objectsDir = areaDir(state.store, "objects");
  const made: string[] = [];
  for (const stem of [...packStems(objectsDir), ...unindexedPacks(objectsDir)]) {
    const path = join(objectsDir, "pack", stem);
    const index = readIfPresent(`${path}.idx`, 2 ** 32);
    if (index !== undefined && endsWithItsHash(index) && ifWhole(() => listPack(path)) !== undefined) continue;
    const fresh = indexPack(`${path}.pack`, `${stem}.pack`);
    if (fresh === undefined) continue;
    moveAside(state, `${path}.idx`);
    replaceFile(state.store, `${path}.idx`, fresh, { mode: 0o444 });
    made.push(pathInStore(state.store, `${path}.idx`));
  }
  return made;
}

function endsWithItsHash(file: Uint8Array): boolean {
  return createHash("sha256").update(file.subarray(0, -ID_BYTES)).digest().equals(file.subarray(-ID_BYTES));
}

function moveLoose(state: State, ids: readonly ObjectId[]): void {
  for (const area of ["objects", "cache"] as const) {
    for (const id of ids) {
      try {
        readLoose(areaDir(state.store, area), id, DEFAULT_MAX_SIZE);
      } catch (error) {
        if (!(error instanceof VibesafeHashMismatch)) throw error;
        moveAside(state, loosePath(areaDir(state.store, area), id));
      }
    }
  }
}

/** Moves packs aside that are damaged anywhere; gives the objects that they had, to be taken from them one by one. */
function movePacks(state: State, { problems }: FsckReport, damaged: ReadonlySet<ObjectId>): ObjectId[] {
  const folder = join(areaDir(state.store, "objects"), "pack");
  const bad = new Set(problems.filter(({ kind }) => kind === "bad-pack").map(({ id }) => id.replace(/\.(?:pack|idx)$/, "")));
  const had: ObjectId[] = [];
  for (const stem of new Set(listFolder(folder).flatMap(({ name }) => /^(pack-.+)\.idx$/.exec(name)?.[1] ?? []))) {
    const ids = ifWhole(() => listPack(join(folder, stem))) ?? [];
    if (!bad.has(pathInStore(state.store, join(folder, stem))) && !ids.some((id) => damaged.has(id))) continue;
    had.push(...ids);
    for (const { name } of listFolder(folder)) if (name.startsWith(`${stem}.`)) moveAside(state, join(folder, name));
  }
  return had;
}

/** Looks for copies of what is gone, and then of what that names, until nothing more is found. */
function restoreObjects(state: State, gone: readonly ObjectId[]): void {
  const { store } = state;
  const copies = openCopies(store, state.sources);
  const tried = new Set<ObjectId>();
  for (let wanted = new Set([...gone, ...missingFrom(store)]); wanted.size > 0; ) {
    for (const id of wanted) {
      tried.add(id);
      if (hasSavedObject(store, id) && ifWhole(() => readObject(store, id)) !== undefined) continue;
      const object = copies.find(id) ?? state.made.get(id);
      if (object === undefined) continue;
      writeObject(store, object.type, object.payload);
      state.restored.add(id);
    }
    wanted = new Set(missingFrom(store).filter((id) => !tried.has(id)));
  }
}

/** What refs, logs and objects name and the store does not have. */
function missingFrom(store: Store): ObjectId[] {
  const { problems, notices } = fsck(store);
  const names = [...problems, ...notices].map(({ kind, id, detail }) => {
    if (kind === "missing") return id;
    return kind === "dangling-ref" || kind === "bad-reflog" ? (/[0-9a-f]{64}/.exec(detail)?.[0] ?? "") : "";
  });
  return names.filter(isId);
}

/** Gives a file of refs that is nonsense what can be found of what it held. */
function restoreRef(state: State, name: string, lock: (path: string) => void): boolean {
  const { store } = state;
  const path = join(store.dir, name);
  lock(path);
  const text = restoredText(state, name);
  if (text === undefined) return false;
  moveAside(state, path);
  replaceFile(store, path, Buffer.from(text, "utf8"));
  return true;
}

function restoredText({ store, committed }: State, name: string): string | undefined {
  // A HEAD that is whole cannot be followed while packed-refs is damaged.
  if (name === "HEAD") return ifWhole(() => readLooseRef(store, name)) === undefined ? NEW_HEAD : undefined;
  if (name === "packed-refs") {
    const refs = rememberedPackedRefs(store, committed);
    return refs && formatPackedRefs(refs);
  }
  if (!name.startsWith("refs/") || ifWhole(() => readRefTarget(store, name)) !== undefined) return undefined;
  const id = rememberedValue(store, name, committed);
  return typeof id === "string" ? `${id}\n` : undefined;
}

/** Copies a log aside and keeps of it the lines that can be read, also those that lead to what is missing: it may yet be found. */
function mendLog(state: State, name: string): void {
  const path = reflogPath(state.store, name);
  const bytes = readIfPresent(path, 2 ** 28);
  if (bytes === undefined) return;
  const text = wholeEntries(state.store, name).map((entry) => formatReflogEntry(entry)).join("");
  if (Buffer.from(text, "utf8").equals(bytes)) return;
  const copy = asidePath(state, path);
  writeFileSync(copy, bytes);
  state.aside.push(pathInStore(state.store, copy));
  replaceFile(state.store, path, Buffer.from(text, "utf8"));
}

function moveAside(state: State, path: string): void {
  const target = asidePath(state, path);
  try {
    renameSync(path, target);
  } catch (error) {
    if (isAbsent(error)) return;
    throw fileError("move aside", pathInStore(state.store, path), error);
  }
  syncFolder(dirname(target));
  syncFolder(dirname(path));
  state.aside.push(pathInStore(state.store, target));
}

function asidePath({ store, lost }: State, path: string): string {
  const target = join(lost, pathInStore(store, path));
  ensureFolder(dirname(target));
  // Whatever the project's repository ignores: this is for a person to look at, not to keep.
  writeFileSync(join(lostDir(store), ".gitignore"), "*\n");
  return target;
}
