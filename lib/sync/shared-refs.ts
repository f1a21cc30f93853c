/**
 * The refs that are shared, by one name for both sides: `units/a.b/f`, `tags/v1`.
 *
 * @module
 */

import { UNIT_REFS } from "../spec/unit-id.ts";
import type { ObjectId } from "../store/id.ts";
import { listRefs } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { isShared } from "./claims.ts";
import { trackingRef } from "./remotes.ts";

export type SharedRefs = ReadonlyMap<string, ObjectId>;

/** What this store's own refs hold. */
export function ownRefs(store: Store): SharedRefs {
  return new Map([...listRefs(store, UNIT_REFS), ...listRefs(store, "refs/tags/")].map(({ name, id }): [string, ObjectId] => [name.slice("refs/".length), id]).filter(([name]) => isShared(name)));
}

/** What the remote held when it was looked at last. */
export function trackedRefs(store: Store, remote: string): SharedRefs {
  const prefix = trackingRef(remote, "");
  return new Map(listRefs(store, prefix).map(({ name, id }): [string, ObjectId] => [name.slice(prefix.length), id]).filter(([name]) => isShared(name)));
}
