/**
 * State that lives as long as a workspace: resolvers, parsed declarations, digests.
 *
 * @module
 */

/** Wraps `make` so that each workspace gets its result once; it is freed with the workspace. */
export function perWorkspace<T>(make: () => T): (workspace: object) => T {
  const made = new WeakMap<object, { readonly value: T }>();
  return (workspace) => {
    let entry = made.get(workspace);
    if (entry === undefined) made.set(workspace, (entry = { value: make() }));
    return entry.value;
  };
}
