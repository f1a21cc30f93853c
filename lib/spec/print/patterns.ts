/**
 * Names and the patterns that bind or assign them: parameters, destructuring, defaults.
 *
 * @module
 */

import type { Node } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { arrayText, propertyText } from "./expressions.ts";
import { decorators, maybe, single, target, word } from "./printer.ts";

export const patternPrinters = {
  Identifier: (node, p) => `${decorators(node.decorators, p)}${node.name}${typed(node, p)}`,
  AssignmentPattern: (node, p) => `${decorators(node.decorators, p)}${target(node.left, p)} = ${single(node.right, p)}`,
  ArrayPattern: (node, p) => `${decorators(node.decorators, p)}${arrayText(node.elements, p, target)}${typed(node, p)}`,
  ObjectPattern: (node, p) => {
    const items = node.properties.map((item) => (item.type === "Property" ? propertyText(item, p, target) : p.print(item)));
    return `${decorators(node.decorators, p)}${items.length === 0 ? "{}" : `{ ${items.join(", ")} }`}${typed(node, p)}`;
  },
  RestElement: (node, p) => `${decorators(node.decorators, p)}...${target(node.argument, p)}${typed(node, p)}`,
  TSParameterProperty: (node, p) => {
    const access = node.accessibility === null ? "" : `${node.accessibility} `;
    const modifiers = `${word(node.static, "static")}${word(node.override, "override")}${word(node.readonly, "readonly")}`;
    return `${decorators(node.decorators, p)}${access}${modifiers}${p.print(node.parameter)}`;
  },
} satisfies Partial<PrinterTable>;

function typed(node: { readonly optional?: boolean; readonly typeAnnotation?: Node | null }, p: Printer): string {
  return `${node.optional === true ? "?" : ""}${maybe(": ", node.typeAnnotation, p)}`;
}
