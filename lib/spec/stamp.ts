/**
 * What the file system says of a file without its being read.
 *
 * @module
 */

import { statSync } from "node:fs";

/** Equal stamps are a hint that the content is the same: two edits within one tick of the file system's clock look alike. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
  /** Of the last change of content, name or rights: unlike `mtimeMs` no program sets it. */
  readonly ctimeMs: number;
  readonly ino: number;
}

/** The stamp of the file at `path`, links followed; undefined when there is none or it cannot be looked at. */
export function stampOf(path: string): FileStamp | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined || !stats.isFile()) return undefined;
    const { size, mtimeMs, ctimeMs, ino } = stats;
    return { size, mtimeMs, ctimeMs, ino };
  } catch (cause) {
    // Whoever reads the file says what is wrong with it.
    if (cause instanceof Error && "code" in cause) return undefined;
    throw cause;
  }
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino;
}
