/**
 * JSX. Children print on one line, where every blank counts, after the blanks that JSX drops at line ends are gone.
 *
 * @module
 */

import type { JSXAttribute, JSXChild, JSXElement, JSXExpressionContainer } from "oxc-parser";
import type { Printer, PrinterTable } from "./printer.ts";
import { bare } from "../ast.ts";
import { maybe, single } from "./printer.ts";

export const jsxPrinters = {
  JSXElement: (node, p) => element(node, p),
  JSXFragment: (node, p) => `<>${children(node.children, p)}</>`,
  JSXOpeningElement: (node, p) => `${p.print(node.name)}${maybe("", node.typeArguments, p)}${node.attributes.map((item) => ` ${p.print(item)}`).join("")}`,
  JSXClosingElement: (node, p) => `</${p.print(node.name)}>`,
  JSXOpeningFragment: () => "<>",
  JSXClosingFragment: () => "</>",
  JSXIdentifier: (node) => node.name,
  JSXNamespacedName: (node, p) => `${p.print(node.namespace)}:${p.print(node.name)}`,
  JSXMemberExpression: (node, p) => `${p.print(node.object)}.${p.print(node.property)}`,
  JSXAttribute: (node, p) => attribute(node, p),
  JSXSpreadAttribute: (node, p) => `{...${single(node.argument, p)}}`,
  JSXSpreadChild: (node, p) => `{...${single(node.expression, p)}}`,
  JSXExpressionContainer: (node, p) => `{${single(node.expression, p)}}`,
  JSXEmptyExpression: () => "",
  JSXText: (node) => childText(node.value),
} satisfies Partial<PrinterTable>;

function element(node: JSXElement, p: Printer): string {
  const opening = p.print(node.openingElement);
  const content = children(node.children, p);
  return content === "" ? `<${opening} />` : `<${opening}>${content}</${p.print(node.openingElement.name)}>`;
}

function attribute(node: JSXAttribute, p: Printer): string {
  const name = p.print(node.name);
  if (node.value === null) return name;
  if (node.value.type === "Literal") return `${name}=${attributeText(node.value.value)}`;
  const text = node.value.type === "JSXExpressionContainer" ? stringOf(node.value) : undefined;
  return `${name}=${text === undefined ? p.print(node.value) : plainOrBraced(text)}`;
}

/** The text of an attribute in quotes. The parser leaves character references as they are; those for quotes are just quotes. */
function attributeText(raw: string): string {
  const text = raw.replace(/\r\n?/g, "\n").replaceAll("&quot;", '"').replaceAll("&apos;", "'");
  return text.includes("&") ? `"${text.replaceAll('"', "&quot;")}"` : plainOrBraced(text);
}

function plainOrBraced(text: string): string {
  return /["&\\\r\n]/.test(text) ? `{${JSON.stringify(text)}}` : `"${text}"`;
}

function stringOf(node: JSXExpressionContainer): string | undefined {
  if (node.expression.type === "JSXEmptyExpression") return undefined;
  const inner = bare(node.expression);
  return inner.type === "Literal" && typeof inner.value === "string" ? inner.value : undefined;
}

function children(nodes: readonly JSXChild[], p: Printer): string {
  return nodes.map((node) => {
    if (node.type !== "JSXExpressionContainer") return p.print(node);
    if (node.expression.type === "JSXEmptyExpression") return "";
    return stringOf(node) === " " ? " " : p.print(node);
  }).join("");
}

/** What JSX keeps of a text: line ends and the blanks around them become one blank between words, and nothing at the edges. */
function childText(raw: string): string {
  const lines = raw.split(/\r\n|\n|\r/);
  const kept = lines.map((line, index) => {
    const from = index === 0 ? line : line.replace(/^[ \t]+/, "");
    return index === lines.length - 1 ? from : from.replace(/[ \t]+$/, "");
  });
  return kept.filter((line) => line !== "").join(" ");
}
