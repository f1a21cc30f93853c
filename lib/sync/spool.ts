/**
 * Bytes put by for a second pass: the last 4 MiB in memory, what was before in a file in `tmp/`, so that memory does not grow with them.
 *
 * @module
 */

import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { temporaryPath, writeFully } from "../store/durable.ts";
import { typedError } from "../store/files.ts";
import type { Store } from "../store/store.ts";

export interface Spool {
  /** Puts bytes by; gives their place. */
  append(bytes: Uint8Array): number;
  /** What was put by at a place; good until the next `append`. */
  read(at: number, length: number): Uint8Array;
  /** Removes the file, if there is one. */
  discard(): void;
}

const KEPT: number = 2 ** 22;

export function createSpool(store: Store): Spool {
  const path = temporaryPath(store, "spool");
  let file: number | undefined;
  // Memory is taken as it is filled: what is not touched costs nothing.
  const buffer = Buffer.allocUnsafeSlow(KEPT);
  let start = 0;
  let filled = 0;
  const write = (bytes: Uint8Array): void => {
    try {
      file ??= openSync(path, "wx+");
      writeFully(file, bytes);
      start += bytes.length;
    } catch (error) {
      throw typedError("write", path, error);
    }
  };
  return {
    append: (bytes) => {
      if (filled + bytes.length > KEPT) {
        write(buffer.subarray(0, filled));
        filled = 0;
      }
      const at = start + filled;
      if (bytes.length > KEPT) write(bytes);
      else buffer.set(bytes, filled);
      if (bytes.length <= KEPT) filled += bytes.length;
      return at;
    },
    read: (at, length) => {
      if (at >= start) return buffer.subarray(at - start, at - start + length);
      const bytes = Buffer.allocUnsafe(length);
      let read = 0;
      while (file !== undefined && read < length) {
        const more = readSync(file, bytes, read, length - read, at + read);
        if (more === 0) break;
        read += more;
      }
      if (read !== length) throw new RangeError("a file in tmp/ was cut short");
      return bytes;
    },
    discard: () => {
      if (file === undefined) return;
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}
