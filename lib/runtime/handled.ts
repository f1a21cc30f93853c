/**
 * The mark of the hole in a spec.
 *
 * @module
 */

/**
 * Marks where the generated code goes: `throw new VibesafeHandled()`. Alias `VibeCoded`.
 *
 * It is never thrown where `vibesafe.func` is applied, for the stub itself does not run. Who catches it called the bare stub.
 */
export class VibesafeHandled extends Error {
  override readonly name = "VibesafeHandled";

  constructor() {
    super("the stub of a vibesafe spec ran unhandled: wrap the function in vibesafe.func(…) and call the result, or load(unitId)");
  }
}

export { VibesafeHandled as VibeCoded };
