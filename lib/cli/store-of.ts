/**
 * The store, for commands that cannot do without one.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import type { Context } from "./context.ts";

/** @throws VibesafeUsageError when none was made yet */
export function requireStore(context: Context): Store {
  const store = context.store();
  if (store !== undefined) return store;
  throw new VibesafeUsageError("nothing was saved yet: there is no store", { remedy: "run `vibe compile`, then `vibe save`" });
}
