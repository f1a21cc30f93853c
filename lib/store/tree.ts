/**
 * Tree objects: `<mode> <name>\0<32 bytes of id>`, one after the other, sorted.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { ID_BYTES, idFromBytes, idToBytes, type ObjectId } from "./id.ts";
import { decodeUtf8, isWellFormed } from "./text.ts";

/** File, executable, symbolic link, folder, submodule: the modes that `git fsck --strict` lets pass. */
export type TreeMode = "100644" | "100755" | "120000" | "40000" | "160000";

export interface TreeEntry {
  readonly mode: TreeMode;
  readonly name: string;
  readonly id: ObjectId;
}

export const TREE_MODE: TreeMode = "40000";
export const FILE_MODE: TreeMode = "100644";

const SPACE = 0x20;
const LONGEST_MODE = 6;

/**
 * Reads a tree.
 *
 * @throws VibesafeStoreError when it is cut short, unsorted, or holds an entry that `git fsck --strict` refuses
 */
export function parseTree(payload: Uint8Array): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let offset = 0;
  while (offset < payload.length) {
    const space = payload.indexOf(SPACE, offset);
    if (space === -1 || space - offset > LONGEST_MODE) throw broken(`no mode at byte ${offset}`);
    const end = payload.indexOf(0, space);
    if (end === -1 || end + 1 + ID_BYTES > payload.length) throw broken(`cut short in the entry at byte ${offset}`);
    const mode = parseMode(decodeUtf8(payload.subarray(offset, space), "tree"));
    const name = decodeUtf8(payload.subarray(space + 1, end), "tree");
    entries.push({ mode, name, id: idFromBytes(payload, end + 1) });
    offset = end + 1 + ID_BYTES;
  }
  checkEntries(entries);
  return entries;
}

/**
 * Writes a tree; the entries may come in any order.
 *
 * @throws VibesafeStoreError when two have one name, or a name is one that no tree may hold
 */
export function formatTree(entries: readonly TreeEntry[]): Uint8Array {
  const sorted = entries.map((entry) => ({ entry, key: sortKey(entry) })).sort((a, b) => Buffer.compare(a.key, b.key));
  checkEntries(sorted.map(({ entry }) => entry));
  const parts: Uint8Array[] = [];
  for (const { entry } of sorted) parts.push(Buffer.from(`${entry.mode} ${entry.name}\0`, "utf8"), idToBytes(entry.id));
  return Buffer.concat(parts);
}

/** Git compares names as bytes, and folders as if their name ended in a slash (gitformat: `base_name_compare`). */
function sortKey(entry: TreeEntry): Buffer {
  return Buffer.from(entry.mode === TREE_MODE ? `${entry.name}/` : entry.name, "utf8");
}

function parseMode(text: string): TreeMode {
  switch (text) {
    case "100644":
    case "100755":
    case "120000":
    case "40000":
    case "160000":
      return text;
    default:
      throw broken(`mode ${JSON.stringify(text)}`);
  }
}

function checkEntries(entries: readonly TreeEntry[]): void {
  // A file and a folder of one name need not be neighbours (`a`, `a.b`, `a/`), hence the set.
  const names = new Set<string>();
  let previous: TreeEntry | undefined;
  for (const entry of entries) {
    const { name } = entry;
    if (!PLAIN.test(name) && isForbiddenName(name)) throw broken(`entry named ${JSON.stringify(name)}`);
    if (names.has(name)) throw broken(`two entries named ${JSON.stringify(name)}`);
    names.add(name);
    if (previous !== undefined && !isBefore(previous, entry)) throw broken(`${JSON.stringify(name)} is out of order`);
    previous = entry;
    if (/^0+$/.test(entry.id)) throw broken(`${JSON.stringify(name)} names the null id`);
  }
}

/** Names that need no closer look: no `git~1`, nothing that begins with a dot. */
const PLAIN = /^(?!git~)[\w-][\w.~-]*$/i;

function isBefore(first: TreeEntry, second: TreeEntry): boolean {
  // Where both are ASCII, as almost always, strings compare as their bytes do.
  if (PLAIN.test(first.name) && PLAIN.test(second.name)) {
    return (first.mode === TREE_MODE ? `${first.name}/` : first.name) < (second.mode === TREE_MODE ? `${second.name}/` : second.name);
  }
  return Buffer.compare(sortKey(first), sortKey(second)) < 0;
}

/** Code points that HFS+ ignores in names: `.g\u200cit` is `.git` there (fsck's hasDotgit). */
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

function isForbiddenName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name) || !isWellFormed(name)) return true;
  return /^(?:\.git|git~1)(?:[ .]*$|[\\:])/i.test(name.replace(HFS_IGNORED, ""));
}

function broken(detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad tree: ${detail}`, { remedy: "run `vibe fsck`" });
}
