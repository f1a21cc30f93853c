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
  /** The same bytes. */
  view: DataView;
  /** How often a read went to the file. */
  misses: number;
  /** Largest file that is kept whole once it is read often. */
  readonly keepUpTo: number;
}

/** Neighbours are asked for next: a window costs one call instead of one for each of them. */
const WINDOW_BYTES = 1 << 15;
const OFTEN = 16;

const NO_BYTES = new Uint8Array();

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
    const window: Window = { start: 0, bytes: NO_BYTES, view: viewOf(NO_BYTES), misses: 0, keepUpTo };
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
  if (length > LONGEST_IN_WINDOW && !isWhole(file)) {
    checkRange(file, position, length);
    // What is long is its reader's alone.
    if (!countMiss(file)) return readExactly(file, position, length);
  }
  const at = windowAt(file, position, length);
  return file.window.bytes.subarray(at, at + length);
}

/** Bytes of a file for whoever reads here and there: nothing around them is read. @throws DamagedBytes, VibesafeStoreError like `readRange` */
export function readAlone(file: OpenFile, position: number, length: number): Uint8Array {
  checkRange(file, position, length);
  return readExactly(file, position, length);
}

/** Most bytes that `windowAt` may be asked for. */
export const LONGEST_IN_WINDOW: number = WINDOW_BYTES / 2;

/**
 * Brings bytes of a file into its window, until something else is read: a look that makes no object.
 *
 * @returns where they begin in `file.window`
 * @throws DamagedBytes, VibesafeStoreError like `readRange`
 */
export function windowAt(file: OpenFile, position: number, length: number): number {
  checkRange(file, position, length);
  const { window } = file;
  const offset = position - window.start;
  if (offset >= 0 && offset + length <= window.bytes.length) return offset;
  if (countMiss(file)) return position;
  showBytes(file, position, Math.min(WINDOW_BYTES, file.size - position));
  return 0;
}

/** Counts a read that goes to the file; from some on the file is kept whole, where it may be. @returns whether it is now */
function countMiss(file: OpenFile): boolean {
  const { window } = file;
  window.misses += 1;
  if (window.misses <= OFTEN || file.size > window.keepUpTo) return false;
  showBytes(file, 0, file.size);
  return true;
}

function showBytes(file: OpenFile, start: number, length: number): void {
  const { window } = file;
  window.bytes = readExactly(file, start, length);
  window.view = viewOf(window.bytes);
  window.start = start;
}

function checkRange(file: OpenFile, position: number, length: number): void {
  if (position < 0 || position + length > file.size) throw new DamagedBytes("cut short");
}

function isWhole({ window, size }: OpenFile): boolean {
  return window.bytes.length === size;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function readExactly(file: OpenFile, position: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  try {
    if (readFully(file.descriptor, bytes, position)) return bytes;
  } catch (error) {
    throw fileError("read", file.path, error);
  }
  throw new DamagedBytes("cut short");
}
