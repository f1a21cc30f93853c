/**
 * Runs the verified bytes of a unit: compiles them from memory and takes the function that they export.
 *
 * @module
 */

import { Module } from "node:module";
import { compileFunction, runInThisContext } from "node:vm";
import { VibesafeUsageError, VibesafeValidationError } from "../errors.ts";
import { isInspected, mapComment, withoutMap } from "./code-text.ts";
import { requireFor, type Importer } from "./require.ts";

export interface VerifiedCode {
  /** Unit id, for stacks and messages. */
  readonly unit: string;
  /** Name that the code exports. */
  readonly name: string;
  /** H_chk. */
  readonly checkpoint: string;
  /** The very text whose bytes were verified: a CommonJS body; where nobody wants the source map on its last line, without it. */
  readonly js: string;
  /** The file that its imports are relative to. */
  readonly importer: Importer;
}

export type AnyFunction = (...args: never[]) => unknown;

/** Carriers of the source maps: node drops a map when the module that brought it is collected. */
const mapCarriers = new Set<Module>();

/**
 * Evaluates the code and returns the generated function itself.
 *
 * @throws VibesafeUsageError when the code imports a module that is still being evaluated
 * @throws whatever the code throws, untouched
 */
export function evaluate(code: VerifiedCode): AnyFunction {
  const { unit } = code;
  return run(code, false, (specifier) => {
    throw new VibesafeUsageError(`${unit} was called while "${specifier}", which its code imports, was still being loaded`, {
      unit,
      remedy: "call it after the module has been evaluated, not from its top level",
    });
  });
}

/** Thrown through the first lines of the code, its imports, which nothing in it can catch. */
class StillLoading extends Error {}

function stillLoading(): never {
  throw new StillLoading();
}

/**
 * Evaluates the code while the module of its spec is being evaluated.
 *
 * @returns undefined when the code imports that module, or another that is not done: `evaluate` it at the first call
 */
export function evaluateEarly(code: VerifiedCode): AnyFunction | undefined {
  try {
    return run(code, true, stillLoading);
  } catch (error) {
    if (error instanceof StillLoading) return undefined;
    throw error;
  }
}

function run(code: VerifiedCode, loading: boolean, onCycle: (specifier: string) => never): AnyFunction {
  const filename = scriptName(code.unit, code.checkpoint);
  const body = bodyOf(compiled(code.js, filename), filename);
  const module: { exports: Record<string, unknown> } = { exports: {} };
  Reflect.apply(body, module.exports, [module.exports, requireFor(code.importer, loading, onCycle), module]);
  const exported = module.exports[code.name];
  if (typeof exported === "function") return exported as AnyFunction;
  throw new VibesafeValidationError(`${filename} exports no function ${code.name}`, {
    unit: code.unit,
    remedy: `run \`vibe compile --force --target ${code.unit}\``,
  });
}

const FITS_URL = /^[\w./$-]+$/;

/** What stacks call the code: `vibesafe://examples.math.ops/sumStr@1a2b3c4d5e6f/impl.ts`. */
export function scriptName(unit: string, checkpoint: string): string {
  // A URL with an authority, for node resolves the map's "impl.ts" against it; what a URL cannot hold is percent-encoded.
  return `vibesafe://${FITS_URL.test(unit) ? unit : encodeURI(unit).replaceAll(/[?#]/g, encodeURIComponent)}@${checkpoint.slice(0, 12)}/impl.ts`;
}

function bodyOf(text: string, filename: string): Function {
  // Bun's compileFunction counts a line of its own before the first, so stacks would be one line off.
  if (process.versions["bun"] === undefined) return compileFunction(text, ["exports", "require", "module"], { filename });
  return runInThisContext(`(function (exports, require, module) { ${text}\n})`, { filename });
}

/** The text to compile. Debuggers read the source map from it; node is told of it. */
function compiled(js: string, filename: string): string {
  const comment = mapComment(js);
  if (comment === undefined) return js;
  if (process.sourceMapsEnabled) registerSourceMap(comment, filename);
  return isInspected() ? js : withoutMap(js);
}

/**
 * Tells node the source map. `vm.compileFunction` does not, a CommonJS module does: here one that holds the map and nothing else.
 * Debuggers read the map from the code itself.
 */
function registerSourceMap(comment: string, filename: string): void {
  const compile: unknown = Reflect.get(Module.prototype, "_compile");
  if (typeof compile !== "function") return;
  const carrier = new Module(filename);
  carrier.filename = filename;
  Reflect.apply(compile, carrier, [comment.split("\n", 1)[0], filename, "commonjs"]);
  mapCarriers.add(carrier);
}
