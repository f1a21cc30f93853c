/**
 * What the type checker reads of a unit: the generated module, and a module that states what must hold of it.
 *
 * @module
 */

import { basename, dirname, extname } from "node:path";
import { REQUEST } from "../spec/extract/http.ts";
import { parseText, type Module } from "../spec/parse.ts";
import { freeNames } from "../spec/scope.ts";
import type { Spec } from "../spec/types.ts";
import { languageOf, virtualExtension } from "./entry.ts";

/** What a line of the check module stands for. */
export type CheckedLine = { readonly kind: "declared" | "any" | "loose" } | { readonly kind: "statement"; readonly line: number } | undefined;

export interface CheckFile {
  readonly text: string;
  /** By line of `text`, from 0. */
  readonly lines: readonly CheckedLine[];
}

export interface UnitFiles {
  /** POSIX paths from the project root, as virtual as the module itself. */
  readonly impl: string;
  readonly check: string;
}

export function unitFiles(spec: Spec, index: number): UnitFiles {
  const folder = dirname(spec.file) === "." ? "" : `${dirname(spec.file)}/`;
  const stem = `${folder}${basename(spec.file, extname(spec.file))}.${spec.name}.${index}`;
  return { impl: `${stem}.impl${virtualExtension(spec)}`, check: `${stem}.check${virtualExtension(spec)}` };
}

/** Name under which a copy of the spec's file exports a unit that the file itself does not. */
export function shadowName({ name }: Spec): string {
  return `$vibesafe_${name}`;
}

/** The spec's file with the units exported that it keeps to itself. */
export function shadowText(source: string, units: readonly Spec[]): string {
  const names = [...new Set(units.map((spec) => `${spec.name} as ${shadowName(spec)}`))];
  return `${source}\nexport { ${names.join(", ")} };\n`;
}

/**
 * `any` is assignable both ways to whatever was declared, so it is looked for by itself: in what the function returns, awaits to or
 * yields, and two levels into that. Functions inside are not looked into.
 */
const ANY_TYPES = [
  `type $IsAny<T> = 0 extends 1 & T ? true : false;`,
  `type $Inside<T> = T extends (...args: never) => unknown ? false : T extends object ? $IsAny<T[keyof T]> : false;`,
  `type $HasAny<T> = $IsAny<T> extends true ? true : true extends $Inside<T> ? true : T extends (...args: never) => unknown ? false : T extends object ? $Inside<T[keyof T]> : false;`,
  `type $Result<T> = T extends (...args: never) => infer R ? Awaited<R> : never;`,
  `type $Loose<T> = true extends $HasAny<$Result<T>> ? "any" : "typed";`,
];

/** Of `request` in the examples of http units (lib/http/exchange.ts). A body is whatever the endpoint sent. */
const REQUEST_TYPE = `declare function ${REQUEST}(path: string, options?: {
  method?: string; query?: Record<string, string | number | boolean | readonly (string | number | boolean)[]>; headers?: Record<string, string>; body?: unknown;
}): Promise<{ status: number; headers?: Record<string, string>; body: any }>;`;

/** @param fastCheck - path of fast-check's module */
export function checkFile(spec: Spec, module: Module, files: UnitFiles, fastCheck: string): CheckFile {
  const text: string[] = [];
  const lines: CheckedLine[] = [];
  const add = (code: string, stands?: CheckedLine): void => {
    for (const line of code.split("\n")) {
      text.push(line);
      lines.push(stands);
    }
  };
  const addStatements = (source: string, line: number): void => {
    for (const [i, code] of source.split("\n").entries()) add(code, { kind: "statement", line: line + i });
  };
  const declared = declaredType(spec, module);
  add(`import type * as $spec from ${JSON.stringify(`./${basename(spec.file)}`)};`);
  add(`import type * as $impl from ${JSON.stringify(`./${basename(files.impl)}`)};`);
  for (const line of importsOf(spec, module)) add(line);
  if (spec.properties.length > 0) add(`import * as fc from ${JSON.stringify(fastCheck)};`);
  if (spec.http !== undefined) add(REQUEST_TYPE);
  add(`declare const $declared: ${declared};`);
  add(`declare const $made: typeof $impl.${spec.name};`);
  add(`const $any: 0 extends 1 & typeof $declared ? "any" : "typed" = "typed";`, { kind: "any" });
  add(`const $known: 0 extends 1 & typeof $made ? "any" : "typed" = "typed";`, { kind: "declared" });
  add(`const $there: ${declared} = $made;`, { kind: "declared" });
  add(`const $back: typeof $impl.${spec.name} = $declared;`, { kind: "declared" });
  for (const line of ANY_TYPES) add(line);
  add(`const $loose: $Loose<${declared}> extends "any" ? "typed" : $Loose<typeof $made> = "typed";`, { kind: "loose" });
  add("void [$any, $known, $there, $back, $loose];");
  add("export async function $statements() {");
  if (spec.method === undefined) add(`const ${spec.name} = $declared; void ${spec.name};`);
  add("{");
  for (const { source, line } of spec.examples) {
    addStatements(source, line);
    // A statement of the next example must not continue this one.
    add(";");
  }
  for (const { source, line } of spec.properties) {
    add("await (async () => {");
    addStatements(source, line);
    add("})();");
  }
  add("} }");
  return { text: `${text.join("\n")}\n`, lines };
}

/**
 * The declared type of the unit. A method has it from its class, where it says no `this`: that this is the class the signature tells,
 * which is compared as text. Type arguments of the class are left open.
 */
function declaredType(spec: Spec, module: Module): string {
  const { method } = spec;
  if (method === undefined) return `typeof $spec.${spec.exportedAs ?? shadowName(spec)}`;
  if (method.isStatic) return `typeof $spec.${method.exportedAs}.${spec.name}`;
  const [declared] = module.declarations.get(method.className) ?? [];
  const parameters = declared?.node.type === "ClassDeclaration" ? (declared.node.typeParameters?.params ?? []) : [];
  const open = parameters.length === 0 ? "" : `<${parameters.map(() => "any").join(", ")}>`;
  return `$spec.${method.exportedAs}${open}[${JSON.stringify(spec.name)}]`;
}

function importsOf(spec: Spec, module: Module): string[] {
  const lang = languageOf(spec);
  const values = new Set<string>();
  const types = new Set<string>();
  // One list: what one example declares is not free in the next.
  const statements = [...spec.examples, ...spec.properties].flatMap(({ source }) => {
    const syntax = parseText(source, lang);
    return "program" in syntax ? syntax.program.body : [];
  });
  const free = freeNames(statements);
  for (const name of free.values.keys()) values.add(name);
  for (const name of free.types.keys()) types.add(name);
  return [...new Set([...values, ...types])].flatMap((name) => {
    if ((name === spec.name && spec.method === undefined) || (name === REQUEST && spec.http !== undefined)) return [];
    const imported = module.imports.find(({ local }) => local === name);
    const exported = module.exports.named.get(name);
    if (imported === undefined && exported === undefined) return [];
    const keyword = !values.has(name) || imported?.typeOnly === true || exported?.typeOnly === true ? "import type" : "import";
    const from = JSON.stringify(imported?.specifier ?? `./${basename(spec.file)}`);
    const as = imported?.imported ?? name;
    return as === "*" ? `${keyword} * as ${name} from ${from};` : `${keyword} { ${as === name ? name : `${as} as ${name}`} } from ${from};`;
  });
}
