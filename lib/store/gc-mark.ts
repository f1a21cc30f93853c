/**
 * Reachability: what objects lead to.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { parseCommit } from "./commit.ts";
import type { ObjectId, ObjectType } from "./id.ts";
import { hasObject, tryReadObject, type StoredObject } from "./read.ts";
import type { Store } from "./store.ts";
import { parseTag } from "./tag.ts";
import { parseTree, TREE_MODE } from "./tree.ts";

export interface Marked {
  readonly type: ObjectType;
  /** Where a commit's tree has it, as it was met first; objects of one path are alike. */
  readonly path: string;
}

/** Objects in the order in which they were met: those of one history together, the newest first. */
export type Marks = Map<ObjectId, Marked>;

export interface MarkOptions {
  /** What is taken to be marked already; it is not entered. */
  readonly known?: ReadonlyMap<ObjectId, Marked>;
  /** Whether objects may be missing. */
  readonly lenient: boolean;
}

interface Step {
  readonly id: ObjectId;
  /** What the naming object says; a root's type is read. */
  readonly type?: ObjectType;
  readonly path: string;
}

/**
 * Adds to `marks` all that the roots lead to. Reads commits, trees and tags; of blobs it only asks whether they are there.
 *
 * @throws VibesafeStoreError when an object is missing, unless that is allowed
 * @throws VibesafeHashMismatch when one is damaged
 */
export function mark(store: Store, roots: Iterable<ObjectId>, marks: Marks, { known, lenient }: MarkOptions): void {
  for (const root of roots) {
    const stack: Step[] = [{ id: root, path: "" }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      const { id, path } = step;
      if (marks.has(id) || known?.has(id) === true) continue;
      const object = step.type === "blob" ? undefined : tryReadObject(store, id);
      if (object === undefined && !(step.type === "blob" && hasObject(store, id))) {
        if (lenient) continue;
        throw new VibesafeStoreError(`object ${id} is missing`, { remedy: "run `vibe fsck`; nothing was changed" });
      }
      marks.set(id, { type: object?.type ?? "blob", path });
      if (object !== undefined) stack.push(...steps(object, path));
    }
  }
}

/** What an object names, last first. */
function steps({ type, payload }: StoredObject, path: string): Step[] {
  switch (type) {
    case "blob":
      return [];
    case "tag": {
      const tag = parseTag(payload);
      return [{ id: tag.object, type: tag.type, path }];
    }
    case "commit": {
      const { tree, parents } = parseCommit(payload);
      return [...parents.map((id): Step => ({ id, type: "commit", path: "" })), { id: tree, type: "tree", path: "/" }];
    }
    case "tree": {
      const entries = parseTree(payload).filter(({ mode }) => mode !== "160000");
      return entries.map(({ id, mode, name }) => ({ id, type: mode === TREE_MODE ? "tree" : "blob", path: `${path}/${name}` }));
    }
  }
}
