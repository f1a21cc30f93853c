/**
 * vibesafe for programs: what specs import.
 *
 * @module
 */

import { hash } from "node:crypto";
import { createFunc, type Func } from "./runtime/func.ts";
import { endBurst } from "./runtime/full.ts";
import { createHttp, type Http } from "./runtime/http.ts";
import { createLoad, type Load } from "./runtime/load.ts";
import { loaded, verifyLoaded, type Check, type LoadedUnit } from "./runtime/loaded.ts";
import { forgetQuickProjects, mayBeProd } from "./runtime/quick-project.ts";
import { forgetRealPaths } from "./runtime/real-path.ts";
import { forgetScripts } from "./runtime/script.ts";
import { forgetBundles } from "./runtime/sealed.ts";

export { VibeCoded, VibesafeHandled } from "./runtime/handled.ts";
export {
  VibesafeCheckpointMissing,
  VibesafeConfigError,
  VibesafeError,
  VibesafeHashMismatch,
  VibesafeMissingDoctest,
  VibesafeProviderError,
  VibesafeRemoteError,
  VibesafeStoreError,
  VibesafeTypeError,
  VibesafeUsageError,
  VibesafeValidationError,
} from "./errors.ts";
export type { ErrorCode, ProviderFailure } from "./errors.ts";
export type { AnyFunction } from "./runtime/evaluate.ts";
export type { Func, FuncOptions, MethodDecorator } from "./runtime/func.ts";
export type { Binding, Http, HttpOptions, Method } from "./runtime/http.ts";
export type { Check, LoadedUnit, UnitCheck } from "./runtime/loaded.ts";
export type { Load } from "./runtime/load.ts";

const report = (line: string): void => void process.stderr.write(`${line}\n`);

export interface Vibesafe {
  /** Declares a spec: `vibesafe.func(function name(…): T { throw new VibesafeHandled(); })`. */
  readonly func: Func;
  /** Declares an endpoint: `vibesafe.http({ method: "GET", path: "/…" }, async function name(…): Promise<T> { throw new VibesafeHandled(); })`. */
  readonly http: Http;
  /** The units that this process has loaded. */
  readonly loaded: () => LoadedUnit[];
  /** Verifies again, from the bytes as they are now, what production has loaded; for health endpoints. */
  readonly verify: () => Check;
}

function forget(): void {
  forgetQuickProjects();
  forgetRealPaths();
  forgetBundles();
  forgetScripts();
  endBurst();
}

const verify = (): Check => verifyLoaded(forget);

// What the first unit of a production needs, whichever it is: node:crypto takes 2.5 to 3.5 ms to load.
if (mayBeProd()) hash("sha256", "", "hex");

export const vibesafe: Vibesafe = Object.freeze({ func: createFunc(report), http: createHttp(report, verify), loaded, verify });

export const load: Load = createLoad(report);
