/**
 * State that lives as long as a workspace: resolvers, parsed declarations, digests.
 *
 * @module
 */

import type { Workspace } from "./workspace.ts";

/** Wraps `make` so that each workspace gets its result once; it is freed with the workspace. */
export function perWorkspace<T>(make: (workspace: Workspace) => T): (workspace: Workspace) => T {
  const made = new WeakMap<Workspace, { readonly value: T }>();
  return (workspace) => {
    let entry = made.get(workspace);
    if (entry === undefined) made.set(workspace, (entry = { value: make(workspace) }));
    return entry.value;
  };
}
