/**
 * What names stand for where that is plain to see: a name that is bound once in the whole module, by `const`.
 *
 * @module
 */

import type { Node } from "../spec/ast.ts";
import { freeNames } from "../spec/scope.ts";
import { walkTree } from "../spec/walk.ts";

export interface Constants {
  /** The text that an expression gives, if it is made of literals alone. */
  textOf(expression: Node): string | undefined;
  /** The global that an expression is, or leads to by members: `Array` of `Array.prototype.map`; PROTOTYPE of `Object.getPrototypeOf(x)`. */
  globalOf(expression: Node): string | undefined;
  /** Whether a property belongs to a pattern, so that it reads and does not make. */
  isPattern(property: Node): boolean;
}

export const PROTOTYPE = "a prototype";

/** Longer texts than any name of a property are not followed. */
const MAX_TEXT = 64;
const MAX_STEPS = 32;

export function constantsOf(program: Node): Constants {
  const inits = new Map<string, Node | "several">();
  const patterns = new Set<Node>();
  const bind = (name: string, init: Node | "several"): void => void inits.set(name, inits.has(name) ? "several" : init);
  walkTree(program, (node) => {
    if (node.type === "ObjectPattern") for (const property of node.properties) patterns.add(property);
    if (node.type === "VariableDeclaration") {
      for (const { id, init } of node.declarations) bindAll(id, node.kind === "const" && init !== null ? init : "several", bind);
    } else if (node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression") {
      if ("id" in node && node.id !== null) bind(node.id.name, "several");
      for (const parameter of node.params) bindAll(parameter, "several", bind);
    } else if (node.type === "ClassDeclaration" || node.type === "ClassExpression") {
      if (node.id !== null) bind(node.id.name, "several");
    } else if (node.type === "CatchClause" && node.param !== null) {
      bindAll(node.param, "several", bind);
    } else if (node.type === "ImportDeclaration") {
      for (const { local } of node.specifiers) bind(local.name, "several");
    }
  });
  const globals = new Set(freeNames(program).values.keys());
  for (const name of NO_OBJECTS) globals.delete(name);

  const textOf = (node: Node, steps: number): string | undefined => {
    if (steps <= 0) return undefined;
    const inner = bareOf(node);
    if (inner.type === "Literal") return typeof inner.value === "string" ? inner.value : undefined;
    if (inner.type === "Identifier") {
      const init = inits.get(inner.name);
      return init === undefined || init === "several" ? undefined : textOf(init, steps - 1);
    }
    if (inner.type === "BinaryExpression" && inner.operator === "+")
      return joined([textOf(inner.left, steps - 1), textOf(inner.right, steps - 1)]);
    if (inner.type !== "TemplateLiteral") return undefined;
    return joined(
      inner.quasis.flatMap(({ value }, i) => {
        const expression = inner.expressions[i];
        return [value.cooked ?? undefined, ...(expression === undefined ? [] : [textOf(expression, steps - 1)])];
      }),
    );
  };
  const globalOf = (node: Node, steps: number): string | undefined => {
    if (steps <= 0) return undefined;
    const inner = bareOf(node);
    if (inner.type === "MemberExpression") return globalOf(inner.object, steps - 1);
    if (inner.type === "ChainExpression") return globalOf(inner.expression, steps - 1);
    if (inner.type === "CallExpression") return isPrototypeOf(inner.callee) ? PROTOTYPE : undefined;
    if (inner.type !== "Identifier") return undefined;
    const init = inits.get(inner.name);
    if (init === undefined) return globals.has(inner.name) ? inner.name : undefined;
    return init === "several" ? undefined : globalOf(init, steps - 1);
  };
  return {
    textOf: (expression) => textOf(expression, MAX_STEPS),
    globalOf: (expression) => globalOf(expression, MAX_STEPS),
    isPattern: (property) => patterns.has(property),
  };
}

const NO_OBJECTS = ["undefined", "NaN", "Infinity"];

/** All names of a pattern get its `init`: of `const { prototype } = Array`, `prototype` leads to `Array` as well. */
function bindAll(pattern: Node, init: Node | "several", bind: (name: string, init: Node | "several") => void): void {
  switch (pattern.type) {
    case "Identifier":
      return bind(pattern.name, init);
    case "ObjectPattern":
      for (const item of pattern.properties) bindAll(item.type === "Property" ? item.value : item.argument, init, bind);
      return;
    case "ArrayPattern":
      for (const item of pattern.elements) if (item !== null) bindAll(item, init, bind);
      return;
    case "AssignmentPattern":
      return bindAll(pattern.left, init, bind);
    case "RestElement":
      return bindAll(pattern.argument, init, bind);
    default:
  }
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  let text = "";
  for (const part of parts) {
    if (part === undefined) return undefined;
    text += part;
    if (text.length > MAX_TEXT) return undefined;
  }
  return text;
}

/** Without what only the type checker sees. */
function bareOf(node: Node): Node {
  let inner = node;
  while (
    inner.type === "TSAsExpression" ||
    inner.type === "TSNonNullExpression" ||
    inner.type === "TSSatisfiesExpression" ||
    inner.type === "TSTypeAssertion" ||
    inner.type === "ParenthesizedExpression"
  ) {
    inner = inner.expression;
  }
  return inner;
}

function isPrototypeOf(callee: Node): boolean {
  const owner = callee.type === "MemberExpression" && callee.object.type === "Identifier" ? callee.object.name : undefined;
  const method = callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : undefined;
  return (owner === "Object" || owner === "Reflect") && method === "getPrototypeOf";
}
