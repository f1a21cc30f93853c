/**
 * Reading refs, loose and packed.
 *
 * @module
 */

import { statSync } from "node:fs";
import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { fileError, isAbsent, listFolder, readTextIfPresent } from "./files.ts";
import { isId, type CommitId, type ObjectId } from "./id.ts";
import { compareRefNames, parsePackedRefs, type PackedRef } from "./packed-refs.ts";
import { checkRefName, isRefName } from "./ref-name.ts";
import type { Store } from "./store.ts";

/** What a ref's file holds: an id, or the name of another ref. */
export type RefValue = { readonly id: ObjectId } | { readonly symbolic: string };

export interface Ref<Target extends ObjectId = CommitId> {
  readonly name: string;
  readonly id: Target;
}

export interface Head {
  /** The ref that HEAD names; undefined when it holds an id itself. */
  readonly ref: string | undefined;
  /** Undefined when that ref does not exist yet. */
  readonly id: ObjectId | undefined;
}

const REF_LIMIT = 1 << 12;
const PACKED_LIMIT: number = 2 ** 28;

/** Git's SYMREF_MAXDEPTH. */
const DEEPEST = 5;

/** A writer that moves several refs takes milliseconds; a reader that meets this many in a row is not unlucky. */
const MOST_TRIES = 50;

/**
 * The commit that a ref leads to, or undefined when there is no such ref. The commit itself is not looked at.
 *
 * Units, candidates and branches hold commits; of a ref that may hold an annotated tag ask `readRefTarget`.
 *
 * @throws VibesafeStoreError when the ref is damaged or leads in a circle
 */
export function readRef(store: Store, name: string): CommitId | undefined {
  const id = readRefTarget(store, name);
  return id === undefined ? undefined : (id as CommitId);
}

/** The id that a ref leads to, of whatever type, or undefined when there is no such ref. */
export function readRefTarget(store: Store, name: string): ObjectId | undefined {
  let current = name;
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const value = readRefValue(store, current);
    if (value === undefined) return undefined;
    if ("id" in value) return value.id;
    current = value.symbolic;
  }
  throw new VibesafeStoreError(`ref ${name}: more than ${DEEPEST} symbolic refs in a row`, { remedy: `edit ${join(store.dir, name)}` });
}

/** What a ref holds, without following it; undefined when there is no such ref. */
export function readRefValue(store: Store, name: string): RefValue | undefined {
  checkRefName(name);
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const loose = readLooseRef(store, name);
    if (loose !== undefined || !name.startsWith("refs/")) return loose;
    const before = packedSignature(store);
    const packed = readPackedRefs(store).get(name);
    if (packed !== undefined) return { id: packed.id };
    // A transaction moves refs by way of packed-refs: absent is what is in neither while packed-refs stays the same.
    const again = readLooseRef(store, name);
    if (again !== undefined) return again;
    if (before === packedSignature(store)) return undefined;
  }
  throw busy(store);
}

/**
 * Every ref whose name begins with `prefix`, sorted by bytes.
 *
 * @throws VibesafeStoreError when one of them is damaged
 */
export function listRefs(store: Store, prefix: string = "refs/"): Ref[] {
  const found: Ref[] = [];
  for (const { name, value } of listRefValues(store, prefix)) {
    const id = "id" in value ? value.id : readRefTarget(store, name);
    if (id !== undefined) found.push({ name, id: id as CommitId });
  }
  return found;
}

/** Every ref below `refs/` whose name begins with `prefix`, as it stands, sorted. */
export function listRefValues(store: Store, prefix: string = "refs/"): { name: string; value: RefValue }[] {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const before = packedSignature(store);
    const found = new Map<string, RefValue>();
    for (const name of looseRefNames(store, prefix)) {
      const value = readLooseRef(store, name);
      if (value !== undefined) found.set(name, value);
    }
    for (const [name, ref] of readPackedRefs(store)) {
      if (name.startsWith(prefix) && !found.has(name)) found.set(name, { id: ref.id });
    }
    if (before !== packedSignature(store)) continue;
    return [...found].map(([name, value]) => ({ name, value })).sort((a, b) => compareRefNames(a.name, b.name));
  }
  throw busy(store);
}

/**
 * What HEAD holds.
 *
 * @throws VibesafeStoreError when it is missing or damaged
 */
export function readHead(store: Store): Head {
  const value = readRefValue(store, "HEAD");
  if (value === undefined) throw new VibesafeStoreError(`${store.dir} has no HEAD`, { remedy: "run `vibe init`" });
  if ("id" in value) return { ref: undefined, id: value.id };
  return { ref: value.symbolic, id: readRefTarget(store, value.symbolic) };
}

/** The refs of `packed-refs`, by name. */
export function readPackedRefs(store: Store): Map<string, PackedRef> {
  return parsePackedRefs(readTextIfPresent(join(store.dir, "packed-refs"), PACKED_LIMIT) ?? "");
}

/** What a ref's own file holds; undefined when it has none. */
export function readLooseRef(store: Store, name: string): RefValue | undefined {
  const path = join(store.dir, name);
  const text = readTextIfPresent(path, REF_LIMIT);
  if (text === undefined) return undefined;
  const value = text.replace(/\s+$/, "");
  if (isId(value)) return { id: value };
  const symbolic = /^ref:\s*(.*)$/.exec(value)?.[1];
  if (symbolic !== undefined && isRefName(symbolic)) return { symbolic };
  if (text.startsWith("<<<<<<< ")) {
    throw new VibesafeStoreError(`ref ${name} at ${path} holds a merge conflict: both sides saved it, and nobody chose`, {
      remedy: "run `vibe merge` to see both, then `vibe merge --ours`, `--theirs` or `--newest`",
    });
  }
  throw new VibesafeStoreError(`ref ${name} at ${path} holds ${JSON.stringify(text.slice(0, 100))}`, {
    remedy: "restore the file from version control, or delete it if the ref is not needed",
  });
}

/** Names of the refs that have a file. What git's rules do not allow (an editor's backup, `.DS_Store`, a lock) is no ref. */
export function looseRefNames(store: Store, prefix: string): string[] {
  const folder = prefix.slice(0, prefix.lastIndexOf("/"));
  const names: string[] = [];
  const walk = (path: string): void => {
    for (const entry of listFolder(join(store.dir, path))) {
      const name = `${path}/${entry.name}`;
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) walk(name);
      else if (name.startsWith(prefix) && isRefName(name)) names.push(name);
    }
  };
  if (folder === "refs" || folder.startsWith("refs/")) walk(folder);
  return names;
}

/** Changes whenever packed-refs is replaced: every writer makes a new file. */
function packedSignature(store: Store): string {
  const path = join(store.dir, "packed-refs");
  try {
    const { ino, mtimeNs, size } = statSync(path, { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch (error) {
    if (isAbsent(error)) return "absent";
    throw fileError("look at", path, error);
  }
}

function busy(store: Store): VibesafeStoreError {
  return new VibesafeStoreError(`packed-refs of ${store.dir} changes faster than it can be read`, { busy: true, remedy: "run the command again" });
}
