/**
 * Parts of a large file: what lies near each other is read in one go, into one buffer that is used again.
 *
 * @module
 */

import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Bytes by their place. */
export interface Parts {
  /** Of all of them. */
  readonly size: number;
  /** From `start` up to `end`, or as much of it as there is; good until the next call. */
  bytes(start: number, end: number): Buffer;
}

/** Some five units of a bundle. */
const SIZE = 1 << 15;

/**
 * The parts of a file. It is open until the end of this turn of the event loop, and is opened again when it is needed later.
 *
 * @throws what the system says, here and when a part is read
 */
export function fileWindow(path: string): Parts {
  let file: number | undefined;
  let buffer = Buffer.allocUnsafeSlow(SIZE);
  let from = 0;
  let to = 0;
  const opened = (): number => {
    if (file !== undefined) return file;
    const now = openSync(path, constants.O_RDONLY);
    setImmediate(() => {
      file = undefined;
      closeSync(now);
    }).unref();
    return (file = now);
  };
  return {
    size: fstatSync(opened()).size,
    bytes(start, end) {
      if (start < from || end > to) {
        if (end - start > buffer.length) buffer = Buffer.allocUnsafeSlow(end - start);
        from = to = start;
        to += readSync(opened(), buffer, 0, buffer.length, start);
      }
      return buffer.subarray(start - from, Math.min(end, to) - from);
    },
  };
}

/** The parts of bytes. */
export function partsOf(bytes: Buffer): Parts {
  return { size: bytes.length, bytes: (start, end) => bytes.subarray(start, end) };
}
