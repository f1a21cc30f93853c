/**
 * `packed-refs`: many refs in one sorted file (gitrepository-layout(5); refs/packed-backend.c describes the header).
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { parseId, type ObjectId } from "./id.ts";
import { isRefName } from "./ref-name.ts";

export interface PackedRef {
  readonly id: ObjectId;
  /** What an annotated tag leads to. */
  readonly peeled?: ObjectId;
}

/**
 * Reads packed refs, by name.
 *
 * @throws VibesafeStoreError when a line is malformed or a name comes twice
 */
export function parsePackedRefs(text: string): Map<string, PackedRef> {
  const refs = new Map<string, PackedRef>();
  if (text === "") return refs;
  if (!text.endsWith("\n")) throw broken("its last line is cut short");
  let last: string | undefined;
  for (const raw of text.slice(0, -1).split("\n")) {
    const line = raw.replace(/\r$/, "");
    if (line.startsWith("#")) continue;
    if (line.startsWith("^")) {
      const tagged = last === undefined ? undefined : refs.get(last);
      if (last === undefined || tagged === undefined || tagged.peeled !== undefined) throw broken("a peeled line without its ref");
      refs.set(last, { id: tagged.id, peeled: parseId(line.slice(1)) });
      continue;
    }
    if (line.startsWith("<<<<<<< ")) throw new VibesafeStoreError("packed-refs holds a merge conflict that nobody settled", { remedy: "run `vibe merge`, then `vibe merge --ours`, `--theirs` or `--newest`" });
    const name = line.slice(65);
    if (line.charAt(64) !== " " || !isRefName(name)) throw broken(`line ${JSON.stringify(line.slice(0, 200))}`);
    if (refs.has(name)) throw broken(`${name} comes twice`);
    refs.set(name, { id: parseId(line.slice(0, 64)) });
    last = name;
  }
  return refs;
}

/** Writes packed refs, sorted. The header claims `peeled` for no ref that was not looked at, so readers peel for themselves. */
export function formatPackedRefs(refs: ReadonlyMap<string, PackedRef>): string {
  const names = [...refs.keys()].sort(compareRefNames);
  let out = "# pack-refs with: sorted \n";
  for (const name of names) {
    const ref = refs.get(name);
    if (ref === undefined) continue;
    out += `${ref.id} ${name}\n`;
    if (ref.peeled !== undefined) out += `^${ref.peeled}\n`;
  }
  return out;
}

/** Order of ref names: by bytes, as strcmp(3). UTF-16 order differs beyond U+FFFF. */
export function compareRefNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

function broken(detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad packed-refs: ${detail}`, { remedy: "restore packed-refs from version control" });
}
