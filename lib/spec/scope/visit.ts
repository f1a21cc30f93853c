/**
 * One walk over a syntax tree that opens and closes scopes and notes each use of a name.
 *
 * @module
 */

import type { Node, NodeMap, NodeType } from "../ast.ts";
import type { Scope, Uses } from "./scopes.ts";
import { bare, eachChild } from "../ast.ts";
import { eachBound } from "./declared.ts";
import { closeScope, createScope, declare, first, usesOf, VALUE, varScope } from "./scopes.ts";

/** State of the walk. */
export interface Walk {
  scope: Scope;
  /** Names that the `extends` clause of a conditional type infers; undefined outside of one. */
  inferred: Set<string> | undefined;
  /** Depth of types around the node: a value that a type names is not evaluated. */
  inType: number;
  /** Visits a node with the visitor of its type, or what hangs below it. */
  visit(node: Node | null | undefined): void;
}

/** Only the nodes that open a scope, bind a name or hold an identifier that is no use of a value have a visitor. */
export type Visitors<K extends NodeType = NodeType> = { readonly [P in K]?: (node: NodeMap[P], w: Walk) => void };

export function createWalk(visitors: Visitors, scope: Scope): Walk {
  const w: Walk = {
    scope,
    inferred: undefined,
    inType: 0,
    visit: (node) => {
      if (node !== null && node !== undefined) dispatch(visitors, node.type, node, w);
    },
  };
  return w;
}

function dispatch<K extends NodeType>(visitors: Visitors, type: K, node: NodeMap[K], w: Walk): void {
  const visitor = visitors[type];
  if (visitor === undefined) eachChild(node, w.visit);
  else visitor(node, w);
}

/** Runs `body` in a new scope. */
export function within(w: Walk, holdsVar: boolean, body: (scope: Scope) => void): void {
  const outer = w.scope;
  const inner = createScope(outer, holdsVar);
  w.scope = inner;
  body(inner);
  closeScope(inner);
  w.scope = outer;
}

/** Runs `body` as part of a type. */
export function asType(w: Walk, body: () => void): void {
  w.inType += 1;
  body();
  w.inType -= 1;
}

export function visitAll(nodes: readonly (Node | null)[] | null | undefined, w: Walk): void {
  for (const node of nodes ?? []) w.visit(node);
}

/** Notes that a value is used, and by which member if plainly by one. */
export function useValue(w: Walk, name: string, at: number, member?: string): Uses {
  const use = usesOf(w.scope.uses, name);
  use.value = first(use.value, at);
  if (w.inType === 0) use.evaluated = true;
  noteMember(use, member);
  return use;
}

/** Notes that a type or namespace is used. */
export function useType(w: Walk, name: string, at: number, kind: "type" | "namespace", member?: string): void {
  const use = usesOf(w.scope.uses, name);
  use[kind] = first(use[kind], at);
  noteMember(use, member);
}

/** Notes a use that any meaning of the name satisfies: `export { name }`. */
export function useAny(w: Walk, name: string, at: number, typeOnly: boolean): void {
  const use = usesOf(w.scope.uses, name);
  use.any = first(use.any, at);
  use.whole = true;
  if (!typeOnly) use.evaluated = true;
}

function noteMember(use: Uses, member: string | undefined): void {
  if (member === undefined) use.whole = true;
  else (use.members ??= new Set()).add(member);
}

/** Uses the leftmost name of `A`, `A.B` or `this.x` where an entity is named. */
export function useEntity(w: Walk, entity: Node, meaning: "value" | "type" | "any"): void {
  let left = bare(entity);
  let member: string | undefined;
  while (left.type === "TSQualifiedName" || left.type === "MemberExpression") {
    const name = left.type === "TSQualifiedName" ? left.right : left.property;
    member = name.type === "Identifier" ? name.name : undefined;
    left = bare(left.type === "TSQualifiedName" ? left.left : left.object);
  }
  if (left.type !== "Identifier" || left.name === "this") return;
  if (meaning === "value") useValue(w, left.name, left.start, member);
  else if (left !== bare(entity)) useType(w, left.name, left.start, "namespace", member);
  else if (meaning === "type") useType(w, left.name, left.start, "type");
  else useAny(w, left.name, left.start, false);
}

/** Declares the names of a pattern and visits what it evaluates: defaults, computed keys, types. */
export function bind(w: Walk, pattern: Node, scope: Scope): void {
  eachBound(pattern, (name) => declare(scope, name, VALUE));
  visitPattern(w, pattern);
}

/** Where the names of a declaration of `kind` belong. */
export function scopeFor(w: Walk, kind: string): Scope {
  return kind === "var" ? varScope(w.scope) : w.scope;
}

function visitPattern(w: Walk, pattern: Node): void {
  switch (pattern.type) {
    case "Identifier":
      visitAll(pattern.decorators, w);
      return w.visit(pattern.typeAnnotation);
    case "ObjectPattern":
      for (const item of pattern.properties) {
        if (item.type === "RestElement") visitPattern(w, item);
        else {
          if (item.computed) w.visit(item.key);
          visitPattern(w, item.value);
        }
      }
      break;
    case "ArrayPattern":
      for (const item of pattern.elements) if (item !== null) visitPattern(w, item);
      break;
    case "AssignmentPattern":
      visitPattern(w, pattern.left);
      w.visit(pattern.right);
      return visitAll(pattern.decorators, w);
    case "RestElement":
      visitPattern(w, pattern.argument);
      break;
    case "TSParameterProperty":
      visitAll(pattern.decorators, w);
      return visitPattern(w, pattern.parameter);
    default:
      return;
  }
  visitAll(pattern.decorators, w);
  w.visit(pattern.typeAnnotation);
}

/** Visits what is assigned to: names are uses that write, members and patterns are made of such. */
export function assign(w: Walk, node: Node): void {
  const target = bare(node);
  switch (target.type) {
    case "Identifier":
      useValue(w, target.name, target.start).assigned = true;
      return;
    case "ObjectPattern":
      for (const item of target.properties) {
        if (item.type === "RestElement") assign(w, item.argument);
        else {
          if (item.computed) w.visit(item.key);
          assign(w, item.value);
        }
      }
      return;
    case "ArrayPattern":
      for (const item of target.elements) if (item !== null) assign(w, item);
      return;
    case "AssignmentPattern":
      assign(w, target.left);
      return w.visit(target.right);
    case "RestElement":
      return assign(w, target.argument);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      assign(w, target.expression);
      return w.visit(target.typeAnnotation);
    case "TSNonNullExpression":
      return assign(w, target.expression);
    default:
      return w.visit(target);
  }
}

