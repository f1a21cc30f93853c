/**
 * Names that a file system cannot hold side by side: `a` and `a/b`, and, where case does not count, `a` and `A`.
 *
 * @module
 */

import type { Dirent } from "node:fs";
import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { listFolder } from "./files.ts";
import { looseRefNames, readPackedRefs } from "./refs.ts";
import type { Store } from "./store.ts";

/**
 * Refuses new refs that clash with each other or with those that stay. Looks only at the folders that the new names are in.
 *
 * Case counts as a clash everywhere: a store travels to machines whose file system cannot tell.
 *
 * @throws VibesafeStoreError naming both
 */
export function checkNewNames(store: Store, created: readonly string[], deleted: ReadonlySet<string>): void {
  if (created.length === 0) return;
  const paths = new Map<string, { path: string; isRef: boolean }>();
  for (const name of readPackedRefs(store).keys()) if (!deleted.has(name)) addPacked(paths, name);
  for (const name of created) addPacked(paths, name, name);
  const folders = new Map<string, Dirent[]>();
  for (const name of created) checkLoose(store, name, deleted, folders);
}

function addPacked(paths: Map<string, { path: string; isRef: boolean }>, name: string, created?: string): void {
  const parts = name.split("/");
  for (let length = 1; length <= parts.length; length += 1) {
    const path = parts.slice(0, length).join("/");
    const isRef = length === parts.length;
    const known = paths.get(path.toLowerCase());
    if (known === undefined) paths.set(path.toLowerCase(), { path, isRef });
    else if (created !== undefined && known.path !== path) throw caseClash(created, known.path);
    else if (created !== undefined && (known.isRef || isRef)) throw folderClash(created, path);
  }
}

function checkLoose(store: Store, name: string, deleted: ReadonlySet<string>, folders: Map<string, Dirent[]>): void {
  const parts = name.split("/");
  for (let length = 1; length < parts.length; length += 1) {
    const folder = parts.slice(0, length).join("/");
    const part = parts[length] ?? "";
    const entries = folders.get(folder) ?? listFolder(join(store.dir, folder));
    folders.set(folder, entries);
    for (const entry of entries) {
      if (entry.name.toLowerCase() !== part.toLowerCase()) continue;
      // Where no clash can be, what is below need not be listed: it may be every ref there is.
      if (entry.name === part && entry.isDirectory() !== (length === parts.length - 1)) continue;
      const path = `${folder}/${entry.name}`;
      const refs = entry.isDirectory() ? looseRefNames(store, `${path}/`) : [path];
      if (refs.every((ref) => deleted.has(ref))) continue;
      if (entry.name !== part) throw caseClash(name, path);
      if (entry.isDirectory() === (length === parts.length - 1)) throw folderClash(name, path);
    }
  }
}

function caseClash(name: string, other: string): VibesafeStoreError {
  return new VibesafeStoreError(`cannot create ${name}: ${other} differs only in case, which not every file system can tell apart`, {
    remedy: "rename one of the two",
  });
}

function folderClash(name: string, path: string): VibesafeStoreError {
  return new VibesafeStoreError(`cannot create ${name}: ${path} would be the name of a ref and of a folder of refs`, {
    remedy: "rename one of the two",
  });
}
