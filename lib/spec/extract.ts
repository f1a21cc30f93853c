/**
 * The specs of a module.
 *
 * @module
 */

import { VibesafeTypeError } from "../errors.ts";
import { docLines, readDoc, type DocProblem, type TextLine } from "./doc.ts";
import { findCalls, vibesafeNames, withoutTypes, type SpecCall, type VibesafeNames } from "./extract-calls.ts";
import { findHole, type Complaint, type SpecFunction } from "./extract-hole.ts";
import { readOptions } from "./extract-options.ts";
import { readSignature } from "./extract-signature.ts";
import { headerText, preHoleText } from "./extract-text.ts";
import { PURE_GLOBALS } from "./globals.ts";
import type { Module } from "./parse.ts";
import { printStatements } from "./print.ts";
import type { Span, Spec, SpecOptions, SpecProblem, UnitId } from "./types.ts";
import { unitIdOf } from "./unit-id.ts";

interface Context {
  readonly module: Module;
  readonly file: string;
  readonly names: VibesafeNames;
  readonly allow: readonly string[];
}

/**
 * Reads the specs of a module. A broken one is a problem, or several, and does not concern the others.
 *
 * @param file - POSIX path from the project root
 * @param allow - what the project allows beyond pure language: examples may name it
 */
export function extractSpecs(
  module: Module,
  file: string,
  allow: readonly string[] = [],
): { readonly specs: readonly Spec[]; readonly problems: readonly SpecProblem[] } {
  const names = vibesafeNames(module);
  const context: Context = { module, file, names, allow };
  const { calls, strays } = findCalls(module, names);
  const problems = strays.map(({ node, message, remedy }) => problemAt(context, { offset: node.start, message, remedy }));
  const specs: Spec[] = [];
  for (const call of calls) {
    const result = readSpec(context, call);
    if ("problems" in result) problems.push(...result.problems);
    else specs.push(result);
  }
  const unique = withoutTwins(context, specs, problems);
  return { specs: unique, problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** Several units of one id: none of them is the unit. */
function withoutTwins(context: Context, specs: readonly Spec[], problems: SpecProblem[]): Spec[] {
  return specs.filter((spec) => {
    const twins = specs.filter(({ id }) => id === spec.id);
    if (twins.length === 1) return true;
    const message = `${spec.id} is defined ${twins.length} times, in lines ${twins.map(({ line }) => line).join(", ")}`;
    problems.push(problemAt(context, { offset: spec.call.start, message, remedy: "rename all but one" }, spec.id));
    return false;
  });
}

function readSpec(context: Context, { call, constName, docSpace }: SpecCall): Spec | { readonly problems: readonly SpecProblem[] } {
  const { module, file, names } = context;
  const complaints: Complaint[] = [];
  const complain = (complaint: Complaint): void => void complaints.push(complaint);
  const fn = functionOf(call.arguments.at(-1));
  const name = constName ?? fn?.id?.name;
  if (fn === undefined || call.arguments.length > 2) {
    complain({ offset: call.start, message: "vibesafe.func takes a function written in place, or options and such a function", remedy: "write vibesafe.func(function name(…): Type {…})" });
    return { problems: complaints.map((complaint) => problemAt(context, complaint, idOf(file, name))) };
  }
  if (name === undefined) {
    complain({ offset: fn.start, message: "a spec that is the default export has no name", remedy: "write `export default vibesafe.func(function name(…) {…})`" });
    return { problems: complaints.map((complaint) => problemAt(context, complaint)) };
  }
  const id = unitIdOf(file, name);
  if (fn.id && fn.id.name !== name) {
    complain({ offset: fn.id.start, message: `the function is named ${fn.id.name}, its const ${name}`, remedy: "give both one name" });
  }
  const first = call.arguments.length === 2 ? call.arguments[0] : undefined;
  const options: SpecOptions = first === undefined ? { allow: [] } : readOptions(first, complain);
  if (options.unit !== undefined && options.unit !== id) {
    complain({ offset: first?.start ?? call.start, message: `unit is "${options.unit}", but the spec is ${id}`, remedy: `write unit: "${id}", or leave it out` });
  }
  const signature = readSignature(fn, complain);
  const hole = findHole(fn, names);
  if ("message" in hole) complain(hole);
  const exportedAs = exportNameOf(module, constName ?? "default");
  const lines = docOf(module, docSpace);
  const doc = readDoc(lines, { lang: module.lang === "tsx" || module.lang === "jsx" ? "tsx" : "ts", scope: scopeOf(context, name, options) });
  if ("message" in hole || complaints.length > 0 || doc.problems.length > 0) {
    const broken = doc.problems.map((problem) => problemIn(context, problem, id));
    return { problems: [...complaints.map((complaint) => problemAt(context, complaint, id)), ...broken] };
  }
  return {
    id,
    kind: "function",
    name,
    exportedAs,
    named: fn.id !== null,
    file,
    line: module.lineOf(call.start),
    source: module.source,
    call: spanOf(call),
    fn: spanOf(fn),
    header: headerText(module.source, fn),
    preHole: preHoleText(module.source, fn, hole),
    signature,
    doc: lines.map(({ text }) => text).join("\n"),
    body: printStatements(hole.before),
    options,
    examples: doc.examples,
    properties: doc.properties,
  };
}

function functionOf(argument: SpecCall["call"]["arguments"][number] | undefined): SpecFunction | undefined {
  const node = argument === undefined ? undefined : withoutTypes(argument);
  return node?.type === "FunctionExpression" || node?.type === "ArrowFunctionExpression" ? node : undefined;
}

function idOf(file: string, name: string | undefined): UnitId | undefined {
  return name === undefined ? undefined : unitIdOf(file, name);
}

/** The name that the module exports `local` under: its own one, where there are several. */
function exportNameOf(module: Module, local: string): string | undefined {
  const exported = [...module.exports.named].filter(([, from]) => "local" in from && from.local === local && !from.typeOnly).map(([name]) => name);
  return exported.includes(local) ? local : exported[0];
}

/** The lines of the doc comment nearest to the end of a space between statements; none when there is no comment. */
function docOf({ source, comments, positionOf }: Module, space: Span): TextLine[] {
  const comment = comments.findLast(({ type, value, start, end }) => {
    if (type !== "Block" || !value.startsWith("*") || start < space.start || end > space.end) return false;
    // Behind the previous statement, on its line, a comment belongs to that one.
    return space.start === 0 || /[\r\n]/.test(source.slice(space.start, start)) || !/[\r\n]/.test(source.slice(end, space.end));
  });
  if (comment === undefined) return [];
  const { line, column } = positionOf(comment.start);
  return docLines(source.slice(comment.start, comment.end), line, column);
}

/** Names that the examples of a unit may use: the unit, what its file imports and exports, pure globals, and what is allowed. */
export function scopeOf({ module, allow }: Pick<Context, "module" | "allow">, name: string, options: SpecOptions): Set<string> {
  const imported = module.imports.filter(({ typeOnly }) => !typeOnly).map(({ local }) => local);
  const exported = [...module.exports.named].filter(([, { typeOnly }]) => !typeOnly).map(([exportedName]) => exportedName);
  return new Set([...PURE_GLOBALS, ...imported, ...exported, ...allow, ...options.allow, name]);
}

function problemAt({ module, file }: Context, { offset, message, remedy }: Complaint, unit?: UnitId): SpecProblem {
  return problemIn({ file }, { ...module.positionOf(offset), message, remedy }, unit);
}

function problemIn({ file }: Pick<Context, "file">, { line, column, message, remedy }: DocProblem, unit?: UnitId): SpecProblem {
  const error = new VibesafeTypeError(`${file}:${line}:${column}: ${message}`, { unit, remedy });
  return { file, line, column, error, ...(unit !== undefined && { unit }) };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}
