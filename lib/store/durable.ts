/**
 * Writing files of the store: whole, on the disk, or not at all.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode, fileError } from "./files.ts";
import type { Store } from "./store.ts";

/** Creates a folder and what is above it; a name that already exists as a folder is fine. */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError("create", path, error);
  }
}

/** Writes every byte, however few each call takes (write(2) may write less than asked). */
export function writeFully(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written);
}

/** Makes a change to a folder's entries survive a power cut. */
export function syncFolder(path: string): void {
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch (error) {
    // Windows opens no folders, and keeps their entries in its journal.
    if (errorCode(error) === "EISDIR" || errorCode(error) === "EPERM") return;
    throw fileError("open", path, error);
  }
  try {
    fsyncSync(folder);
  } catch (error) {
    // Some network file systems cannot sync a folder; git ignores the same.
    if (errorCode(error) !== "EINVAL" && errorCode(error) !== "EPERM" && errorCode(error) !== "ENOTSUP") throw fileError("sync", path, error);
  } finally {
    closeSync(folder);
  }
}

/** A name in `tmp/` that nobody else uses; the folder exists afterwards. */
export function temporaryPath(store: Store, purpose: string): string {
  const folder = join(store.dir, "tmp");
  ensureFolder(folder);
  return join(folder, `${purpose}-${process.pid}-${randomBytes(6).toString("hex")}`);
}

export interface ReplaceOptions {
  readonly mode?: number;
  /** False when the caller syncs the folder itself, once for many files. */
  readonly syncFolder?: boolean;
}

/**
 * Puts `bytes` at `path` in one step: temporary file, fsync, rename, fsync of the folder.
 *
 * @throws VibesafeStoreError when any step fails; then `path` is as it was and no temporary file is left
 */
export function replaceFile(store: Store, path: string, bytes: Uint8Array, options: ReplaceOptions = {}): void {
  const temporary = temporaryPath(store, "new");
  try {
    const file = openSync(temporary, "wx", options.mode ?? 0o666);
    try {
      writeFully(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameInto(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileError("write", path, error);
  }
  if (options.syncFolder !== false) syncFolder(dirname(path));
}

/** Renames, and makes the target's folder first where it is missing, also when somebody removes it in between. */
export function renameInto(from: string, to: string): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || attempt >= 10) throw error;
      const folder = dirname(to);
      const first = mkdirSync(folder, { recursive: true });
      if (first !== undefined) syncFolder(dirname(first));
    }
  }
}
