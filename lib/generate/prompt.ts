/**
 * The prompt of a unit: its template, filled with what the model needs to know and nothing that differs between machines or runs.
 *
 * @module
 */

import { posix } from "node:path";
import { parseContract } from "../http/contract.ts";
import type { Node } from "../spec/ast.ts";
import type { Module } from "../spec/parse.ts";
import { readTemplate } from "../spec/template.ts";
import type { Example, Expectation, HashedSpec, HttpMap, ImportedName, Spec } from "../spec/types.ts";
import { splitUnitId } from "../spec/unit-id.ts";
import type { Workspace } from "../spec/workspace.ts";
import { VERSION } from "../version.ts";
import { repeatedDeclarations, specCodeOf, type Repeated } from "./spec-code.ts";
import { renderTemplate } from "./template.ts";

/** What a template can use; `docs/prompts.md` tells it to people. */
export interface PromptVariables {
  /** Unit id, its module path, its file from the project root, and the name that a reply exports. */
  readonly unit: string;
  readonly module: string;
  readonly file: string;
  readonly name: string;
  /** The function's header as written, and the same as an export of a reply, up to the body. */
  readonly signature: string;
  readonly declaration: string;
  readonly doc: string;
  readonly examples: readonly PromptExample[];
  readonly properties: readonly string[];
  readonly pre_hole: string;
  /** What the spec names, transitively: values and types. */
  readonly sources: readonly PromptSource[];
  readonly types: readonly PromptSource[];
  /** Import statements that a reply may use: those of the spec's file, and the one from the spec's file itself. */
  readonly imports: readonly string[];
  readonly own_import: string;
  /** What the spec's file exports, the unit apart. */
  readonly exports: readonly { readonly name: string; readonly type_only: boolean }[];
  /** Declarations that a reply must repeat. */
  readonly repeat: readonly { readonly name: string; readonly source: string }[];
  /** Modules and globals beyond pure language. */
  readonly allowed: readonly string[];
  /** Of an http unit. */
  readonly http: PromptEndpoint | null;
  /** What was wrong with the attempts so far, oldest first. */
  readonly feedback: readonly string[];
  readonly vibesafe_version: string;
}

export interface PromptEndpoint {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  /** The values that are taken from a request, and where from, as far as types and path tell. */
  readonly fields: readonly { readonly name: string; readonly in: string; readonly wire: string; readonly required: boolean }[];
  /** Code of the schemas; empty where the types say it. */
  readonly input: string;
  readonly output: string;
}

export interface PromptExample {
  readonly source: string;
  /** `throws`, `throwsValue`, `output` or `none`. */
  readonly kind: Expectation["kind"];
  /** What is expected, as the spec has it; empty for `none`. */
  readonly expected: string;
  /** What the example asks for, in words. */
  readonly asks: string;
}

export interface PromptSource {
  readonly file: string;
  readonly source: string;
}

/**
 * Renders the prompt of a unit.
 *
 * @param feedback - what was wrong with the attempts so far; without times, paths of the machine or anything random
 * @throws VibesafeConfigError when the template is wrong
 * @throws VibesafeTypeError when no reply could satisfy the spec, because it names what cannot be repeated
 */
export async function renderPrompt(workspace: Workspace, hashed: HashedSpec, feedback: readonly string[]): Promise<string> {
  return renderTemplate(readTemplate(workspace.project, hashed.spec), { ...promptVariables(workspace, hashed, feedback) });
}

/** What the template of a unit is given. */
export function promptVariables(workspace: Workspace, hashed: HashedSpec, feedback: readonly string[]): PromptVariables {
  const { spec, map } = hashed;
  const { module, fn } = specCodeOf(workspace, spec);
  const signature = lf(spec.header).trim();
  const repeat = repeatedDeclarations(workspace, hashed);
  const [types, sources] = sourcesOf(hashed, repeat);
  return {
    unit: spec.id,
    module: splitUnitId(spec.id).modulePath,
    file: spec.file,
    name: spec.name,
    signature,
    declaration: isNamed(fn, spec) ? signature.replaceAll(/^(?=(?:async\s+)?function\b)/gm, "export ") : `export const ${spec.name} = ${signature}`,
    doc: spec.doc,
    examples: spec.examples.map(promptExample),
    properties: spec.properties.map(({ source }) => source),
    pre_hole: lf(spec.preHole).trimEnd(),
    sources,
    types,
    imports: importLines(module.imports),
    own_import: ownImport(module, spec.file, spec.exportedAs),
    exports: exportsOf(module, spec.exportedAs),
    repeat: repeat.map(({ name, declarations }) => ({
      name,
      source: [...new Set(declarations.map(({ span }) => lf(module.source.slice(span.start, span.end))))].join("\n"),
    })),
    allowed: map.options.allow,
    http: map.http === undefined ? null : promptEndpoint(map.http),
    feedback,
    vibesafe_version: VERSION,
  };
}

function promptEndpoint({ method, tags, input, output, contract }: HttpMap): PromptEndpoint {
  const { path, fields } = parseContract(contract);
  const shown = fields.map(({ name, in: place, wire, required }) => ({ name, in: place, wire, required }));
  return { method, path, tags, fields: shown, input: input ?? "", output: output ?? "" };
}

/** Whether the header has the unit's name in it. */
function isNamed(fn: Node, { method }: Spec): boolean {
  return method !== undefined || fn.type === "FunctionDeclaration" || (fn.type === "FunctionExpression" && fn.id !== null);
}

const ASKS: Record<Expectation["kind"], string> = {
  none: "This runs without an error:",
  throws: "This throws, or rejects if awaited; `...` stands for any text:",
  throwsValue: "This throws, or rejects if awaited, with what this expression gives:",
  output: "This prints, or has the value:",
};

function promptExample({ source, expected }: Example): PromptExample {
  return { source: lf(source), kind: expected.kind, expected: lf(expectedText(expected)), asks: ASKS[expected.kind] };
}

function expectedText(expected: Expectation): string {
  switch (expected.kind) {
    case "none":
      return "";
    case "throws":
      return `${expected.name}: ${expected.message}`;
    case "throwsValue":
      return expected.expression;
    case "output":
      return expected.text;
  }
}

/** The sources of what the spec names, types first, in the order of files and lines; what is to be repeated stands apart. */
function sourcesOf({ sources, spec }: HashedSpec, repeat: readonly Repeated[]): [types: PromptSource[], values: PromptSource[]] {
  const repeated = new Set(repeat.map(({ name }) => name));
  const types: PromptSource[] = [];
  const values: PromptSource[] = [];
  const inOrder = [...sources].sort(([, a], [, b]) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  for (const [reference, { file, text }] of inOrder) {
    if (file === spec.file && repeated.has(reference.slice(reference.indexOf("#") + 1))) continue;
    (/^(?:export\s+)?(?:declare\s+)?(?:type|interface)\s/.test(text) ? types : values).push({ file, source: lf(text) });
  }
  return [types, values];
}

/** Names that vibesafe gives to specs; code has no use for them. */
const SPEC_ONLY = new Set(["vibesafe", "VibesafeHandled", "VibeCoded"]);

/** The imports of a file as statements, one for each module and kind. */
export function importLines(imports: readonly ImportedName[]): string[] {
  const modules = new Map<string, ImportedName[]>();
  for (const one of imports) {
    if (one.specifier === "vibesafe" && (SPEC_ONLY.has(one.imported) || one.imported === "*")) continue;
    const key = `${one.typeOnly ? "import type" : "import"}\0${one.imported === "*" ? one.local : ""}\0${one.specifier}`;
    modules.set(key, [...(modules.get(key) ?? []), one]);
  }
  return [...modules].map(([key, names]) => importLine(key.slice(0, key.indexOf("\0")), names));
}

function importLine(keyword: string, names: readonly ImportedName[]): string {
  const from = `from ${JSON.stringify(names[0]?.specifier)};`;
  const whole = names.find(({ imported }) => imported === "*");
  if (whole !== undefined) return `${keyword} * as ${whole.local} ${from}`;
  const named = names.map(({ imported, local }) => (imported === local ? local : `${imported} as ${local}`));
  return `${keyword} { ${named.join(", ")} } ${from}`;
}

function exportsOf(module: Module, unit: string | undefined): { name: string; type_only: boolean }[] {
  return [...module.exports.named]
    .filter(([name]) => name !== unit)
    .map(([name, one]) => ({ name, type_only: one.typeOnly || isType(module, one) }));
}

function isType(module: Module, one: { readonly local: string } | { readonly specifier: string }): boolean {
  const declarations = "local" in one ? (module.declarations.get(one.local) ?? []) : [];
  return declarations.length > 0 && declarations.every(({ kind }) => kind === "type" || kind === "interface");
}

/** The import of all that the spec's file exports, the unit apart; empty when that is nothing. */
function ownImport(module: Module, file: string, unit: string | undefined): string {
  const names = exportsOf(module, unit).map(
    ({ name, type_only }) => `${type_only ? "type " : ""}${name}${name === "default" ? " as theDefault" : ""}`,
  );
  return names.length === 0 ? "" : `import { ${names.join(", ")} } from "./${posix.basename(file)}";`;
}

function lf(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}
