/**
 * Appending to reflogs; the caller holds the ref's lock.
 *
 * @module
 */

import { closeSync, fstatSync, fsyncSync, ftruncateSync, lstatSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFully } from "./durable.ts";
import { errorCode, fileError, isAbsent, readFully } from "./files.ts";
import { formatReflogEntry, reflogPath, type ReflogEntry } from "./reflog.ts";
import type { Store } from "./store.ts";

/**
 * Adds a line to a ref's log.
 *
 * @throws VibesafeStoreError when it cannot be written; then the log is as it was
 */
export function appendReflog(store: Store, ref: string, entry: ReflogEntry, sync: boolean = true): void {
  const path = reflogPath(store, ref);
  try {
    const file = openForAppend(store, path);
    try {
      const size = wholeLines(file);
      try {
        writeFully(file, Buffer.from(formatReflogEntry(entry), "utf8"));
        if (sync) fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw errorCode(error) === undefined ? error : fileError("append to", path, error);
  }
}

function openForAppend(store: Store, path: string): number {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return openSync(path, "a+");
    } catch (error) {
      const code = errorCode(error);
      if (attempt > 1 || (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR")) throw error;
      clearWay(path, join(store.dir, "logs"));
    }
  }
}

/** Makes the log's folder. Logs outlive their refs; one that stands where a folder or a log must be now gives way, as in git. */
function clearWay(path: string, logs: string): void {
  for (let folder = dirname(path); folder !== logs && folder !== dirname(folder); folder = dirname(folder)) {
    if (kindOf(folder) === "file") rmSync(folder);
  }
  if (kindOf(path) === "folder") rmSync(path, { recursive: true });
  mkdirSync(dirname(path), { recursive: true });
}

function kindOf(path: string): "file" | "folder" | "absent" {
  try {
    return lstatSync(path).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (isAbsent(error)) return "absent";
    throw error;
  }
}

const TAIL = 1 << 14;

/** Cuts off a line that a dying process left unfinished: the move it announces did not happen. */
function wholeLines(file: number): number {
  const { size } = fstatSync(file);
  const tail = new Uint8Array(Math.min(size, TAIL));
  if (tail.length === 0 || !readFully(file, tail, size - tail.length) || tail.at(-1) === 0x0a) return size;
  const keep = size - tail.length + tail.lastIndexOf(0x0a) + 1;
  ftruncateSync(file, keep);
  return keep;
}
