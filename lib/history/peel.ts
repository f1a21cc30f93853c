/**
 * From an object to what it stands for: a tag to what it tags, a commit to its tree.
 *
 * @module
 */

import type { CommitId, IdOf, ObjectId, ObjectType, TagId } from "../store/id.ts";
import { readCommit, readObject, readTag } from "../store/read.ts";
import type { Store } from "../store/store.ts";

/** What is behind any tags around an object. @throws VibesafeStoreError when an object is absent or broken */
export function peelTags(store: Store, id: ObjectId): { readonly id: ObjectId; readonly type: ObjectType } {
  let at = id;
  for (;;) {
    const { type } = readObject(store, at);
    if (type !== "tag") return { id: at, type };
    // A tag names an object that existed before it, so this ends.
    at = readTag(store, at as TagId).object;
  }
}

/** Type of what is behind any tags around an object. */
export function typeBehind(store: Store, id: ObjectId): ObjectType {
  return peelTags(store, id).type;
}

/** The commit or tree that `id` stands for; undefined when it stands for none. */
export function peelTo<Type extends "commit" | "tree">(store: Store, id: ObjectId, type: Type): IdOf[Type] | undefined {
  const behind = peelTags(store, id);
  if (behind.type === type) return behind.id as IdOf[Type];
  if (behind.type === "commit" && type === "tree") return readCommit(store, behind.id as CommitId).tree as IdOf[Type];
  return undefined;
}
