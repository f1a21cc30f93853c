/**
 * vibesafe for programs: what specs import.
 *
 * @module
 */

import { createFunc, type Func } from "./runtime/func.ts";
import { createLoad, type Load } from "./runtime/load.ts";

export { VibeCoded, VibesafeHandled } from "./runtime/handled.ts";
export {
  VibesafeCheckpointMissing,
  VibesafeConfigError,
  VibesafeError,
  VibesafeHashMismatch,
  VibesafeMissingDoctest,
  VibesafeProviderError,
  VibesafeStoreError,
  VibesafeTypeError,
  VibesafeUsageError,
  VibesafeValidationError,
} from "./errors.ts";
export type { ErrorCode, ProviderFailure } from "./errors.ts";
export type { AnyFunction } from "./runtime/evaluate.ts";
export type { Func, FuncOptions } from "./runtime/func.ts";
export type { Load } from "./runtime/load.ts";

const report = (line: string): void => void process.stderr.write(`${line}\n`);

/** Declares specs: `vibesafe.func(function name(…): T { throw new VibesafeHandled(); })`. */
export const vibesafe: { readonly func: Func } = Object.freeze({ func: createFunc(report) });

export const load: Load = createLoad(report);
