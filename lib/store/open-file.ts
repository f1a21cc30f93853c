/**
 * Files that stay open for reads at random places, and close when nobody holds them any more.
 *
 * @module
 */

import { closeSync, fstatSync, openSync } from "node:fs";
import { fileError, isAbsent, readFully } from "./files.ts";
import { DamagedBytes } from "./object.ts";

export interface OpenFile {
  readonly path: string;
  /** What messages call it. */
  readonly shownAs: string;
  readonly size: number;
  readonly descriptor: number;
  readonly window: Window;
}

/** What was read last. Packs and indexes are never changed in place, so it stays true. */
interface Window {
  start: number;
  bytes: Uint8Array;
  /** How often a read went to the file. */
  misses: number;
  /** Largest file that is kept whole once it is read often. */
  readonly keepUpTo: number;
}

/** Neighbours are asked for next: a window costs one call instead of one for each of them. */
const WINDOW_BYTES = 1 << 15;
const OFTEN = 16;

const closer = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/**
 * Opens a file for reading; undefined when there is none.
 *
 * @param shownAs - what messages call it
 * @param keepUpTo - size in bytes up to which the file is read whole when it is read often
 */
export function openFile(path: string, shownAs: string, keepUpTo: number = 0): OpenFile | undefined {
  try {
    const descriptor = openSync(path, "r");
    const window: Window = { start: 0, bytes: new Uint8Array(), misses: 0, keepUpTo };
    const file: OpenFile = { path, shownAs, size: fstatSync(descriptor).size, descriptor, window };
    closer.register(file, descriptor, file);
    return file;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fileError("open", path, error);
  }
}

/** Closes a file at once. Whoever opens many needs this: what nobody holds is closed only when the event loop comes round. */
export function closeFile(file: OpenFile): void {
  closer.unregister(file);
  closeSync(file.descriptor);
}

/**
 * Bytes of a file; they may be shared with other reads, so do not change them.
 *
 * @throws DamagedBytes when the file ends before
 * @throws VibesafeStoreError when the system refuses
 */
export function readRange(file: OpenFile, position: number, length: number): Uint8Array {
  if (position < 0 || position + length > file.size) throw new DamagedBytes("cut short");
  const { window } = file;
  const offset = position - window.start;
  if (offset >= 0 && offset + length <= window.bytes.length) return window.bytes.subarray(offset, offset + length);
  window.misses += 1;
  if (window.misses > OFTEN && file.size <= window.keepUpTo) {
    window.bytes = readExactly(file, 0, file.size);
    window.start = 0;
    return window.bytes.subarray(position, position + length);
  }
  if (length > WINDOW_BYTES / 2) return readExactly(file, position, length);
  window.bytes = readExactly(file, position, Math.min(WINDOW_BYTES, file.size - position));
  window.start = position;
  return window.bytes.subarray(0, length);
}

function readExactly(file: OpenFile, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  try {
    if (readFully(file.descriptor, bytes, position)) return bytes;
  } catch (error) {
    throw fileError("read", file.path, error);
  }
  throw new DamagedBytes("cut short");
}
