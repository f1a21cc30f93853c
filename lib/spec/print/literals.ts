/**
 * Literals, template texts and the names of properties, each in its one spelling.
 *
 * @module
 */

import type { BindingIdentifier, Expression, ModuleExportName, PropertyKey, TemplateElement } from "oxc-parser";
import type { NodeOf } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { single } from "./printer.ts";

/** ASCII only: what else counts as a letter depends on the Unicode version of the Node that runs us. */
const NAME = /^[A-Za-z_$][\w$]*$/;

export const literalPrinters = {
  Literal: (node) => literal(node),
  TemplateLiteral: (node, p) => template(node.quasis, node.expressions, p),
  TemplateElement: (node) => cookedText(node),
  TSTemplateLiteralType: (node, p) => template(node.quasis, node.types, p),
} satisfies Partial<PrinterTable>;

function literal(node: NodeOf<"Literal">): string {
  if ("regex" in node) return `/${node.regex.pattern}/${[...node.regex.flags].sort().join("")}`;
  if ("bigint" in node) return `${node.bigint}n`;
  if (typeof node.value === "string") return JSON.stringify(node.value);
  if (typeof node.value === "number") return numberText(node.value);
  return String(node.value);
}

/** Shortest decimal text that reads back as the number; what overflows has no finite one. */
function numberText(value: number): string {
  return value === Infinity ? "1e999" : String(value);
}

/** Where a property's name stands decides what its number form means: `keyof { 1: T }` is `1`, `keyof { "1": T }` is `"1"`. */
export type KeyPlace = "value" | "type";

/** The name of a property, member, enum member or import attribute; quotes only where the name needs them. */
export function propertyName(key: PropertyKey | NodeOf<"TemplateLiteral">, computed: boolean, place: KeyPlace, p: Printer): string {
  if (computed) return `[${single(key, p)}]`;
  if (key.type === "Identifier") return quoteName(key.name);
  if (key.type !== "Literal") return p.print(key);
  if (typeof key.value === "string") return quoteName(key.value);
  if (place === "type") return literal(key);
  return quoteName("bigint" in key ? key.bigint : String(key.value));
}

/** The name of an import or export, which may be any string. */
export function exportName(name: ModuleExportName | BindingIdentifier): string {
  return quoteName(name.type === "Literal" ? name.value : name.name);
}

/** `name` as it is where it is a plain word, else as a string. */
export function quoteName(name: string): string {
  return NAME.test(name) ? name : JSON.stringify(name);
}

/** A directive keeps its text: `"use\x20strict"` is not `"use strict"`. Only the quotes around it are free. */
export function directive(raw: string): string {
  const text = raw.replace(/\r\n?/g, "\n");
  const quote = /(?:^|[^\\])(?:\\\\)*"/.test(text) ? "'" : '"';
  return `${quote}${text}${quote}`;
}

/** A template whose text is what it evaluates to. */
function template(quasis: readonly TemplateElement[], slots: readonly (Expression | NodeOf<"TSUnionType">["types"][number])[], p: Printer): string {
  let text = "`";
  quasis.forEach((quasi, index) => {
    text += cookedText(quasi);
    const slot = slots[index];
    if (slot !== undefined) text += `\${${p.print(slot)}}`;
  });
  return `${text}\``;
}

/** A template whose tag sees the text as written. */
export function rawTemplate(node: NodeOf<"TemplateLiteral">, p: Printer): string {
  let text = "`";
  node.quasis.forEach((quasi, index) => {
    text += quasi.value.raw.replace(/\r\n?/g, "\n");
    const slot = node.expressions[index];
    if (slot !== undefined) text += `\${${p.print(slot)}}`;
  });
  return `${text}\``;
}

function cookedText(node: TemplateElement): string {
  const text = node.value.cooked ?? node.value.raw;
  // JSON's escapes are a subset of a template's; a line end stays on the printed line as \n.
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("`", "\\`").replaceAll("${", "\\${");
}
