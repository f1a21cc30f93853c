/**
 * Which objects have a file of their own, asked of thousands that mostly lie in packs.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import type { ObjectId } from "../../store/id.ts";
import { loosePath } from "../../store/loose.ts";

/** Finds the files of an object in `folders`; does not look for a file where there is no folder for it. */
export function looseFinder(folders: readonly string[]): (id: ObjectId) => string[] {
  const fanOuts = folders.map((folder) => ({ folder, names: existsSync(folder) ? new Set(readdirSync(folder)) : new Set<string>() }));
  return (id) =>
    fanOuts.flatMap(({ folder, names }) => {
      if (!names.has(id.slice(0, 2))) return [];
      const path = loosePath(folder, id);
      return existsSync(path) ? [path] : [];
    });
}
