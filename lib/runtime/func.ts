/**
 * `vibesafe.func`: a spec's stub in, the generated function out.
 *
 * @module
 */

import { types } from "node:util";
import { VibesafeUsageError } from "../errors.ts";
import { callSiteOf } from "./call-site.ts";
import type { Reporter } from "./dev.ts";
import type { AnyFunction } from "./evaluate.ts";
import { forwarder, shaped, type Shape } from "./forwarder.ts";
import { findAt, type Found } from "./find.ts";
import { devLoader } from "./full.ts";
import { announced, remember } from "./loaded.ts";
import { start as run } from "./prod.ts";
import type { Unit } from "./unit.ts";
import { functionName } from "./unit-name.ts";

/** What a unit may set for itself. All but `unit` is read from the source, so write plain literals. */
export interface FuncOptions {
  /** Name of a `[provider.NAME]` table. */
  readonly provider?: string;
  readonly model?: string;
  /** Path of a prompt template, from the project root. */
  readonly template?: string;
  /** Modules and globals that the generated code may use beyond pure language. */
  readonly allow?: readonly string[];
  /** `<module.path>/<name>`, where a bundler hides the file. */
  readonly unit?: string;
}

export interface Func {
  /**
   * Declares a spec and gives the function that its generated code exports.
   *
   * In prod the unit is verified here, at import, and the result is the generated function itself. In dev the result finds the code at
   * its first call, and compiles it where there is none or the spec has changed.
   *
   * @throws VibesafeCheckpointMissing, VibesafeHashMismatch in prod, before any generated code has run
   */
  <F extends AnyFunction>(fn: F): F;
  <F extends AnyFunction>(options: FuncOptions, fn: F): F;
}

/** Makes `vibesafe.func`. @param report - is told what dev mode does */
export function createFunc(report: Reporter): Func {
  function func<F extends AnyFunction>(first: F | FuncOptions, second?: F): F {
    const [options, stub] = typeof first === "function" ? [{}, first] : [first, second];
    if (typeof stub !== "function") {
      throw new VibesafeUsageError("vibesafe.func was called without a function", { remedy: "write vibesafe.func(function name(…): T { … })" });
    }
    const start = performance.now();
    const site = callSiteOf(func);
    const find = (): Found => findAt(site, { name: stub.name, unit: options.unit });
    const found = announced(find);
    // Both give a function that answers as F does: the gates have checked the code against the declared signature.
    if ("code" in found) {
      const fn = run(found.code, { name: functionName(found.code.unit), length: stub.length });
      remember(found.code, start, find);
      return fn as F;
    }
    return developed(found.unit, stub, { name: functionName(found.unit.id), length: stub.length }, report) as F;
  }
  return func;
}

function developed(unit: Unit, stub: AnyFunction, shape: Shape, report: Reporter): AnyFunction {
  const loader = devLoader(unit, { report, loaded: remember });
  if (!types.isAsyncFunction(stub) || types.isGeneratorFunction(stub)) return forwarder(shape, () => loader.load());
  let generated: AnyFunction | undefined;
  return shaped(shape, function (this: unknown, ...args: never[]): unknown {
    if (generated !== undefined) return generated.apply(this, args);
    const loading = loader.loadMeanwhile();
    if (typeof loading === "function") return Reflect.apply((generated = loading), this, args);
    return loading.then((loaded): unknown => Reflect.apply((generated ??= loaded), this, args));
  });
}
