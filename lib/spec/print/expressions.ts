/**
 * Expressions.
 *
 * @module
 */

import type { Argument, Expression, LogicalExpression } from "oxc-parser";
import type { Node, NodeOf } from "../ast.ts";
import type { Printer, PrinterTable } from "./printer.ts";
import { bare } from "../ast.ts";
import { propertyName, rawTemplate } from "./literals.ts";
import { element, head, maybe, operand, single, target, word } from "./printer.ts";
import { functionTail } from "./functions.ts";

/** Operators that group to the left, whatever stands between: `a + b + c` needs no parentheses. */
const CHAINS: ReadonlySet<string> = new Set(["+", "-", "*", "/", "|", "&", "^"]);

export const expressionPrinters = {
  ThisExpression: () => "this",
  Super: () => "super",
  MetaProperty: (node, p) => `${p.print(node.meta)}.${p.print(node.property)}`,
  PrivateIdentifier: (node) => `#${node.name}`,
  ParenthesizedExpression: (node, p) => p.print(node.expression),

  ArrayExpression: (node, p) => arrayText(node.elements, p, element),
  ObjectExpression: (node, p) => (node.properties.length === 0 ? "{}" : `{ ${node.properties.map((item) => p.print(item)).join(", ")} }`),
  Property: (node, p) => propertyText(node, p, single),
  SpreadElement: (node, p) => `...${single(node.argument, p)}`,

  UnaryExpression: (node, p) => `${node.operator}${/[a-z]$/.test(node.operator) ? " " : ""}${operand(node.argument, p)}`,
  UpdateExpression: (node, p) => (node.prefix ? node.operator + target(node.argument, p) : target(node.argument, p) + node.operator),
  BinaryExpression: (node, p) => binary(node, p),
  LogicalExpression: (node, p) => logical(node, p),
  ConditionalExpression: (node, p) => `${operand(node.test, p)} ? ${operand(node.consequent, p)} : ${operand(node.alternate, p)}`,
  AssignmentExpression: (node, p) => `${target(node.left, p)} ${node.operator} ${single(node.right, p)}`,
  SequenceExpression: (node, p) => node.expressions.map((item) => element(item, p)).join(", "),
  AwaitExpression: (node, p) => `await ${operand(node.argument, p)}`,
  YieldExpression: (node, p) => `yield${node.delegate ? "*" : ""}${node.argument === null ? "" : ` ${single(node.argument, p)}`}`,

  MemberExpression: (node, p) => member(node, p),
  CallExpression: (node, p) => `${head(node.callee, p)}${node.optional ? "?." : ""}${maybe("", node.typeArguments, p)}${callArguments(node.arguments, p)}`,
  NewExpression: (node, p) => `new ${newHead(node.callee, p)}${maybe("", node.typeArguments, p)}${callArguments(node.arguments, p)}`,
  ChainExpression: (node, p) => p.print(node.expression),
  ImportExpression: (node, p) => {
    const phase = node.phase === null ? "" : `.${node.phase}`;
    return `import${phase}(${single(node.source, p)}${node.options === null ? "" : `, ${single(node.options, p)}`})`;
  },
  TaggedTemplateExpression: (node, p) => `${head(node.tag, p)}${maybe("", node.typeArguments, p)}${rawTemplate(node.quasi, p)}`,
  V8IntrinsicExpression: (node, p) => `%${p.print(node.name)}${callArguments(node.arguments, p)}`,

  TSAsExpression: (node, p) => `${operand(node.expression, p)} as ${p.print(node.typeAnnotation)}`,
  TSSatisfiesExpression: (node, p) => `${operand(node.expression, p)} satisfies ${p.print(node.typeAnnotation)}`,
  TSTypeAssertion: (node, p) => `<${p.print(node.typeAnnotation)}>${operand(node.expression, p)}`,
  TSNonNullExpression: (node, p) => `${head(node.expression, p)}!`,
  TSInstantiationExpression: (node, p) => `${head(node.expression, p)}${p.print(node.typeArguments)}`,
  Decorator: (node, p) => decorator(node.expression, p),
} satisfies Partial<PrinterTable>;

/** Elements in brackets; a hole is nothing between its commas, and a hole at the end needs a comma of its own. */
export function arrayText(items: readonly (Node | null)[], p: Printer, print: (node: Node, p: Printer) => string): string {
  const text = items.map((item) => (item === null ? "" : print(item, p))).join(", ");
  return `[${text}${items.at(-1) === null ? "," : ""}]`;
}

/** A property of an object literal (`value` prints what it holds) or of an object pattern. */
export function propertyText(node: NodeOf<"Property">, p: Printer, value: (node: Node, p: Printer) => string): string {
  if (node.shorthand) return p.print(node.value);
  const name = propertyName(node.key, node.computed, "value", p);
  const held = node.value;
  if (held.type !== "FunctionExpression" || (!node.method && node.kind === "init")) return `${name}: ${value(held, p)}`;
  const kind = node.kind === "init" ? "" : `${node.kind} `;
  return `${word(held.async, "async")}${kind}${held.generator ? "*" : ""}${name}${functionTail(held, p)}`;
}

/** Walks down the left side in a loop: sums of thousands of strings are common in generated code. */
function binary(node: NodeOf<"BinaryExpression">, p: Printer): string {
  const chained = CHAINS.has(node.operator);
  const rights: string[] = [operand(node.right, p)];
  let left = bare(node.left);
  while (chained && left.type === "BinaryExpression" && left.operator === node.operator) {
    rights.push(operand(left.right, p));
    left = bare(left.left);
  }
  return [operand(left, p), ...rights.reverse()].join(` ${node.operator} `);
}

/** `a && (b && c)` is `(a && b) && c` in all that can be observed, so both print as `a && b && c`. */
function logical(node: LogicalExpression, p: Printer): string {
  const parts: string[] = [];
  const open: Node[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inner = bare(next);
    if (inner.type === "LogicalExpression" && inner.operator === node.operator) open.push(inner.right, inner.left);
    else parts.push(operand(inner, p));
  }
  return parts.join(` ${node.operator} `);
}

function member(node: NodeOf<"MemberExpression">, p: Printer): string {
  const object = head(node.object, p);
  if (node.computed) return `${object}${node.optional ? "?." : ""}[${p.print(node.property)}]`;
  return `${object}${node.optional ? "?." : "."}${p.print(node.property)}`;
}

function callArguments(items: readonly Argument[], p: Printer): string {
  return `(${items.map((item) => element(item, p)).join(", ")})`;
}

/** What `new` makes an instance of: a call in it would take the arguments of `new`. */
function newHead(node: Expression, p: Printer): string {
  const callee = bare(node);
  let inner = callee;
  while (inner.type === "MemberExpression") inner = bare(inner.object);
  const plain = inner.type === "Identifier" || inner.type === "ThisExpression" || inner.type === "Super" || inner.type === "MetaProperty";
  return plain ? p.print(callee) : `(${p.print(callee)})`;
}

/** `@a.b` and `@a.b(c)` as they are, any other expression in parentheses. */
function decorator(node: Expression, p: Printer): string {
  const expression = bare(node);
  let inner = expression.type === "CallExpression" && !expression.optional ? bare(expression.callee) : expression;
  while (inner.type === "MemberExpression" && !inner.computed && !inner.optional) inner = bare(inner.object);
  return inner.type === "Identifier" ? `@${p.print(expression)}` : `@(${p.print(expression)})`;
}
