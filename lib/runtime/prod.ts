/**
 * Production: what was verified at import runs, and nothing else.
 *
 * @module
 */

import { evaluate, evaluateEarly, type AnyFunction, type VerifiedCode } from "./evaluate.ts";
import { forwarder, type Shape } from "./forwarder.ts";

/**
 * Evaluates verified code and returns the generated function itself; where the code has to wait for the module of its spec, a function
 * that evaluates the verified text at its first call.
 *
 * @throws whatever the code throws while it is evaluated
 */
export function start(code: VerifiedCode, shape: Shape): AnyFunction {
  return evaluateEarly(code) ?? forwarder(shape, () => evaluate(code));
}
