/**
 * Moving refs: all or none, by compare-and-swap, with a line in each reflog.
 *
 * One ref moves by renaming its file. Several move by renaming `packed-refs` once: their old values are packed first, their files
 * removed, and the new `packed-refs` then moves them all in one step, for every reader and whatever the process dies of. Afterwards
 * they get files again, which merge better in the project's own repository than one file that holds them all. What is only remembered
 * of a remote moves file by file.
 *
 * @module
 */

import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { replaceFile, syncFolder } from "./durable.ts";
import { errorCode, fileError, isAbsent } from "./files.ts";
import type { ObjectId } from "./id.ts";
import type { Identity } from "./identity.ts";
import { completeStore } from "./init.ts";
import { withLocks } from "./lock.ts";
import { compareRefNames, formatPackedRefs, type PackedRef } from "./packed-refs.ts";
import { checkNewNames } from "./ref-clash.ts";
import { checkRefName } from "./ref-name.ts";
import { appendReflog } from "./reflog-write.ts";
import { readLooseRef, readPackedRefs, readRefValue } from "./refs.ts";
import type { Store } from "./store.ts";

export interface RefUpdate {
  readonly name: string;
  /** What the ref must hold now: an id, null for "must not exist"; left out, it is not looked at. */
  readonly expected?: ObjectId | null | undefined;
  /** Null deletes the ref. */
  readonly to: ObjectId | null;
}

export interface RefLogMessage {
  readonly who: Identity;
  readonly message: string;
  /** Called with what is about to move, under the locks: of two transactions that share a ref, the one that moves it first is announced first. */
  readonly announce?: (moves: readonly RefTransition[]) => void;
  /**
   * True for what a remote held, on which no save depends: the lines of its logs are not synced, as git's never are, and the refs move one
   * by one, by their files. A process that dies in between leaves some of them as they were, which the next fetch mends.
   */
  readonly ofRemote?: boolean;
}

/** What becomes of one ref. */
export interface RefTransition {
  readonly name: string;
  readonly from: ObjectId | null;
  readonly to: ObjectId | null;
}

/**
 * Moves refs. All move, or none does; a ref that already holds its new value is left alone, without a line in its log.
 *
 * @throws VibesafeStoreError when a ref is not what was expected or is locked (`STORE_BUSY`), clashes with another name, or cannot be written
 */
export function updateRefs(store: Store, updates: readonly RefUpdate[], log: RefLogMessage): void {
  const sorted = [...updates].sort((a, b) => compareRefNames(a.name, b.name));
  for (const [index, { name }] of sorted.entries()) {
    checkRefName(name);
    if (sorted[index + 1]?.name === name) throw new TypeError(`two updates of ${name} in one transaction`);
  }
  completeStore(store);
  withLocks(store, (lock) => {
    // Sorted, so that two transactions never wait for each other in a circle.
    for (const { name } of sorted) lock(join(store.dir, name));
    const moves = sorted.map((update) => verify(store, update)).filter((move) => move.from !== move.to);
    const created = moves.filter(({ from, to }) => from === null && to !== null).map(({ name }) => name);
    checkNewNames(store, created, new Set(moves.filter(({ to }) => to === null).map(({ name }) => name)));
    const [first] = moves;
    if (first === undefined) return;
    const single = (moves.length === 1 || log.ofRemote === true) && moves.every(({ to }) => to !== null);
    if (!single) lock(join(store.dir, "packed-refs"));
    log.announce?.(moves);
    // Before the move, as git does: a move without its line would be lost, a line without its move says what was tried.
    for (const move of moves) appendReflog(store, move.name, { ...move, who: log.who, message: log.message }, log.ofRemote !== true);
    if (single) writeAllLoose(store, moves);
    else movePacked(store, moves);
  });
  for (const { name, to } of sorted) if (to === null) removeEmptyFolders(store, dirname(name));
}

function verify(store: Store, update: RefUpdate): RefTransition {
  const { name, expected, to } = update;
  const value = readRefValue(store, name);
  if (value !== undefined && "symbolic" in value) {
    throw new VibesafeStoreError(`${name} is a symbolic ref to ${value.symbolic}`, { remedy: `move ${value.symbolic} instead` });
  }
  const from = value?.id ?? null;
  if (expected !== undefined && expected !== from) {
    throw new VibesafeStoreError(`${name} is ${from ?? "absent"}, expected ${expected ?? "absent"}: somebody else moved it`, {
      busy: true,
      remedy: "look at what it holds now, then run the command again",
    });
  }
  return { name, from, to };
}

/** Gives each ref its file, and syncs each folder once. */
function writeAllLoose(store: Store, moves: readonly RefTransition[]): void {
  for (const { name, to } of moves) {
    const path = join(store.dir, name);
    removeEmptyFoldersAt(path);
    replaceFile(store, path, Buffer.from(`${to}\n`, "latin1"), { syncFolder: false });
  }
  for (const folder of new Set(moves.map(({ name }) => dirname(name)))) syncFolder(join(store.dir, folder));
}

function movePacked(store: Store, moves: readonly RefTransition[]): void {
  const original = readPackedRefs(store);
  const packed = new Map(original);
  const loose = moves.filter(({ name }) => readLooseRef(store, name) !== undefined);
  if (loose.length > 0) {
    for (const { name, from } of loose) if (from !== null) packed.set(name, { id: from });
    writePacked(store, packed);
    for (const { name } of loose) removeLoose(store, name);
    for (const folder of new Set(loose.map(({ name }) => dirname(name)))) syncFolder(join(store.dir, folder));
  }
  for (const { name, to } of moves) {
    if (to === null) packed.delete(name);
    else packed.set(name, { id: to });
  }
  writePacked(store, packed);
  unpack(store, moves, original);
}

/** Gives moved refs their files back. They have moved already: what fails here leaves them packed, which is as good. */
function unpack(store: Store, moves: readonly RefTransition[], original: ReadonlyMap<string, PackedRef>): void {
  try {
    writeAllLoose(store, moves.filter(({ to }) => to !== null));
    const rest = new Map(original);
    for (const { name } of moves) rest.delete(name);
    writePacked(store, rest);
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
  }
}

function writePacked(store: Store, refs: ReadonlyMap<string, PackedRef>): void {
  const path = join(store.dir, "packed-refs");
  if (refs.size > 0) {
    replaceFile(store, path, Buffer.from(formatPackedRefs(refs), "utf8"));
    return;
  }
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError("remove", path, error);
  }
  syncFolder(store.dir);
}

function removeLoose(store: Store, name: string): void {
  const path = join(store.dir, name);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError("remove", path, error);
  }
}

/** Removes folders that a deletion left empty, up to the namespace (`refs/units`). */
export function removeEmptyFolders(store: Store, folder: string): void {
  for (let path = folder; path.split("/").length > 2; path = dirname(path)) {
    try {
      rmdirSync(join(store.dir, path));
    } catch (error) {
      // Somebody else's ref or lock is in it, or somebody else removed it.
      if (isAbsent(error) || errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST") return;
      throw fileError("remove", join(store.dir, path), error);
    }
  }
}

/** Clears empty folders from where a ref's file is to be. */
function removeEmptyFoldersAt(path: string): void {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) removeEmptyFoldersAt(join(path, entry.name));
    rmdirSync(path);
  } catch (error) {
    if (isAbsent(error) || errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST") return;
    throw fileError("remove", path, error);
  }
}
