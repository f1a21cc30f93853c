/**
 * The mark of the hole in a spec.
 *
 * @module
 */

import { callSiteOf } from "./call-site.ts";
import { shimOf } from "./full.ts";

/**
 * Marks where the generated code goes: `throw new VibesafeHandled()`. Alias `VibeCoded`.
 *
 * It is never thrown where `vibesafe.func` is applied, for the stub itself does not run. Who catches it called the bare stub.
 */
export class VibesafeHandled extends Error {
  override readonly name = "VibesafeHandled";
  /** What to do about it; one line. */
  readonly remedy: string;

  constructor() {
    super("the stub of a vibesafe spec ran unhandled: only its generated code does what it says");
    const site = callSiteOf(VibesafeHandled);
    const shim = "file" in site ? shimOf(site) : undefined;
    this.remedy =
      shim === undefined
        ? "wrap the function in vibesafe.func(…) and call the result, or load(unitId)"
        : `import it from ${shim}, which \`vibe scan --write-shims\` writes; what is not tagged @vibesafe, wrap in vibesafe.func(…)`;
    this.message += `; ${this.remedy}`;
  }
}

export { VibesafeHandled as VibeCoded };
