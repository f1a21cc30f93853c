/**
 * Imports, exports, namespaces and enums.
 *
 * @module
 */

import type { BindingIdentifier, ImportAttribute, ImportDeclaration, ImportOrExportKind, ModuleExportName, TSEnumMember } from "oxc-parser";
import type { Node, NodeOf } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { exportName, propertyName } from "./literals.ts";
import { braced, commas, single, word } from "./printer.ts";
import { startsLikeDeclaration } from "./statements.ts";

export const modulePrinters = {
  ImportDeclaration: (node, p) => `import ${kindWord(node.importKind)}${phaseWord(node.phase)}${bindings(node, p)}${p.print(node.source)}${attributes(node.attributes, p)};`,
  ImportDefaultSpecifier: (node, p) => p.print(node.local),
  ImportNamespaceSpecifier: (node, p) => `* as ${p.print(node.local)}`,
  ImportSpecifier: (node) => kindWord(node.importKind) + renamed(node.imported, node.local),
  ImportAttribute: (node, p) => `${propertyName(node.key, false, "value", p)}: ${p.print(node.value)}`,

  ExportNamedDeclaration: (node, p) => {
    if (node.declaration !== null) return `export ${p.print(node.declaration)}`;
    return `export ${kindWord(node.exportKind)}${names(node.specifiers, p)}${from(node.source, node.attributes, p)};`;
  },
  ExportSpecifier: (node) => kindWord(node.exportKind) + renamed(node.local, node.exported),
  ExportAllDeclaration: (node, p) => {
    const name = node.exported === null ? "" : ` as ${exportName(node.exported)}`;
    return `export ${kindWord(node.exportKind)}*${name}${from(node.source, node.attributes, p)};`;
  },
  ExportDefaultDeclaration: (node, p) => exportDefault(node.declaration, p),
  TSExportAssignment: (node, p) => `export = ${single(node.expression, p)};`,
  TSNamespaceExportDeclaration: (node, p) => `export as namespace ${p.print(node.id)};`,
  TSImportEqualsDeclaration: (node, p) => `import ${kindWord(node.importKind)}${p.print(node.id)} = ${p.print(node.moduleReference)};`,
  TSExternalModuleReference: (node, p) => `require(${p.print(node.expression)})`,

  TSModuleDeclaration: (node, p) => {
    const keyword = node.kind === "global" ? "global" : `${node.kind} ${p.print(node.id)}`;
    return `${word(node.declare, "declare")}${keyword}${node.body === null || node.body === undefined ? ";" : ` ${p.print(node.body)}`}`;
  },
  TSModuleBlock: (node, p) => braced(node.body, p),
  TSEnumDeclaration: (node, p) => `${word(node.declare, "declare")}${word(node.const, "const")}enum ${p.print(node.id)} ${p.print(node.body)}`,
  TSEnumBody: (node, p) => (node.members.length === 0 ? "{}" : `{ ${commas(node.members, p)} }`),
  TSEnumMember: (node, p) => enumMember(node, p),
} satisfies Partial<PrinterTable>;

function kindWord(kind: ImportOrExportKind | undefined): string {
  return kind === "type" ? "type " : "";
}

function phaseWord(phase: ImportDeclaration["phase"]): string {
  return phase === null ? "" : `${phase} `;
}

/** `import "x"` and `import {} from "x"` are one to the parser; a type import must have its braces. */
function bindings(node: ImportDeclaration, p: Printer): string {
  if (node.specifiers.length === 0) return node.importKind === "type" ? "{} from " : "";
  const named = node.specifiers.filter((item) => item.type === "ImportSpecifier");
  const parts = node.specifiers.filter((item) => item.type !== "ImportSpecifier").map((item) => p.print(item));
  if (named.length > 0) parts.push(names(named, p));
  return `${parts.join(", ")} from `;
}

function names(specifiers: readonly Node[], p: Printer): string {
  return specifiers.length === 0 ? "{}" : `{ ${commas(specifiers, p)} }`;
}

function renamed(from: ModuleExportName, to: ModuleExportName | BindingIdentifier): string {
  const [before, after] = [exportName(from), exportName(to)];
  return before === after ? before : `${before} as ${after}`;
}

function from(source: NodeOf<"ImportDeclaration">["source"] | null, list: readonly ImportAttribute[], p: Printer): string {
  return source === null ? "" : ` from ${p.print(source)}${attributes(list, p)}`;
}

function attributes(list: readonly ImportAttribute[], p: Printer): string {
  return list.length === 0 ? "" : ` with { ${commas(list, p)} }`;
}

function exportDefault(node: NodeOf<"ExportDefaultDeclaration">["declaration"], p: Printer): string {
  switch (node.type) {
    case "ClassDeclaration":
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "TSInterfaceDeclaration":
      return `export default ${p.print(node)}`;
    default: {
      const text = single(node, p);
      return `export default ${startsLikeDeclaration(text) ? `(${text})` : text};`;
    }
  }
}

function enumMember(node: TSEnumMember, p: Printer): string {
  const name = propertyName(node.id, node.computed, "value", p);
  return node.initializer === null ? name : `${name} = ${single(node.initializer, p)}`;
}

