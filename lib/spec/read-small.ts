/**
 * Reading many small files: one buffer for all of them, and no look at their size first.
 *
 * @module
 */

import { closeSync, constants, openSync, readSync } from "node:fs";
import { isAbsent } from "../store/files.ts";

/** Larger than almost every object of a save. */
const SIZE = 1 << 16;

let buffer: Buffer | undefined;

/** The bytes of a file, good until the next call; undefined where there is none, or it is larger than that. @throws what the system says */
export function readSmall(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
  try {
    buffer ??= Buffer.allocUnsafeSlow(SIZE);
    // A file gives as much as it has: less than was asked for is all of it (read(2)).
    const length = readSync(file, buffer, 0, SIZE, 0);
    return length === SIZE ? undefined : buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
