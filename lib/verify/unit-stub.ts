/**
 * What stands for `vibesafe` in the sandbox: specs become calls of the units' generated code, nothing is read or checked.
 *
 * @module
 */

import { cutsOf, cutText, endpointCuts } from "../spec/cut.ts";
import type { ShimExport } from "../spec/shims.ts";
import type { Spec } from "../spec/types.ts";

/**
 * Source of `vibesafe:registry`. No generated code is evaluated before the language is locked, not even where a file of the user's
 * calls a unit at its import.
 */
export function registry(secret: string): string {
  return `
const { apply } = Reflect;
const { defineProperty } = Object;
const chosen = new Map();
const { get, set } = Map.prototype;
/** The code under test, instead of a unit's saved code. */
export function choose(id, load) { apply(set, chosen, [id, load]); }
const described = new Map();
/** The schemas of an http unit, once its file was evaluated. */
export function schemasOf(id) { return apply(get, described, [id]) ?? {}; }
export function unit(id, name, length, load, schemas) {
  apply(set, described, [id, schemas]);
  let target;
  const call = function (...args) {
    if (target === undefined) {
      lock$${secret}();
      target = (apply(get, chosen, [id]) ?? load)()[name];
    }
    return apply(target, this, args);
  };
  defineProperty(call, "name", { value: name, configurable: true });
  defineProperty(call, "length", { value: length, configurable: true });
  return call;
}
`;
}

/** Source of `vibesafe` itself. CommonJS, so that a name it lacks is undefined and no error. */
export const VIBESAFE = `
class VibesafeHandled extends Error {
  constructor(message = "this function is a spec; vibesafe runs its generated code") { super(message); this.name = "VibesafeHandled"; }
}
const unread = (...args) => {
  const fn = args[args.length - 1];
  return function () { throw new Error("vibesafe.func: " + (fn && fn.name || "this function") + " is no spec that vibesafe can read"); };
};
module.exports = { vibesafe: { func: unread, http: unread }, VibesafeHandled, VibeCoded: VibesafeHandled, load: unread };
for (const name of ["VibesafeError", "VibesafeMissingDoctest", "VibesafeTypeError", "VibesafeValidationError", "VibesafeProviderError", "VibesafeHashMismatch",
  "VibesafeCheckpointMissing", "VibesafeConfigError", "VibesafeStoreError", "VibesafeUsageError"]) {
  const Base = name === "VibesafeError" ? Error : module.exports.VibesafeError;
  module.exports[name] = { [name]: class extends Base {} }[name];
}
`;

/** A module for a unit that has no code. */
export function missingUnit(id: string, name: string): string {
  const message = `unit ${id} has no compiled code here: run \`vibe compile --target ${id}\` first`;
  return `export const ${name} = () => { throw new Error(${JSON.stringify(message)}); };`;
}

/**
 * The text of a spec file with each spec's call replaced, and each method that is one; line numbers stay. A tagged declaration stays the
 * stub that it is: its unit is reached through its shim.
 */
export function withoutSpecs(source: string, specs: readonly Spec[], moduleOf: (spec: Spec) => string): string {
  const cuts = specs.filter(({ form }) => form !== "declaration").flatMap((spec) => {
    if (spec.http === undefined) return cutsOf(spec, unitCall(spec, moduleOf(spec)));
    return endpointCuts(spec, `$vibesafeUnit(${unitArguments(spec, moduleOf(spec))}, `, ")");
  });
  return `${cutText(source, cuts)}\nimport { unit as $vibesafeUnit } from "vibesafe:registry";\n`;
}

/** The text of a shim with each unit in place of the call that gives it. */
export function withoutShims(source: string, exports: readonly (ShimExport & { readonly spec: Spec | undefined })[], moduleOf: (spec: Spec) => string): string {
  const cuts = exports.flatMap(({ call, spec }) => (spec === undefined ? [] : [{ ...call, text: unitCall(spec, moduleOf(spec)) }]));
  return `${cutText(source, cuts)}\nimport { unit as $vibesafeUnit } from "vibesafe:registry";\n`;
}

function unitCall(spec: Spec, module: string): string {
  return `$vibesafeUnit(${unitArguments(spec, module)})`;
}

function unitArguments({ id, name, signature }: Spec, module: string): string {
  const parameters = signature.parameters.filter((parameter) => parameter.name !== "this");
  const length = parameters.findIndex((parameter) => parameter.rest || parameter.default !== null);
  const count = length < 0 ? parameters.length : length;
  return `${JSON.stringify(id)}, ${JSON.stringify(name)}, ${count}, () => require(${JSON.stringify(module)})`;
}
