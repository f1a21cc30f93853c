/**
 * The specs of a module.
 *
 * @module
 */

import { findCalls, vibesafeNames } from "./extract/calls.ts";
import { findDeclarations } from "./extract/declarations.ts";
import { readDeclarationSpec, readMethodSpec } from "./extract/forms.ts";
import { findMethods } from "./extract/methods.ts";
import { problemOf, readSpec, type Context } from "./extract/spec.ts";
import type { Module } from "./parse.ts";
import type { Spec, SpecProblem } from "./types.ts";

export interface SpecsAndProblems {
  readonly specs: readonly Spec[];
  readonly problems: readonly SpecProblem[];
}

/**
 * Reads the specs of a module, in source order. A broken one is a problem, or several, and does not concern the others.
 *
 * @param file - POSIX path from the project root
 * @param allow - what the project allows beyond pure language: examples may name it
 */
export function extractSpecs(module: Module, file: string, allow: readonly string[] = []): SpecsAndProblems {
  const names = vibesafeNames(module);
  const context: Context = { module, file, names, allow };
  const { methods, makers, strays: decorated } = findMethods(module, names);
  const { calls, strays } = findCalls(module, names, makers);
  const { declarations, strays: tagged } = findDeclarations(module, calls.map(({ call }) => call));
  const problems = [...strays, ...decorated, ...tagged].map(({ node, message, remedy }) => problemOf(context, { offset: node.start, message, remedy }));
  const specs: Spec[] = [];
  const add = (offset: number, read: () => Spec | readonly SpecProblem[]): void => {
    const result = readUnlessTooDeep(context, offset, read);
    if ("id" in result) specs.push(result);
    else problems.push(...result);
  };
  for (const call of calls) add(call.call.start, () => readSpec(context, call));
  for (const method of methods) add(method.node.start, () => readMethodSpec(context, method));
  for (const one of declarations) add(one.node.start, () => readDeclarationSpec(context, one));
  if (methods.length + declarations.length > 0) specs.sort((a, b) => a.call.start - b.call.start);
  const unique = withoutTwins(context, specs, problems);
  return { specs: unique, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function readUnlessTooDeep(context: Context, offset: number, read: () => Spec | readonly SpecProblem[]): Spec | readonly SpecProblem[] {
  try {
    return read();
  } catch (cause) {
    // The stack overflow of a recursive walk: 1 + 1 + … over thousands of terms.
    if (!(cause instanceof RangeError && cause.message.includes("call stack"))) throw cause;
    return [problemOf(context, { offset, message: "the spec's code nests too deep", remedy: "name the inner parts" })];
  }
}

/** Several units of one id: none of them is the unit. */
function withoutTwins(context: Context, specs: readonly Spec[], problems: SpecProblem[]): Spec[] {
  const lines = new Map<string, number[]>();
  for (const { id, line } of specs) lines.set(id, [...(lines.get(id) ?? []), line]);
  return specs.filter((spec) => {
    const twins = lines.get(spec.id) ?? [];
    if (twins.length === 1) return true;
    const message = `${spec.id} is defined ${twins.length} times, in lines ${twins.join(", ")}`;
    problems.push(problemOf(context, { offset: spec.call.start, message, remedy: "rename all but one" }, spec.id));
    return false;
  });
}
