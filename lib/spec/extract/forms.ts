/**
 * Specs that are no calls: decorated methods and tagged declarations.
 *
 * @module
 */

import { readDoc } from "../doc.ts";
import type { TextLine } from "../doc/text.ts";
import type { Argument } from "oxc-parser";
import { showSignature } from "../explain/signature.ts";
import { printStatements } from "../print.ts";
import type { MethodPlace, Signature, Span, Spec, SpecForm, SpecProblem } from "../types.ts";
import { unitIdOf } from "../unit-id.ts";
import type { DeclarationSpec } from "./declarations.ts";
import { docAmongCode, exampleScope } from "./doc.ts";
import { findHole, type Complaint, type SpecFunction } from "./hole.ts";
import { checkMethod } from "./method-function.ts";
import type { MethodSpec } from "./methods.ts";
import { readSignature } from "./signature.ts";
import { checkNames, exportNameOf, optionsOf, problemAt, problemOf, spanOf, type Context } from "./spec.ts";
import { headerText, preHoleText } from "./text.ts";

interface Form {
  readonly form: SpecForm;
  readonly method?: MethodPlace;
  /** Of the unit id, behind the slash. */
  readonly idName: string;
  readonly name: string;
  readonly exportedAs: string | undefined;
  readonly node: Span;
  readonly fn: SpecFunction;
  readonly overloads: readonly SpecFunction[];
  readonly options: Argument | undefined;
  readonly lines: readonly TextLine[];
}

/** Reads a decorated method, or says all that is wrong with it. */
export function readMethodSpec(context: Context, found: MethodSpec): Spec | readonly SpecProblem[] {
  const { node, name, place, fn, overloads, options, docSpaces } = found;
  const docs = docSpaces.map((space) => docAmongCode(context.module, space));
  const lines = docs.find((one) => one.length > 0) ?? [];
  const idName = `${place.className}.${name}`;
  return readForm(context, { form: "method", method: place, idName, name, exportedAs: undefined, node, fn, overloads, options, lines }, (complain) => {
    for (const one of [node, ...found.overloadNodes]) checkMethod(found.owner, one, complain);
  });
}

/** Reads a tagged declaration, or says all that is wrong with it. */
export function readDeclarationSpec(context: Context, { node, name, overloads, lines }: DeclarationSpec): Spec | readonly SpecProblem[] {
  const exportedAs = exportNameOf(context.module, name);
  return readForm(context, { form: "declaration", idName: name, name, exportedAs, node, fn: node, overloads, options: undefined, lines }, (complain) => {
    if (exportedAs === undefined) complain({ offset: node.start, message: `${name} is not exported, so that its shim cannot name it`, remedy: `write \`export function ${name}\`` });
  });
}

function readForm(context: Context, form: Form, check: (complain: (complaint: Complaint) => void) => void): Spec | readonly SpecProblem[] {
  const { module, file, names, allow } = context;
  const { fn, name, node, method } = form;
  const complaints: Complaint[] = [];
  const complain = (complaint: Complaint): void => void complaints.push(complaint);
  const id = unitIdOf(file, form.idName);
  checkNames(node.start, id, fn, name, complain);
  check(complain);
  const { options } = optionsOf(form.options, "function", id, complain);
  const signature = signatureOf(form, complain);
  const hole = findHole(fn, names);
  if ("message" in hole) complain(hole);
  const lang = module.lang === "tsx" || module.lang === "jsx" ? "tsx" : "ts";
  const doc = readDoc(form.lines, { lang, scope: exampleScope(module, method?.exportedAs ?? name, [...allow, ...options.allow]) });
  if ("message" in hole || complaints.length > 0 || doc.problems.length > 0) {
    return [...complaints.map((complaint) => problemOf(context, complaint, id)), ...doc.problems.map((problem) => problemAt(file, problem, problem, id))];
  }
  return {
    id,
    kind: "function",
    form: form.form,
    ...(method !== undefined && { method }),
    name,
    exportedAs: form.exportedAs,
    named: false,
    file,
    line: module.lineOf(node.start),
    source: module.source,
    call: spanOf(node),
    fn: spanOf(fn),
    ...(form.overloads.length > 0 && { overloads: form.overloads.map(spanOf) }),
    header: headerOf(form, signature, module.source),
    preHole: preHoleText(module.source, fn, hole),
    signature,
    doc: form.lines.map(({ text }) => text).join("\n"),
    body: printStatements(hole.before),
    options,
    examples: doc.examples,
    properties: doc.properties,
  };
}

function signatureOf({ name, fn, overloads }: Form, complain: (complaint: Complaint) => void): Signature {
  const signature = readSignature(fn, complain);
  if (overloads.length === 0) return signature;
  return { ...signature, overloads: overloads.map((one) => showSignature(name, readSignature(one, complain))) };
}

/** As written, or as a method reads where it is a function. */
function headerOf({ name, fn, overloads, method }: Form, signature: Signature, source: string): string {
  return method === undefined
    ? [...overloads.map((one) => `${source.slice(one.start, one.end).replaceAll(/\r\n?/g, "\n")}`), headerText(source, fn)].join("\n")
    : [...(signature.overloads ?? []).map((text) => `${text};`), showSignature(name, signature)].join("\n");
}
