/**
 * Work that starts over when another process moved one of its refs, or kept them locked.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import type { HashedSpec } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";

const MOST_TRIES = 3;

/**
 * Does `work` again where it failed and the active ref of a unit is no longer what it was, or a lock was held for longer than one waits,
 * as where many save at once on a slow disk: what is left to do is told by the refs as they are now.
 */
export async function retryWhenMoved<T>(store: Store, units: readonly HashedSpec[], work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const before = activeRefs(store, units);
    try {
      return await work();
    } catch (error) {
      const lost = error instanceof VibesafeStoreError && (error.code === "STORE_BUSY" || activeRefs(store, units) !== before);
      if (!lost || attempt === MOST_TRIES) throw error;
    }
  }
}

function activeRefs(store: Store, units: readonly HashedSpec[]): string {
  return units.map(({ spec }) => readRef(store, unitRef(spec.id)) ?? "-").join(" ");
}
