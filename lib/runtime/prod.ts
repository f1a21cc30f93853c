/**
 * Production: verified at import, or not at all.
 *
 * @module
 */

import { evaluate, evaluateEarly, type AnyFunction } from "./evaluate.ts";
import { workspaceAt } from "./burst.ts";
import type { Unit } from "./unit.ts";
import { codeOf, verifiedSave } from "./verified-save.ts";
import { forwarder, type Shape } from "./forwarder.ts";

/**
 * Verifies the unit's active checkpoint and returns the generated function itself; where the code has to wait for the module of its
 * spec, a function that evaluates the verified text at its first call.
 *
 * @throws as `verifiedSave`, and whatever the code throws while it is evaluated
 */
export function loadVerified(unit: Unit, shape: Shape): AnyFunction {
  const code = codeOf(verifiedSave(workspaceAt(unit.folder), unit), unit);
  return evaluateEarly(code) ?? forwarder(shape, () => evaluate(code));
}
