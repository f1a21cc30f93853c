/**
 * The folders that objects are looked for in: the store's own, its cache, and what `objects/info/alternates` names.
 *
 * @module
 */

import { isAbsolute, join, resolve } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { readTextIfPresent } from "./files.ts";
import { areaDir, type Store } from "./store.ts";

/** Git follows alternates of alternates five deep (gitrepository-layout(5) says "recursively"; object-file.c bounds it). */
const DEEPEST = 5;
const ALTERNATES_LIMIT = 1 << 20;

/** Every folder of objects, in the order of reading: own objects first, then the cache, then the alternates. */
export function objectDirs(store: Store): string[] {
  const own = areaDir(store, "objects");
  const found = new Set([own, areaDir(store, "cache")]);
  followAlternates(own, 0, found);
  return [...found];
}

function followAlternates(objectsDir: string, depth: number, found: Set<string>): void {
  const path = join(objectsDir, "info", "alternates");
  const text = readTextIfPresent(path, ALTERNATES_LIMIT);
  if (text === undefined) return;
  if (depth >= DEEPEST) {
    throw new VibesafeStoreError(`${path}: alternates nested more than ${DEEPEST} deep`, { remedy: `edit ${path}` });
  }
  for (const line of text.split("\n")) {
    const name = line.replace(/\r$/, "");
    if (name === "" || name.startsWith("#")) continue;
    const folder = isAbsolute(name) ? resolve(name) : resolve(objectsDir, name);
    if (found.has(folder) && depth > 0) continue;
    found.add(folder);
    followAlternates(folder, depth + 1, found);
  }
}
