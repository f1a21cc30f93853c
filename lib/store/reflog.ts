/**
 * Reflogs: every move of a ref, one a line: `<from> <to> <who> <when>\t<message>`.
 *
 * @module
 */

import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { listFolder, readIfPresent } from "./files.ts";
import { ID_HEX, parseId, type ObjectId } from "./id.ts";
import { formatIdentity, parseIdentity, type Identity } from "./identity.ts";
import { checkRefName, isRefName } from "./ref-name.ts";
import type { Store } from "./store.ts";
import { decodeUtf8 } from "./text.ts";

export interface ReflogEntry {
  /** Null when the ref was created. */
  readonly from: ObjectId | null;
  /** Null when the ref was deleted. */
  readonly to: ObjectId | null;
  readonly who: Identity;
  /** One line. */
  readonly message: string;
}

/** What stands for "no object" in reflogs. */
export const NULL_ID: string = "0".repeat(ID_HEX);

const LOG_LIMIT: number = 2 ** 28;

/**
 * A ref's moves, oldest first; none when it has no log, as in a fresh checkout.
 *
 * @throws VibesafeStoreError when a line is malformed
 */
export function readReflog(store: Store, ref: string): ReflogEntry[] {
  checkRefName(ref);
  const path = reflogPath(store, ref);
  const bytes = readIfPresent(path, LOG_LIMIT);
  return bytes === undefined ? [] : parseReflog(bytes, path);
}

/** Names of the refs that have a log, also of those that are gone, sorted. */
export function listReflogs(store: Store): string[] {
  const names: string[] = [];
  const walk = (path: string): void => {
    for (const entry of listFolder(join(store.dir, "logs", path))) {
      const name = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (isRefName(name)) names.push(name);
    }
  };
  walk("");
  return names.sort();
}

/** Path of a ref's log. */
export function reflogPath(store: Store, ref: string): string {
  return join(store.dir, "logs", ref);
}

/**
 * Reads a reflog.
 *
 * @param where - what to call it in messages
 * @throws VibesafeStoreError when a line is malformed or the last one is cut short
 */
export function parseReflog(bytes: Uint8Array, where: string): ReflogEntry[] {
  const text = decodeUtf8(bytes, where);
  if (text === "") return [];
  if (!text.endsWith("\n")) throw broken(where, "its last line is cut short");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line, index) => parseLine(line, `${where}:${index + 1}`));
}

/** One line of a reflog, with its line feed. */
export function formatReflogEntry(entry: ReflogEntry): string {
  const message = entry.message
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/[\s\0]+/g, " ")
    .trim();
  const tail = message === "" ? "" : `\t${message}`;
  return `${entry.from ?? NULL_ID} ${entry.to ?? NULL_ID} ${formatIdentity(entry.who)}${tail}\n`;
}

function parseLine(line: string, where: string): ReflogEntry {
  const from = line.slice(0, ID_HEX);
  const to = line.slice(ID_HEX + 1, 2 * ID_HEX + 1);
  if (line.charAt(ID_HEX) !== " " || line.charAt(2 * ID_HEX + 1) !== " ") throw broken(where, "no two ids");
  const rest = line.slice(2 * ID_HEX + 2);
  const tab = rest.indexOf("\t");
  return {
    from: from === NULL_ID ? null : parseId(from),
    to: to === NULL_ID ? null : parseId(to),
    who: parseIdentity(tab === -1 ? rest : rest.slice(0, tab), where),
    message: tab === -1 ? "" : rest.slice(tab + 1),
  };
}

function broken(where: string, detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad reflog ${where}: ${detail}`, { remedy: `repair or delete ${where.replace(/:\d+$/, "")}: no save depends on it` });
}
