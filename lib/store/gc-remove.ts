/**
 * Removing objects that another process may be about to use.
 *
 * Whoever re-uses an old object makes it young (`freshen.ts`). So what is to go is first moved aside, where nobody can re-use it any
 * more, then looked at again: if it has become young in between it comes back, else it is deleted. What a killed gc left aside
 * comes back at the next one, which then decides anew.
 *
 * @module
 */

import { linkSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ensureFolder, syncFolder } from "./durable.ts";
import { errorCode, fileError, isAbsent, listFolder, typedError } from "./files.ts";
import { fileStatus, PACK_ENDINGS, type PackFiles } from "./gc-inventory.ts";
import { isId, type ObjectId } from "./id.ts";
import { loosePath } from "./loose.ts";
import { areaDir, type ObjectArea, type Store } from "./store.ts";

function asideDir(store: Store, area: ObjectArea): string {
  return join(store.dir, "tmp", `pruned-${area}`);
}

/**
 * Removes loose objects, unless one of them has become younger than it was: whoever re-used it counts on what it leads to as well, so
 * then all stay.
 *
 * @param ages - when each was last written or re-used
 * @returns whether they were removed
 */
export function removeLoose(store: Store, area: ObjectArea, ages: ReadonlyMap<ObjectId, number>): boolean {
  const objectsDir = areaDir(store, area);
  const aside = asideDir(store, area);
  return attempt("remove from", objectsDir, () => {
    ensureFolder(aside);
    for (const id of ages.keys()) move(loosePath(objectsDir, id), join(aside, id));
    const isYounger = [...ages].some(([id, mtimeMs]) => (fileStatus(join(aside, id))?.mtimeMs ?? 0) > mtimeMs);
    if (isYounger) restoreAside(store, area);
    else for (const id of ages.keys()) rmSync(join(aside, id), { force: true });
    return !isYounger;
  });
}

/** Removes a pack unless somebody re-used an object of it since; tells whether it did. */
export function removePack(store: Store, area: ObjectArea, pack: PackFiles): boolean {
  const folder = join(areaDir(store, area), "pack");
  const aside = asideDir(store, area);
  const [packName, indexName] = [`${pack.stem}.pack`, `${pack.stem}.idx`];
  return attempt("remove", join(folder, packName), () => {
    ensureFolder(aside);
    // Without its index nobody finds the pack; whoever has it open still can make it young, until it moves as well.
    move(join(folder, indexName), join(aside, indexName));
    move(join(folder, packName), join(aside, packName));
    if ((fileStatus(join(aside, packName))?.mtimeMs ?? 0) > pack.mtimeMs) {
      restorePack(folder, aside, pack.stem);
      return false;
    }
    for (const ending of PACK_ENDINGS.slice(2)) rmSync(join(folder, pack.stem + ending), { force: true });
    rmSync(join(aside, packName), { force: true });
    rmSync(join(aside, indexName), { force: true });
    return true;
  });
}

/** Puts back what a gc that was killed left aside. */
export function restoreAside(store: Store, area: ObjectArea): void {
  const aside = asideDir(store, area);
  const objectsDir = areaDir(store, area);
  attempt("restore", aside, () => {
    for (const { name } of listFolder(aside)) {
      const stem = /^(pack-.+)\.(?:pack|idx)$/.exec(name)?.[1];
      if (stem !== undefined) restorePack(join(objectsDir, "pack"), aside, stem);
      else if (isId(name)) putBack(join(aside, name), loosePath(objectsDir, name));
    }
  });
}

/** What lies in `tmp/` for so long belongs to a process that was killed. */
const STALE_SECONDS = 86_400;

/** Removes what killed processes left in `tmp/`; not what a gc left aside, which comes back. */
export function removeStale(store: Store, now: number): void {
  const folder = join(store.dir, "tmp");
  for (const entry of listFolder(folder)) {
    const path = join(folder, entry.name);
    const status = entry.isFile() ? fileStatus(path) : undefined;
    if (status === undefined || now - status.mtimeMs / 1000 < STALE_SECONDS) continue;
    attempt("remove", path, () => rmSync(path, { force: true }));
  }
}

/** Removes what git derived from packs and commits, when those change: an index of several packs, a graph of commits. */
export function removeDerived(objectsDir: string, names: readonly string[]): void {
  for (const name of names) attempt("remove", join(objectsDir, name), () => rmSync(join(objectsDir, name), { force: true, recursive: true }));
}

/** Removes the folders of loose objects that are empty. */
export function removeEmptyFolders(objectsDir: string): void {
  for (const { name } of listFolder(objectsDir)) {
    if (!/^[0-9a-f]{2}$/.test(name)) continue;
    try {
      rmdirSync(join(objectsDir, name));
    } catch (error) {
      if (errorCode(error) !== "ENOTEMPTY" && errorCode(error) !== "EEXIST" && !isAbsent(error)) throw fileError("remove", join(objectsDir, name), error);
    }
  }
}

function restorePack(folder: string, aside: string, stem: string): void {
  ensureFolder(folder);
  move(join(aside, `${stem}.pack`), join(folder, `${stem}.pack`));
  if (fileStatus(join(folder, `${stem}.pack`)) !== undefined) move(join(aside, `${stem}.idx`), join(folder, `${stem}.idx`));
  else rmSync(join(aside, `${stem}.idx`), { force: true });
  syncFolder(folder);
}

/** Never over what somebody has written there meanwhile. */
function putBack(aside: string, path: string): void {
  ensureFolder(dirname(path));
  try {
    linkSync(aside, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  syncFolder(dirname(path));
  unlinkSync(aside);
}

/** Renames; false when there is nothing to rename. */
function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function attempt<Result>(doing: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw typedError(doing, basename(path), error);
  }
}
