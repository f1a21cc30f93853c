/**
 * Which objects a store has, copy by copy.
 *
 * @module
 */

import { join } from "node:path";
import { listFolder } from "./files.ts";
import { isId, type ObjectId } from "./id.ts";

/** What is in a folder of loose objects: names of objects, and files that are none. */
export interface LooseListing {
  readonly ids: ObjectId[];
  /** Paths of files that neither git nor vibesafe puts there. */
  readonly strays: string[];
}

/**
 * Lists loose objects whose name begins with `prefix`, sorted. Git's unfinished files (`tmp_obj_…`) are neither objects nor strays.
 *
 * @param prefix - lower-case hex digits, any number of them
 */
export function listLoose(objectsDir: string, prefix: string = ""): LooseListing {
  const ids: ObjectId[] = [];
  const strays: string[] = [];
  for (const folder of listFolder(objectsDir)) {
    const start = folder.name;
    if (!/^[0-9a-f]{2}$/.test(start) || !(start.startsWith(prefix) || prefix.startsWith(start))) continue;
    for (const { name } of listFolder(join(objectsDir, start))) {
      const id = start + name;
      if (isId(id)) {
        if (id.startsWith(prefix)) ids.push(id);
      } else if (!name.startsWith("tmp_obj_")) {
        strays.push(join(objectsDir, start, name));
      }
    }
  }
  return { ids: ids.sort(), strays };
}
