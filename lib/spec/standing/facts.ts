/**
 * The files of a store that decide where units stand.
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ObjectId } from "../../store/id.ts";
import { loosePath } from "../../store/loose.ts";
import { listSources, packStems } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { modeFile } from "../../project/mode.ts";
import { CANDIDATE_REFS, UNIT_REFS } from "../unit-id.ts";
import { looseFinder } from "./loose.ts";

interface Seen {
  /** Read. */
  readonly objects: ReadonlySet<ObjectId>;
  /** Looked for and not found. */
  readonly absent: ReadonlySet<ObjectId>;
}

/** Absolute paths, also of what is not there. */
export function storeFacts(store: Store, { objects, absent }: Seen): Set<string> {
  const facts = new Set(["HEAD", "config", "packed-refs", "refs"].map((name) => join(store.dir, name)));
  facts.add(modeFile({ storeDir: store.dir }));
  for (const prefix of [UNIT_REFS, CANDIDATE_REFS]) addTree(join(store.dir, prefix.replace(/\/$/, "")), facts);
  const folders = listSources(store).map(({ objectsDir }) => objectsDir);
  for (const folder of folders) {
    for (const name of ["pack", join("info", "alternates")]) facts.add(join(folder, name));
    for (const stem of packStems(folder)) for (const end of ["pack", "idx"]) facts.add(join(folder, "pack", `${stem}.${end}`));
  }
  for (const id of absent) for (const folder of folders) facts.add(loosePath(folder, id));
  const looseOf = looseFinder(folders);
  for (const id of objects) for (const path of looseOf(id)) facts.add(path);
  return facts;
}

/** A folder with all folders and files below it. */
function addTree(path: string, facts: Set<string>): void {
  facts.add(path);
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) addTree(join(path, entry.name), facts);
    else facts.add(join(path, entry.name));
  }
}
