/**
 * `vibesafe.func`: a spec's stub in, the generated function out.
 *
 * @module
 */

import { types } from "node:util";
import { VibesafeUsageError } from "../errors.ts";
import { callSiteOf, decoratedAt } from "./call-site.ts";
import { now } from "./clock.ts";
import type { Reporter } from "./dev.ts";
import type { AnyFunction } from "./evaluate.ts";
import { forwarder, shaped, type Shape } from "./forwarder.ts";
import { findAt, type Found } from "./find.ts";
import { devLoader } from "./full.ts";
import { announced, remember } from "./loaded.ts";
import { start as run } from "./prod.ts";
import type { DecoratedMethod, Unit } from "./unit.ts";
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

/** What decorates a method: `@vibesafe.func({ … })`. */
export type MethodDecorator = <F extends AnyFunction>(method: F, context: ClassMethodDecoratorContext) => F;

export interface Func {
  /**
   * Declares a spec and gives the function that its generated code exports.
   *
   * In prod the unit is verified here, at import, and the result is the generated function itself. In dev the result finds the code at
   * its first call, and compiles it where there is none or the spec has changed.
   *
   * As a decorator, `@vibesafe.func`, it does the same for a method when its class is defined.
   *
   * @throws VibesafeCheckpointMissing, VibesafeHashMismatch in prod, before any generated code has run
   */
  <F extends AnyFunction>(fn: F): F;
  <F extends AnyFunction>(options: FuncOptions, fn: F): F;
  <F extends AnyFunction>(method: F, context: ClassMethodDecoratorContext): F;
  (options: FuncOptions): MethodDecorator;
}

type Site = ReturnType<typeof callSiteOf>;

/** Makes `vibesafe.func`. @param report - is told what dev mode does */
export function createFunc(report: Reporter): Func {
  function func<F extends AnyFunction>(fn: F): F;
  function func<F extends AnyFunction>(options: FuncOptions, fn: F): F;
  function func<F extends AnyFunction>(method: F, context: ClassMethodDecoratorContext): F;
  function func(options: FuncOptions): MethodDecorator;
  function func(first: unknown, second?: unknown): unknown {
    // A standard decorator is called with a context, an older one with the name of the member.
    if (typeof second === "string" || typeof second === "symbol") methodIn(second);
    if (typeof first === "function" && second !== undefined) return decorated(first, second, {}, decoratedAt(func), false);
    const options: FuncOptions = typeof first === "object" && first !== null ? first : {};
    const site = callSiteOf(func);
    if (typeof first === "object" && first !== null && second === undefined) {
      return (method: unknown, context: unknown) => decorated(method, context, options, site, true);
    }
    return unitOf(asFunction(typeof first === "function" ? first : second), options, site, undefined);
  }

  function decorated(stub: unknown, context: unknown, options: FuncOptions, site: Site, placed: boolean): AnyFunction {
    if (context === undefined) return asFunction(undefined);
    const { name, isStatic } = methodIn(context);
    return unitOf(asFunction(stub), options, site, { name, isStatic, placed });
  }

  function unitOf(stub: AnyFunction, { unit }: FuncOptions, site: Site, method: (DecoratedMethod & { readonly name: string }) | undefined): AnyFunction {
    const start = now();
    const find = (): Found => findAt(site, { name: method?.name ?? stub.name, unit, method, fn: stub });
    const found = announced(find);
    // Both give a function that answers as the stub would: the gates have checked the code against the declared signature.
    if ("code" in found) {
      const fn = run(found.code, { name: functionName(found.code.unit), length: stub.length });
      remember(found.code, start, find);
      return fn;
    }
    return developed(found.unit, stub, { name: functionName(found.unit.id), length: stub.length }, report);
  }
  return func;
}

/** @throws VibesafeUsageError when it is none */
function asFunction(value: unknown): AnyFunction {
  if (isFunction(value)) return value;
  throw new VibesafeUsageError("vibesafe.func was called without a function", { remedy: "write vibesafe.func(function name(…): T { … })" });
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

/** What a decorator is told of its method (ECMAScript decorators, "context"). @throws VibesafeUsageError when it decorates anything else */
function methodIn(context: unknown): { readonly name: string; readonly isStatic: boolean } {
  const remedy = "decorate a method of a class at the top level of the file: `@vibesafe.func area(scale: number): number { … }`";
  if (typeof context !== "object" || context === null || !("kind" in context)) {
    throw new VibesafeUsageError(
      "@vibesafe.func was not called as a standard decorator",
      { remedy: "remove `experimentalDecorators` from tsconfig.json: what it compiles to are older decorators" },
    );
  }
  const { kind } = context;
  if (kind !== "method") throw new VibesafeUsageError(`@vibesafe.func stands on a ${String(kind)}`, { remedy });
  const name = "name" in context && typeof context.name === "string" ? context.name : undefined;
  if (name === undefined || ("private" in context && context.private === true)) {
    throw new VibesafeUsageError(`@vibesafe.func stands on a method without a plain name: ${"name" in context ? String(context.name) : ""}`, { remedy });
  }
  return { name, isStatic: "static" in context && context.static === true };
}

/** The function of a unit in dev mode. */
export function developed(unit: Unit, stub: AnyFunction, shape: Shape, report: Reporter): AnyFunction {
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
