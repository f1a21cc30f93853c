/**
 * Reading files of the store: absence is undefined, every other failure is a VibesafeStoreError.
 *
 * @module
 */

import { closeSync, fstatSync, openSync, readSync, readdirSync, type Dirent } from "node:fs";
import { VibesafeError, VibesafeStoreError } from "../errors.ts";

/** `code` of a system error, or undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Tells whether a path did not lead to a file: the last part is missing, or an earlier part is missing or no folder. */
export function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "free some disk space, then run the command again",
  EDQUOT: "free some disk space, then run the command again",
  EACCES: "give yourself access to the store's folder (chmod, chown), then run the command again",
  EPERM: "give yourself access to the store's folder (chmod, chown), then run the command again",
  EROFS: "the store is on a read-only file system: run this where it can be written",
  EMFILE: "too many open files: raise the limit (ulimit -n), then run the command again",
  ENFILE: "too many open files: close some programs, then run the command again",
  EXDEV: "the folders of a store must be on one file system: replace the link or mount by a plain folder",
};

/** The typed error for a system error met while doing something to `path`. */
export function fileError(doing: string, path: string, cause: unknown): VibesafeStoreError {
  const code = errorCode(cause);
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new VibesafeStoreError(`cannot ${doing} ${path}: ${detail}`, {
    cause,
    remedy: (code === undefined ? undefined : REMEDIES[code]) ?? "run `vibe fsck`",
  });
}

/** The typed error for whatever was thrown while doing something to `path`: of the system's, made from it; any other, as it is. */
export function typedError(doing: string, path: string, error: unknown): unknown {
  return errorCode(error) === undefined || error instanceof VibesafeError ? error : fileError(doing, path, error);
}

/** The bytes of a file of at most `limit` bytes, or undefined when there is none. */
export function readIfPresent(path: string, limit: number): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw fileError("open", path, error);
  }
  try {
    const stats = fstatSync(file);
    const { size } = stats;
    // A folder can be opened; as a file it is absent.
    if (stats.isDirectory()) return undefined;
    if (size > limit) {
      throw new VibesafeStoreError(`${path} has ${size} bytes, more than the ${limit} that it may have`, { remedy: "run `vibe fsck`" });
    }
    // Not readFileSync, which asks for the size again.
    const bytes = Buffer.allocUnsafeSlow(size);
    return bytes.subarray(0, fill(file, bytes, 0));
  } catch (error) {
    throw error instanceof VibesafeStoreError ? error : fileError("read", path, error);
  } finally {
    closeSync(file);
  }
}

/** The text of a small file, or undefined when there is none. */
export function readTextIfPresent(path: string, limit: number): string | undefined {
  const bytes = readIfPresent(path, limit);
  return bytes === undefined ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/** A folder's entries, or none when there is no such folder. */
export function listFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw fileError("list", path, error);
  }
}

/** Fills `buffer` from `position`; false when the file ends before. */
export function readFully(file: number, buffer: Uint8Array, position: number): boolean {
  return fill(file, buffer, position) === buffer.length;
}

/** Reads from `position` until `buffer` is full or the file ends, however few bytes each call gives; says how many. */
function fill(file: number, buffer: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(file, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}
