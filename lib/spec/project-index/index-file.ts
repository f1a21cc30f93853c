/**
 * The index on disk: `cache/index/specs` in the store, one line that identifies it, then JSON.
 *
 * It is a cache: it may be deleted at any time, and whatever is not exactly what this version wrote for this project is ignored.
 *
 * @module
 */

import { hash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Changes with the meaning of anything that is kept. */
const FORMAT = 1;

function folderOf(storeDir: string): string {
  return join(storeDir, "cache", "index");
}

/** What an earlier run kept under the same name and key; undefined when there is nothing, or nothing that can be used. */
export function readIndex(storeDir: string, name: string, key: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(folderOf(storeDir), name), "utf8");
  } catch (cause) {
    // No index is as good as one that cannot be read.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  return end !== -1 && text.slice(0, end) === heading(key, body) ? JSON.parse(body) : undefined;
}

/** Replaces the index in one step; of several processes the last one's counts. Not being able to write costs only time. */
export function writeIndex(storeDir: string, name: string, key: string, value: unknown): void {
  const body = JSON.stringify(value);
  withTemporary(storeDir, (temporary) => {
    writeFileSync(temporary, `${heading(key, body)}\n${body}`, { flag: "wx" });
    renameSync(temporary, join(folderOf(storeDir), name));
  });
}

/**
 * The file system's own clock, in milliseconds: what a file that is changed now gets as its time. Undefined where nothing can be
 * written, which is where nothing will be kept.
 */
export function fileSystemTime(storeDir: string): number | undefined {
  return withTemporary(storeDir, (temporary) => {
    writeFileSync(temporary, "", { flag: "wx" });
    return statSync(temporary).mtimeMs;
  });
}

function heading(key: string, body: string): string {
  return `vibesafe-index ${FORMAT} ${hash("sha256", key, "hex")} ${hash("sha256", body, "hex")}`;
}

function withTemporary<T>(storeDir: string, use: (path: string) => T): T | undefined {
  const temporary = join(folderOf(storeDir), `new-${process.pid}-${randomUUID()}`);
  try {
    mkdirSync(folderOf(storeDir), { recursive: true });
    return use(temporary);
  } catch (cause) {
    // A full disk, a read-only checkout: the index is there to save time, not to be there.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  } finally {
    rmSync(temporary, { force: true });
  }
}
