/**
 * Changes of a signature, in words.
 *
 * @module
 */

import { added, modified, removed, type Change } from "./change.ts";
import { diffLines } from "./lines.ts";
import type { Parameter, Signature } from "../types.ts";

export function explainSignature(before: Signature, after: Signature): Change[] {
  const changes = explainOverloads(before.overloads ?? [], after.overloads ?? []);
  changes.push(...explainFlag("signature.async", "async", before.async, after.async));
  changes.push(...explainFlag("signature.generator", "a generator", before.generator, after.generator));
  const types = [before, after].map(({ typeParameters }) => (typeParameters.length === 0 ? null : `<${typeParameters.join(", ")}>`));
  const [oldTypes = null, newTypes = null] = types;
  if (oldTypes !== newTypes) {
    const field = "signature.typeParameters";
    if (oldTypes === null && newTypes !== null) changes.push(added(field, newTypes, `Added type parameters: ${newTypes}`));
    else if (oldTypes !== null && newTypes === null) changes.push(removed(field, oldTypes, `Removed type parameters: ${oldTypes}`));
    else changes.push(modified(field, oldTypes, newTypes, `Modified type parameters: ${oldTypes ?? ""} -> ${newTypes ?? ""}`));
  }
  changes.push(...explainParameters(before.parameters, after.parameters));
  if (before.returns !== after.returns) {
    changes.push(modified("signature.returns", before.returns, after.returns, `Modified return type: ${before.returns} -> ${after.returns}`));
  }
  return changes;
}

function explainOverloads(before: readonly string[], after: readonly string[]): Change[] {
  const field = "signature.overloads";
  const changes = diffLines(before, after).flatMap(({ removed: gone, added: come }) => [
    ...gone.map((text) => removed(field, text, `Removed overload: ${text}`)),
    ...come.map((text) => added(field, text, `Added overload: ${text}`)),
  ]);
  return changes;
}

function explainFlag(field: string, word: string, before: boolean, after: boolean): Change[] {
  if (before === after) return [];
  const text = after ? `Made ${word}` : `Made not ${word}`;
  return [modified(field, String(before), String(after), text)];
}

function explainParameters(before: readonly Parameter[], after: readonly Parameter[]): Change[] {
  const changes: Change[] = [];
  const oldNames = new Set(before.map(({ name }) => name));
  const newNames = new Set(after.map(({ name }) => name));
  // A name that went where another came, at the same place, was renamed.
  const renames = new Map<Parameter, Parameter>();
  for (const [i, old] of before.entries()) {
    const now = after[i];
    if (now !== undefined && !newNames.has(old.name) && !oldNames.has(now.name)) renames.set(old, now);
  }
  for (const old of before) {
    const renamed = renames.get(old);
    const now = renamed ?? after.find(({ name }) => name === old.name);
    const field = `signature.parameters.${(now ?? old).name}`;
    if (now === undefined) {
      changes.push(removed(field, showParameter(old), `Removed parameter: ${showParameter(old)}`));
      continue;
    }
    if (renamed !== undefined) changes.push(modified(field, old.name, renamed.name, `Renamed parameter: ${old.name} -> ${renamed.name}`));
    changes.push(...explainParameter(field, old, now));
  }
  const come = [...renames.values()];
  for (const now of after) {
    if (oldNames.has(now.name) || come.includes(now)) continue;
    changes.push(added(`signature.parameters.${now.name}`, showParameter(now), `Added parameter: ${showParameter(now)}`));
  }
  const kept = before.map((old) => renames.get(old)?.name ?? old.name).filter((name) => newNames.has(name));
  const order = after.map(({ name }) => name).filter((name) => kept.includes(name));
  if (kept.join() !== order.join()) {
    changes.push(modified("signature.parameters", kept.join(", "), order.join(", "), `Reordered parameters: ${kept.join(", ")} -> ${order.join(", ")}`));
  }
  return changes;
}

function explainParameter(field: string, before: Parameter, after: Parameter): Change[] {
  const { name } = after;
  const changes: Change[] = [];
  if (before.type !== after.type) {
    changes.push(modified(`${field}.type`, before.type, after.type, `Modified parameter annotation: ${name}: ${before.type} -> ${after.type}`));
  }
  if (before.optional !== after.optional) {
    const text = after.optional ? `Made parameter optional: ${name}` : `Made parameter required: ${name}`;
    changes.push(modified(`${field}.optional`, String(before.optional), String(after.optional), text));
  }
  if (before.rest !== after.rest) {
    const text = after.rest ? `Made rest parameter: ...${name}` : `Made no rest parameter: ${name}`;
    changes.push(modified(`${field}.rest`, String(before.rest), String(after.rest), text));
  }
  const at = `${field}.default`;
  if (before.default === null && after.default !== null) changes.push(added(at, after.default, `Added default of ${name}: ${after.default}`));
  else if (before.default !== null && after.default === null) changes.push(removed(at, before.default, `Removed default of ${name}: ${before.default}`));
  else if (before.default !== after.default) {
    changes.push(modified(at, before.default, after.default, `Modified default of ${name}: ${before.default ?? ""} -> ${after.default ?? ""}`));
  }
  return changes;
}

/** As it stands in a header: `...rest: T[]`, `a?: T`, `b: T = 1`. */
export function showParameter({ name, type, optional, rest, default: value }: Parameter): string {
  return `${rest ? "..." : ""}${name}${optional && value === null ? "?" : ""}: ${type}${value === null ? "" : ` = ${value}`}`;
}

/** One line: `async function f<T>(a: T, b: number = 1): Promise<T>`. */
export function showSignature(name: string, { async, generator, typeParameters, parameters, returns }: Signature): string {
  const types = typeParameters.length === 0 ? "" : `<${typeParameters.join(", ")}>`;
  return `${async ? "async " : ""}function${generator ? "*" : ""} ${name}${types}(${parameters.map(showParameter).join(", ")}): ${returns}`;
}

/** The signature with its overloads above it, one a line. */
export function showOverloads(name: string, signature: Signature): string {
  return [...(signature.overloads ?? []), showSignature(name, signature)].join("\n");
}
