/**
 * From a module path back to files.
 *
 * @module
 */

import { readdirSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { modulePathOf, SOURCE_EXTENSION } from "./unit-id.ts";

/**
 * The files whose module path it is, POSIX paths from the root, sorted: a dot in it is a slash or a dot in a name.
 *
 * Reads only the folders on the way. Links, folders with a dot and `node_modules` are left out.
 */
export function filesOfModule(root: string, modulePath: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, rest: string): void => {
    for (const entry of entriesOf(join(root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const name = entry.name.normalize("NFC");
      if (entry.isDirectory() && entry.name !== "node_modules" && !name.startsWith(".") && rest.startsWith(`${name}.`)) {
        visit(path, rest.slice(name.length + 1));
      } else if (entry.isFile() && SOURCE_EXTENSION.test(name) && modulePathOf(entry.name) === rest) {
        found.push(path);
      }
    }
  };
  visit("", modulePath);
  return found.sort();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    // A folder that may not be listed holds no source of ours.
    if (cause instanceof Error && "code" in cause && (cause.code === "EACCES" || cause.code === "ENOENT")) return [];
    throw cause;
  }
}
