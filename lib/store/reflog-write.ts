/**
 * Appending to reflogs; the caller holds the ref's lock.
 *
 * @module
 */

import { closeSync, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { writeFully } from "./durable.ts";
import { errorCode, fileError, readFully } from "./files.ts";
import { formatReflogEntry, reflogPath, type ReflogEntry } from "./reflog.ts";
import type { Store } from "./store.ts";

/**
 * Adds a line to a ref's log.
 *
 * @throws VibesafeStoreError when it cannot be written; then the log is as it was
 */
export function appendReflog(store: Store, ref: string, entry: ReflogEntry): void {
  const path = reflogPath(store, ref);
  try {
    const file = openForAppend(path);
    try {
      const size = wholeLines(file);
      try {
        writeFully(file, Buffer.from(formatReflogEntry(entry), "utf8"));
        fsyncSync(file);
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

function openForAppend(path: string): number {
  try {
    return openSync(path, "a+");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a+");
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
