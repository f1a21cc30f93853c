/**
 * One spec, from its call.
 *
 * @module
 */

import { VibesafeTypeError, VibesafeUsageError } from "../../errors.ts";
import { readDoc } from "../doc.ts";
import { withoutTypes, type SpecCall, type VibesafeNames } from "./calls.ts";
import { docBetween, exampleScope } from "./doc.ts";
import { findHole, type Complaint, type SpecFunction } from "./hole.ts";
import { HTTP_KEYS, readHttp, REQUEST } from "./http.ts";
import { readOptions, type ReadOptions } from "./options.ts";
import { readSignature } from "./signature.ts";
import { headerText, preHoleText } from "./text.ts";
import type { Module, Position } from "../parse.ts";
import { printStatements } from "../print.ts";
import type { Span, Spec, SpecKind, SpecProblem, UnitId } from "../types.ts";
import { unitIdOf, unitRef } from "../unit-id.ts";

export interface Context {
  readonly module: Module;
  /** POSIX path from the project root. */
  readonly file: string;
  readonly names: VibesafeNames;
  /** What the project allows beyond pure language. */
  readonly allow: readonly string[];
}

/** Reads a spec, or says all that is wrong with it. */
export function readSpec(context: Context, call: SpecCall): Spec | readonly SpecProblem[] {
  const args = call.call.arguments;
  const fn = functionOf(args.at(-1));
  const name = call.constName ?? fn?.id?.name;
  if (fn !== undefined && name !== undefined && args.length <= 2) return readNamed(context, call, fn, name);
  const unit = name === undefined ? undefined : unitIdOf(context.file, name);
  const { takes, write } = WRITTEN[call.kind];
  if (fn === undefined || args.length > 2) return [problemOf(context, { offset: call.call.start, message: takes, remedy: `write ${write}` }, unit)];
  const remedy = `write \`export default ${write}\``;
  return [problemOf(context, { offset: fn.start, message: "a spec that is the default export has no name", remedy })];
}

const WRITTEN: Readonly<Record<SpecKind, { readonly takes: string; readonly write: string }>> = {
  function: { takes: "vibesafe.func takes a function written in place, before it perhaps options", write: "vibesafe.func(function name(…): Type {…})" },
  http: {
    takes: "vibesafe.http takes options and a function, both written in place",
    write: 'vibesafe.http({ method: "GET", path: "/…" }, async function name(…): Promise<Type> {…})',
  },
};

function readNamed(context: Context, { kind, call, constName, docSpace }: SpecCall, fn: SpecFunction, name: string): Spec | readonly SpecProblem[] {
  const { module, file, names, allow } = context;
  const complaints: Complaint[] = [];
  const complain = (complaint: Complaint): void => void complaints.push(complaint);
  const id = unitIdOf(file, name);
  checkNames(call.start, id, fn, name, complain);
  const { options, others } = optionsOf(call.arguments.length === 2 ? call.arguments[0] : undefined, kind, id, complain);
  const http = kind === "http" ? readHttp({ call, fn, values: others }, complain) : undefined;
  const signature = readSignature(fn, complain);
  const hole = findHole(fn, names);
  if ("message" in hole) complain(hole);
  const lines = docBetween(module, docSpace);
  const lang = module.lang === "tsx" || module.lang === "jsx" ? "tsx" : "ts";
  const doc = readDoc(lines, { lang, scope: exampleScope(module, name, [...allow, ...options.allow, ...(kind === "http" ? [REQUEST] : [])]) });
  if ("message" in hole || complaints.length > 0 || doc.problems.length > 0) {
    return [...complaints.map((complaint) => problemOf(context, complaint, id)), ...doc.problems.map((problem) => problemAt(file, problem, problem, id))];
  }
  return {
    id,
    kind,
    name,
    exportedAs: exportNameOf(module, constName ?? "default"),
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
    ...(http !== undefined && { http }),
    examples: doc.examples,
    properties: doc.properties,
  };
}

function functionOf(argument: SpecCall["call"]["arguments"][number] | undefined): SpecFunction | undefined {
  const node = argument === undefined ? undefined : withoutTypes(argument);
  return node?.type === "FunctionExpression" || node?.type === "ArrowFunctionExpression" ? node : undefined;
}

export function checkNames(offset: number, id: UnitId, fn: SpecFunction, name: string, complain: (complaint: Complaint) => void): void {
  if (fn.id !== null && fn.id.name !== name) {
    complain({ offset: fn.id.start, message: `the function is named ${fn.id.name}, its const ${name}`, remedy: "give both one name" });
  }
  try {
    unitRef(id);
  } catch (cause) {
    if (!(cause instanceof VibesafeUsageError)) throw cause;
    complain({ offset, message: `the id cannot name a ref: ${cause.message}`, remedy: "shorten the file's path or the name" });
  }
}

export function optionsOf(node: SpecCall["call"]["arguments"][number] | undefined, kind: SpecKind, id: UnitId, complain: (complaint: Complaint) => void): ReadOptions {
  if (node === undefined) return { options: { allow: [] }, others: new Map() };
  const { options, others } = readOptions(node, kind === "http" ? HTTP_KEYS : [], complain);
  if (options.unit !== undefined && options.unit !== id) {
    complain({ offset: node.start, message: `unit is "${options.unit}", but the spec is ${id}`, remedy: `write unit: "${id}", or leave it out` });
  }
  return { options, others };
}

/** The name that the module exports `local` under: its own one, where there are several. */
export function exportNameOf(module: Module, local: string): string | undefined {
  const exported = [...module.exports.named].filter(([, from]) => "local" in from && from.local === local && !from.typeOnly).map(([name]) => name);
  return exported.includes(local) ? local : exported[0];
}

export function problemOf({ module, file }: Context, complaint: Complaint, unit?: UnitId): SpecProblem {
  return problemAt(file, module.positionOf(complaint.offset), complaint, unit);
}

export function problemAt(file: string, { line, column }: Position, { message, remedy }: { message: string; remedy: string }, unit?: UnitId): SpecProblem {
  const error = new VibesafeTypeError(`${file}:${line}:${column}: ${message}`, { unit, remedy });
  return { file, line, column, error, ...(unit !== undefined && { unit }) };
}

export function spanOf({ start, end }: Span): Span {
  return { start, end };
}
