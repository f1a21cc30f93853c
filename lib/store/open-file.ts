/**
 * Files that stay open for reads at random places, and close when nobody holds them any more.
 *
 * @module
 */

import { closeSync, fstatSync, openSync } from "node:fs";
import { fileError, isAbsent, readFully } from "./files.ts";
import { brokenObject } from "./object.ts";

export interface OpenFile {
  readonly path: string;
  readonly size: number;
  readonly descriptor: number;
}

const closer = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** Opens a file for reading; undefined when there is none. */
export function openFile(path: string): OpenFile | undefined {
  try {
    const descriptor = openSync(path, "r");
    const file: OpenFile = { path, size: fstatSync(descriptor).size, descriptor };
    closer.register(file, descriptor);
    return file;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fileError("open", path, error);
  }
}

/**
 * Reads `length` bytes at `position`.
 *
 * @throws VibesafeStoreError when the file ends before
 */
export function readRange(file: OpenFile, position: number, length: number): Uint8Array {
  if (position < 0 || position + length > file.size) throw brokenObject(file.path, "cut short");
  const bytes = new Uint8Array(length);
  try {
    if (readFully(file.descriptor, bytes, position)) return bytes;
  } catch (error) {
    throw fileError("read", file.path, error);
  }
  throw brokenObject(file.path, "cut short");
}
