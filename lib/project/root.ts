/**
 * Where a project begins.
 *
 * @module
 */

import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

export const CONFIG_FILE = "vibesafe.toml";

/** The nearest folder from `from` upward that holds `vibesafe.toml`, or undefined. */
export function findProjectRoot(from: string): string | undefined {
  let folder = resolve(from);
  while (!existsSync(join(folder, CONFIG_FILE))) {
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return realpathSync(folder);
}
