/**
 * Files on their way to a host. They are the same there, so what a pack keeps of them goes as it is: no delta is made anew.
 *
 * @module
 */

import type { ObjectId } from "../store/id.ts";
import type { StoredObject } from "../store/object.ts";
import { readForCopy, type Copyable } from "../store/pack-copy.ts";
import { readObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { namedIn } from "./host-object.ts";
import type { Missing } from "./missing.ts";

/** Bytes of trees that are kept for the translation that comes next. */
const MOST_KEPT: number = 2 ** 25;

/** @param take - puts one file into the pack and gives its place there; `base`: the place of what it is a delta of */
export function sendFiles(store: Store, missing: Missing & { readonly read: Map<ObjectId, StoredObject> }, take: (id: ObjectId, found: Copyable, base: number | undefined) => number): void {
  const files = listFiles(store, missing);
  const places = new Map<ObjectId, number>();
  for (const file of files) {
    const stack: { id: ObjectId; found?: Copyable }[] = [{ id: file }];
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
      if (places.has(step.id)) {
        stack.pop();
        continue;
      }
      step.found ??= readForCopy(store, step.id);
      const base = step.found.kept?.base;
      // Its base goes first where it goes at all; a base that the host is not to have leaves the file to go whole.
      if (base !== undefined && files.has(base) && !places.has(base)) {
        stack.push({ id: base });
        continue;
      }
      const { object } = step.found;
      const at = base === undefined ? undefined : places.get(base);
      const found: Copyable = base !== undefined && at === undefined ? { object } : step.found;
      places.set(step.id, take(step.id, found, at));
      stack.pop();
    }
  }
}

/** Every file of what is missing, of the newest commits first. */
function listFiles(store: Store, { roots, there, read }: Missing & { readonly read: Map<ObjectId, StoredObject> }): Set<ObjectId> {
  const files = new Set<ObjectId>();
  const seen = new Set<ObjectId>();
  let kept = 0;
  for (const root of roots.toReversed()) {
    const stack = [root];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      const object = read.get(id) ?? readObject(store, id);
      if (object.type === "blob") files.add(id);
      if (object.type === "tree" && (kept += object.payload.length) < MOST_KEPT) read.set(id, object);
      for (const { id: part, type } of namedIn(object.type, object.payload)) {
        if (there.has(part) || seen.has(part)) continue;
        if (type === "blob") files.add(part);
        else if (type === "tree") {
          seen.add(part);
          stack.push(part);
        }
      }
    }
  }
  return files;
}
