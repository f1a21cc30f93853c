/**
 * What damaged refs held, as far as their logs, what is left of them and the project's own repository tell.
 *
 * @module
 */

import { join } from "node:path";
import { readIfPresent } from "./files.ts";
import { isId, type ObjectId } from "./id.ts";
import { parsePackedRefs, type PackedRef } from "./packed-refs.ts";
import { isRefName } from "./ref-name.ts";
import { readObject } from "./read.ts";
import { listReflogs, parseReflog, reflogPath, type ReflogEntry } from "./reflog.ts";
import { readLooseRef } from "./refs.ts";
import { ifWhole } from "./repair-copies.ts";
import type { Store } from "./store.ts";

/** A file of the store, by its path there, as the project's own repository has it; undefined where it has none. */
export type CommittedFile = (path: string) => string | undefined;

/** Lines of a ref's log that can be read. */
export function wholeEntries(store: Store, name: string): ReflogEntry[] {
  const path = reflogPath(store, name);
  const text = Buffer.from(readIfPresent(path, 2 ** 28) ?? new Uint8Array()).toString("utf8");
  return text.split("\n").flatMap((line) => ifWhole(() => parseReflog(Buffer.from(`${line}\n`), path)) ?? []);
}

/** What a ref should hold: by its log, else by the project's repository; null when it was deleted, undefined when nobody knows an object that is whole, or both sides of a merge are there. */
export function rememberedValue(store: Store, name: string, committed: CommittedFile): ObjectId | null | undefined {
  const held = Buffer.from(readIfPresent(join(store.dir, name), 2 ** 12) ?? new Uint8Array()).toString("latin1");
  if (held.startsWith("<<<<<<< ")) return undefined;
  const last = wholeEntries(store, name).at(-1)?.to;
  if (last === null) return null;
  const there = committed(name)?.trim() ?? "";
  return [last, isId(there) ? there : undefined].find((id) => id !== undefined && isWhole(store, id));
}

/**
 * The refs that a damaged packed-refs should hold: those of its lines that can be read and lead to an object, those whose log ends with
 * one, and those that the project's repository has packed. Undefined where it holds a merge conflict: that is for `vibe merge`.
 */
export function rememberedPackedRefs(store: Store, committed: CommittedFile): Map<string, PackedRef> | undefined {
  const text = Buffer.from(readIfPresent(join(store.dir, "packed-refs"), 2 ** 28) ?? new Uint8Array()).toString("utf8");
  if (/^<<<<<<< /m.test(text)) return undefined;
  const left = new Map(text.split("\n").flatMap((line) => [...readable(`${line}\n`)]));
  const packedThere = readable(committed("packed-refs") ?? "");
  const names = new Set([...left.keys(), ...packedThere.keys(), ...listReflogs(store).filter((name) => name.startsWith("refs/") && isRefName(name))]);
  const refs = new Map<string, PackedRef>();
  for (const name of names) {
    const here = left.get(name);
    // A ref with a file of its own needs no line.
    if (here === undefined && ifWhole(() => readLooseRef(store, name)) !== undefined) continue;
    const logged = wholeEntries(store, name).at(-1)?.to;
    if (here === undefined && logged === null) continue;
    const id = [here?.id, logged ?? undefined, packedThere.get(name)?.id].find((found) => found !== undefined && isWhole(store, found));
    if (id !== undefined) refs.set(name, { id });
  }
  return refs;
}

function readable(text: string): ReadonlyMap<string, PackedRef> {
  return ifWhole(() => parsePackedRefs(text)) ?? new Map();
}

function isWhole(store: Store, id: ObjectId): boolean {
  return ifWhole(() => readObject(store, id)) !== undefined;
}
