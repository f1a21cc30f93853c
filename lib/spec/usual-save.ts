/**
 * Commits and trees of saves as vibesafe writes them, recognised by their bytes: a program that loads a thousand units reads four
 * thousand. What looks otherwise is for the store's own parsers, which alone say what is wrong.
 *
 * @module
 */

import { ID_HEX, type ObjectId, type TreeId } from "../store/id.ts";
import { decodeUtf8 } from "../store/text.ts";
import { isUnitId } from "./unit-id.ts";
import type { SaidTrailers } from "./checkpoint/message.ts";

export interface UsualCommit extends SaidTrailers {
  readonly tree: TreeId;
}

const PERSON = "[^<>\\n\\0]+ <[^<>\\n\\0]*> (?:0|[1-9][0-9]{0,14}) [+-][0-9]{2}[0-5][0-9]\\n";
const HEADERS = new RegExp(`^tree ([0-9a-f]{64})\\n(?:parent [0-9a-f]{64}\\n)*author ${PERSON}committer ${PERSON}\\n`);
const TRAILERS = /\n\nVibesafe-Unit: ([^\n]+)\nVibesafe-Spec: ([0-9a-f]{64})\nVibesafe-Checkpoint: ([0-9a-f]{64})\n$/;

/** Git's four headers, a message, and the three trailers as its last paragraph; undefined for any other commit. */
export function usualCommit(payload: Uint8Array): UsualCommit | undefined {
  const text = decodeUtf8(payload, "commit");
  const [headers, tree] = HEADERS.exec(text) ?? [];
  // Of a message that is nothing but trailers, the blank line before it is the end of the headers.
  const [, unit, specHash, checkpointHash] = TRAILERS.exec(text) ?? [];
  if (headers === undefined || unit === undefined || specHash === undefined || checkpointHash === undefined) return undefined;
  if (!isUnitId(unit) || text.includes("\0")) return undefined;
  return { tree: tree as TreeId, unit, specHash, checkpointHash };
}

/**
 * The ids in a tree that holds exactly `entries`; undefined for any other.
 *
 * @param entries - in the order of the tree, folders ending in a slash
 */
export function usualTree(payload: Uint8Array, entries: readonly string[]): Map<string, ObjectId> | undefined {
  // In hex at once: for ids that are cut out of it, nothing is asked of the bytes again.
  const hex = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString("hex");
  const found = new Map<string, ObjectId>();
  let at = 0;
  for (const entry of entries) {
    const head = headOf(entry);
    if (!hex.startsWith(head, at)) return undefined;
    at += head.length + ID_HEX;
    found.set(entry, hex.slice(at - ID_HEX, at) as ObjectId);
  }
  return at === hex.length ? found : undefined;
}

const heads = new Map<string, string>();

/** What stands before the id of an entry, in hex. */
function headOf(entry: string): string {
  let head = heads.get(entry);
  if (head === undefined) {
    head = Buffer.from(entry.endsWith("/") ? `40000 ${entry.slice(0, -1)}\0` : `100644 ${entry}\0`).toString("hex");
    heads.set(entry, head);
  }
  return head;
}
