/**
 * What folders hold, as text that can be compared: a name that comes or goes can change what an import means.
 *
 * @module
 */

import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";

/** Folder, POSIX path from the root (empty for the root itself) -> names, each with a letter for its kind, parted by slashes. */
export type Folders = ReadonlyMap<string, string>;

/** Slashes part the names because no name has one. Sorted: the order of a folder is the file system's business. */
export function listingOf(entries: readonly Dirent[]): string {
  return entries
    .map((entry) => entry.name + (entry.isFile() ? "f" : entry.isDirectory() ? "d" : entry.isSymbolicLink() ? "l" : "o"))
    .sort()
    .join("/");
}

/** The folder as it is now; undefined when it cannot be listed. */
export function listFolder(root: string, folder: string): string | undefined {
  try {
    return listingOf(readdirSync(join(root, folder), { withFileTypes: true }));
  } catch (cause) {
    // Whatever the reason, nothing is known about it.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
}

/** Whether a folder has an entry of this name, of whatever kind. */
export function holds(listing: string, name: string): boolean {
  return listing.split("/").some((entry) => entry.slice(0, -1) === name);
}

/**
 * The entries that a look-up of `stem` may find, with or without an extension.
 * Without regard to case: some file systems find `Text.ts` for `text`.
 */
export function candidatesIn(listing: string, stem: string): string {
  const wanted = stem.toLowerCase();
  const found = listing.split("/").filter((entry) => {
    const name = entry.slice(0, -1).toLowerCase();
    return name === wanted || name.startsWith(`${wanted}.`);
  });
  return found.join("/");
}
