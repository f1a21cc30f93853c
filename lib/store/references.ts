/**
 * Which objects an object names.
 *
 * @module
 */

import { parseCommit } from "./commit.ts";
import type { ObjectId, ObjectType } from "./id.ts";
import { parseTag } from "./tag.ts";
import { parseTree, TREE_MODE } from "./tree.ts";

export interface Reference {
  readonly id: ObjectId;
  /** What the naming object says the named one is. */
  readonly type: ObjectType;
}

/** The objects that an object names; a submodule's commit is in another repository and not among them. */
export function references(type: ObjectType, payload: Uint8Array): Reference[] {
  switch (type) {
    case "blob":
      return [];
    case "tree":
      return parseTree(payload)
        .filter((entry) => entry.mode !== "160000")
        .map((entry) => ({ id: entry.id, type: entry.mode === TREE_MODE ? "tree" : "blob" }));
    case "commit": {
      const { tree, parents } = parseCommit(payload);
      return [{ id: tree, type: "tree" }, ...parents.map((id): Reference => ({ id, type: "commit" }))];
    }
    case "tag": {
      const tag = parseTag(payload);
      return [{ id: tag.object, type: tag.type }];
    }
  }
}
