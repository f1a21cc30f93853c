/**
 * What a module imports and exports.
 *
 * Read from the tree, which is there anyway: the parser's own record of it takes a tenth of the time of a parse to hand over.
 *
 * @module
 */

import type { ExportNamedDeclaration, ImportDeclaration, Node, Program } from "oxc-parser";
import { eachBound, rootName } from "../scope/declared.ts";
import type { ImportedName } from "../types.ts";

/** Where an exported name comes from. */
export type Export =
  /** Key of `Module.declarations`: the local name, or `default` for what is exported without one. */
  | { readonly local: string; readonly typeOnly: boolean }
  /** Another module's, re-exported or imported and then exported; `*` for its namespace. */
  | { readonly specifier: string; readonly imported: string; readonly typeOnly: boolean };

export interface ModuleExports {
  readonly named: ReadonlyMap<string, Export>;
  /** Specifiers of `export * from "…"`. */
  readonly stars: readonly string[];
}

export function importsOf(program: Program): ImportedName[] {
  const names: ImportedName[] = [];
  for (const statement of program.body) if (statement.type === "ImportDeclaration") addImports(statement, names);
  for (const statement of program.body) {
    const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    // `import fs = require("fs")`, the CommonJS import of TypeScript: what `module.exports` holds.
    if (node?.type !== "TSImportEqualsDeclaration" || node.moduleReference.type !== "TSExternalModuleReference") continue;
    const specifier = node.moduleReference.expression.value;
    names.push({ local: node.id.name, imported: "*", specifier, typeOnly: node.importKind === "type" });
  }
  return names;
}

function addImports({ specifiers, source, importKind }: ImportDeclaration, names: ImportedName[]): void {
  for (const one of specifiers) {
    const imported = one.type === "ImportSpecifier" ? nameOf(one.imported) : one.type === "ImportNamespaceSpecifier" ? "*" : "default";
    const typeOnly = importKind === "type" || (one.type === "ImportSpecifier" && one.importKind === "type");
    names.push({ local: one.local.name, imported, specifier: source.value, typeOnly });
  }
}

export function exportsOf(program: Program, imports: readonly ImportedName[]): ModuleExports {
  const named = new Map<string, Export>();
  const stars: string[] = [];
  for (const statement of program.body) {
    if (statement.type === "ExportAllDeclaration") {
      if (statement.exported === null) stars.push(statement.source.value);
      else named.set(nameOf(statement.exported), { specifier: statement.source.value, imported: "*", typeOnly: statement.exportKind === "type" });
    } else if (statement.type === "ExportNamedDeclaration") addExports(statement, imports, named);
    else if (statement.type === "ExportDefaultDeclaration") named.set("default", defaultExport(statement.declaration));
    else if (statement.type === "TSExportAssignment" && statement.expression.type === "Identifier") {
      named.set("default", { local: statement.expression.name, typeOnly: false });
    }
  }
  return { named, stars };
}

function addExports({ declaration, specifiers, source, exportKind }: ExportNamedDeclaration, imports: readonly ImportedName[], named: Map<string, Export>): void {
  const typeOnly = exportKind === "type";
  for (const { local, exported, exportKind: kind } of specifiers) {
    const isType = typeOnly || kind === "type";
    const from: Export = source === null ? throughImport(nameOf(local), isType, imports) : { specifier: source.value, imported: nameOf(local), typeOnly: isType };
    named.set(nameOf(exported), from);
  }
  if (declaration !== null) for (const name of declaredNames(declaration)) named.set(name, throughImport(name, typeOnly, imports));
}

function declaredNames(node: Node): string[] {
  if (node.type === "VariableDeclaration") {
    const names: string[] = [];
    for (const { id } of node.declarations) eachBound(id, (name) => void names.push(name));
    return names;
  }
  if (node.type === "TSModuleDeclaration" && node.global) return [];
  const name = "id" in node && node.id !== null && node.id !== undefined ? rootName(node.id) : undefined;
  return name === undefined ? [] : [name];
}

/** A name that the module imports is exported as what it was imported as. */
function throughImport(local: string, typeOnly: boolean, imports: readonly ImportedName[]): Export {
  const via = imports.find((one) => one.local === local);
  return via === undefined ? { local, typeOnly } : { specifier: via.specifier, imported: via.imported, typeOnly: typeOnly || via.typeOnly };
}

/** Of `export default`; what has no name of its own is declared as `default`. */
function defaultExport(node: Node): Export {
  if (node.type === "Identifier") return { local: node.name, typeOnly: false };
  const isType = node.type === "TSInterfaceDeclaration" || node.type === "TSDeclareFunction" || (node.type === "ClassDeclaration" && node.abstract === true);
  return { local: "id" in node && node.id?.type === "Identifier" ? node.id.name : "default", typeOnly: isType };
}

function nameOf(node: Node): string {
  return node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
}
