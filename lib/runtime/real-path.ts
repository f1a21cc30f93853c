/**
 * Paths without symbolic links, each looked up once in a turn of the event loop.
 *
 * @module
 */

import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

let burst: Map<string, string> | undefined;

/** @throws what the system says where nothing is there */
export function realPath(path: string): string {
  if (burst === undefined) {
    burst = new Map();
    setImmediate(forgetRealPaths).unref();
  }
  let real = burst.get(path);
  if (real === undefined) burst.set(path, (real = lookUp(path)));
  return real;
}

export function forgetRealPaths(): void {
  burst = undefined;
}

/** The system is asked for each folder once; where a name may be spelled in several ways, for each file. */
function lookUp(path: string): string {
  const folder = dirname(path);
  if (process.platform !== "linux" || folder === path) return realpathSync.native(path);
  const file = join(realPath(folder), basename(path));
  return lstatSync(file).isSymbolicLink() ? realpathSync.native(file) : file;
}
