/**
 * Objects as a person reads them: what `git cat-file -p` and `git ls-tree` print.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { decodeCbor, type CborValue } from "../store/cbor.ts";
import type { ObjectType } from "../store/id.ts";
import type { StoredObject } from "../store/read.ts";
import { parseTree, TREE_MODE, type TreeMode } from "../store/tree.ts";

/** The content of an object, made readable: a tree as lines, CBOR as JSON, all else as it is. */
export function readable({ type, payload }: StoredObject): Uint8Array {
  if (type === "tree") return Buffer.from(parseTree(payload).map((entry) => `${treeLine(entry)}\t${quotePath(entry.name)}\n`).join(""), "utf8");
  const value = type === "blob" ? cborMap(payload) : undefined;
  return value === undefined ? payload : Buffer.from(`${JSON.stringify(value, showBytes, 2)}\n`, "utf8");
}

/** The CBOR map that a blob is, or undefined. No text in UTF-8 begins with the first byte of one. */
export function cborMap(payload: Uint8Array): CborValue | undefined {
  const first = payload[0] ?? 0;
  if (first < 0xa0 || first > 0xbb) return undefined;
  try {
    return decodeCbor(payload);
  } catch (error) {
    if (error instanceof VibesafeStoreError) return undefined;
    throw error;
  }
}

/** One line of `git ls-tree` up to the path. @param id - may be a short one */
export function treeLine({ mode, id }: { readonly mode: TreeMode; readonly id: string }): string {
  return `${mode.padStart(6, "0")} ${typeOfMode(mode)} ${id}`;
}

export function typeOfMode(mode: TreeMode): ObjectType {
  return mode === TREE_MODE ? "tree" : mode === "160000" ? "commit" : "blob";
}

const ESCAPES: Readonly<Record<number, string>> = { 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\" };

/** A path as git prints it: in quotes, with escapes, where it holds a quote, a backslash, control characters or what is no ASCII (core.quotePath). */
export function quotePath(path: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(path)) return path;
  const escaped = [...Buffer.from(path, "utf8")].map((byte) => {
    const letter = ESCAPES[byte];
    if (letter !== undefined) return `\\${letter}`;
    return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, "0")}` : String.fromCharCode(byte);
  });
  return `"${escaped.join("")}"`;
}

function showBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `h'${Buffer.from(value).toString("hex")}'` : value;
}
