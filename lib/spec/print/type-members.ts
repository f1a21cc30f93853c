/**
 * Interfaces, type aliases, and the members of object types.
 *
 * @module
 */

import type { PropertyKey } from "oxc-parser";
import type { Printer, PrinterTable } from "./printer.ts";
import { signature } from "./functions.ts";
import { propertyName } from "./literals.ts";
import { braced, commas, head, maybe, word } from "./printer.ts";

export const typeMemberPrinters = {
  TSTypeAliasDeclaration: (node, p) =>
    `${word(node.declare, "declare")}type ${p.print(node.id)}${maybe("", node.typeParameters, p)} = ${p.print(node.typeAnnotation)};`,
  TSInterfaceDeclaration: (node, p) => {
    const bases = node.extends.length === 0 ? "" : ` extends ${commas(node.extends, p)}`;
    return `${word(node.declare, "declare")}interface ${p.print(node.id)}${maybe("", node.typeParameters, p)}${bases} ${p.print(node.body)}`;
  },
  TSInterfaceHeritage: (node, p) => head(node.expression, p) + maybe("", node.typeArguments, p),
  TSInterfaceBody: (node, p) => braced(node.body, p),
  // Members end in `;` on lines of their own and within braces alike; the last one within braces has none.
  TSTypeLiteral: (node, p) => (node.members.length === 0 ? "{}" : `{ ${node.members.map((member) => p.print(member)).join(" ").slice(0, -1)} }`),
  TSPropertySignature: (node, p) =>
    `${word(node.readonly, "readonly")}${memberName(node.key, node.computed, p)}${node.optional ? "?" : ""}${maybe(": ", node.typeAnnotation, p)};`,
  TSMethodSignature: (node, p) => {
    const kind = node.kind === "method" ? "" : `${node.kind} `;
    return `${kind}${memberName(node.key, node.computed, p)}${node.optional ? "?" : ""}${signature(node, ": ", p)};`;
  },
  TSCallSignatureDeclaration: (node, p) => `${signature(node, ": ", p)};`,
  TSConstructSignatureDeclaration: (node, p) => `new ${signature(node, ": ", p)};`,
  TSIndexSignature: (node, p) => {
    const access = node.accessibility === null || node.accessibility === undefined ? "" : `${String(node.accessibility)} `;
    return `${access}${word(node.static, "static")}${word(node.readonly, "readonly")}[${commas(node.parameters, p)}]: ${p.print(node.typeAnnotation)};`;
  },
} satisfies Partial<PrinterTable>;

/** A method named "new" keeps its quotes: without them it is a construct signature. */
function memberName(key: PropertyKey, computed: boolean, p: Printer): string {
  const name = propertyName(key, computed, "type", p);
  return name === "new" ? '"new"' : name;
}
