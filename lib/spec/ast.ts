/**
 * Typed access to the syntax trees of oxc-parser (ESTree with the TypeScript nodes of typescript-estree).
 *
 * @module
 */

import type { Expression, Node } from "oxc-parser";
import { VibesafeTypeError } from "../errors.ts";

export type { Node } from "oxc-parser";

/** `type` of any node, as in `"CallExpression"`. */
export type NodeType = Node["type"];

type WithType<K extends NodeType, N> = N extends { readonly type: infer T } ? (K extends T ? N : never) : never;

/** Node interface (or union of interfaces: `Identifier`, `Literal`) behind each `type`. */
export type NodeMap = { [K in NodeType]: WithType<K, Node> };

/** Node interface behind one `type`. */
export type NodeOf<K extends NodeType> = NodeMap[K];

/** Whether a field of a node holds a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

/** Whether `node` is of one of the types: `isType(node, "Identifier", "Literal")`. */
export function isType<K extends NodeType>(node: Node, ...types: readonly K[]): node is NodeOf<K> {
  return types.some((type) => type === node.type);
}

/** Skips parentheses that the parser was told to keep. */
export function bare(node: Node): Node {
  let inner = node;
  while (inner.type === "ParenthesizedExpression" || inner.type === "TSParenthesizedType") {
    inner = inner.type === "ParenthesizedExpression" ? inner.expression : inner.typeAnnotation;
  }
  return inner;
}

/** The text of a string literal or of a template without slots; undefined for anything else. */
export function staticString(node: Expression): string | undefined {
  const inner = bare(node);
  if (inner.type === "Literal" && typeof inner.value === "string") return inner.value;
  if (inner.type === "TemplateLiteral" && inner.expressions.length === 0) return inner.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** Calls `visit` for each node that hangs directly below `node`, in the order of the parser's fields. */
export function eachChild<T extends Node>(node: T, visit: (child: Node) => void): void {
  for (const field in node) {
    const value: unknown = node[field];
    if (typeof value !== "object" || value === null || field === "parent") continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item);
    } else if (isNode(value)) visit(value);
  }
}

/** Visits `node` and everything below it, parents first; `enter` returns false to skip what hangs below. */
export function walk(node: Node, enter: (node: Node) => boolean | void): void {
  // A stack of our own: chains such as 1 + 1 + … nest thousands deep without a bracket.
  const open: Node[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (enter(next) === false) continue;
    const children: Node[] = [];
    eachChild(next, (child) => void children.push(child));
    for (let child = children.pop(); child !== undefined; child = children.pop()) open.push(child);
  }
}

/** Runs `body`, which recurs once or more for each level of `node`.
 * @throws VibesafeTypeError where the code is nested deeper than the stack: beyond a thousand levels, which people do not write */
export function withinStack<T>(node: Node | undefined, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError) || !/call stack/.test(error.message)) throw error;
    throw new VibesafeTypeError(`code is nested too deeply to be read (at offset ${String(node?.start ?? 0)})`, {
      cause: error,
      remedy: "split the expression or statement into parts",
    });
  }
}
