/**
 * What the printers of the node types share: their table's type, and the rules for parentheses and blocks.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import type { NodeMap, NodeType } from "../ast.ts";
import { bare } from "../ast.ts";

/** One run of the printer; handed to every printer of a node type. */
export interface Printer {
  /** Prints any node, without the parentheses that its place may need. */
  print(node: Node): string;
  /** Blanks before each line of the block that is being printed. */
  indent: string;
}

/** One function for each of the node types `K`. */
export type PrinterTable<K extends NodeType = NodeType> = { readonly [P in K]: (node: NodeMap[P], p: Printer) => string };

/** Expressions that need no parentheses as an operand. Everything else gets them: no precedence table, no doubt. */
const PRIMARY: ReadonlySet<NodeType> = new Set<NodeType>([
  "ArrayExpression", "CallExpression", "ChainExpression", "ClassExpression", "FunctionExpression", "Identifier", "ImportExpression",
  "Literal", "MemberExpression", "MetaProperty", "NewExpression", "ObjectExpression", "PrivateIdentifier", "Super",
  "TaggedTemplateExpression", "TemplateLiteral", "ThisExpression", "TSNonNullExpression",
]);

/** Primary expressions that cannot stand before `.x`, `[x]`, `(x)`, `!` or a template as they are. */
const NO_HEAD: ReadonlySet<NodeType> = new Set<NodeType>(["ChainExpression", "ClassExpression", "FunctionExpression", "ObjectExpression"]);

/** An operand of a unary, binary, conditional or `as` expression. */
export function operand(node: Node, p: Printer): string {
  const inner = bare(node);
  return PRIMARY.has(inner.type) ? p.print(inner) : `(${p.print(inner)})`;
}

/** The head of a member access, call, tagged template or `x!`. */
export function head(node: Node, p: Printer): string {
  const inner = bare(node);
  const plain = PRIMARY.has(inner.type) && !NO_HEAD.has(inner.type) && !(inner.type === "Literal" && typeof inner.value === "number");
  return plain ? p.print(inner) : `(${p.print(inner)})`;
}

/** An expression where a comma would end it: an initialiser, a default, an arrow's body. */
export function single(node: Node, p: Printer): string {
  const inner = bare(node);
  return inner.type === "SequenceExpression" ? `(${p.print(inner)})` : p.print(inner);
}

/**
 * An element of a comma list of expressions. `c > (d)` gets parentheses, because after an element that ends in `a < b` it would read
 * as the call `a<b, c>(d)`.
 */
export function element(node: Node, p: Printer): string {
  const inner = bare(node);
  return inner.type === "BinaryExpression" && inner.operator.startsWith(">") ? `(${p.print(inner)})` : single(inner, p);
}

/** What is assigned to: a name, a member, a pattern as they are, `(x as T)` in parentheses. */
export function target(node: Node, p: Printer): string {
  const inner = bare(node);
  switch (inner.type) {
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return `(${p.print(inner)})`;
    default:
      return p.print(inner);
  }
}

/** Prints `nodes` one below the other in braces, one level deeper. */
export function braced(nodes: readonly Node[], p: Printer): string {
  const outer = p.indent;
  p.indent = `${outer}  `;
  const lines = printLines(nodes, p);
  p.indent = outer;
  return lines.length === 0 ? "{}" : `{\n${outer}  ${lines.join(`\n${outer}  `)}\n${outer}}`;
}

/** Prints each node but empty statements. */
export function printLines(nodes: readonly Node[], p: Printer): string[] {
  const lines: string[] = [];
  for (const node of nodes) if (node.type !== "EmptyStatement") lines.push(p.print(node));
  return lines;
}

/** Prints `nodes` joined by `, `. */
export function commas(nodes: readonly Node[], p: Printer): string {
  let text = "";
  for (const node of nodes) text += text === "" ? p.print(node) : `, ${p.print(node)}`;
  return text;
}

/** Prints a node that may be absent, with what stands before it. */
export function maybe(before: string, node: Node | null | undefined, p: Printer): string {
  return node === null || node === undefined ? "" : before + p.print(node);
}

/** `word` and a blank if `present`. */
export function word(present: boolean | null | undefined, text: string): string {
  return present === true ? `${text} ` : "";
}

/** Decorators in front of what they decorate, on its line. */
export function decorators(nodes: readonly Node[] | undefined, p: Printer): string {
  let text = "";
  for (const node of nodes ?? []) text += `${p.print(node)} `;
  return text;
}
