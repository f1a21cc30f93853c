/**
 * Visitors of statements, expressions, functions and classes.
 *
 * @module
 */

import type { ArrowFunctionExpression, Class, Function as FunctionNode, ParamPattern, TSTypeParameterDeclaration } from "oxc-parser";
import type { Node, NodeOf } from "../ast.ts";
import type { Visitors, Walk } from "./visit.ts";
import { bare, eachChild, staticString } from "../ast.ts";
import { eachLexical } from "./declared.ts";
import { declare, TYPE, VALUE } from "./scopes.ts";
import { assign, bind, scopeFor, useAny, useEntity, useValue, visitAll, within } from "./visit.ts";

export const valueVisitors = {
  Identifier: (node, w) => void useValue(w, node.name, node.start),
  MemberExpression: (node, w) => member(node, w),
  BinaryExpression: (node, w) => binary(node, w),
  AssignmentExpression: (node, w) => {
    assign(w, node.left);
    w.visit(node.right);
  },
  UpdateExpression: (node, w) => assign(w, node.argument),
  Property: (node, w) => {
    if (node.computed) w.visit(node.key);
    w.visit(node.value);
  },
  MetaProperty: () => undefined,
  PrivateIdentifier: () => undefined,
  V8IntrinsicExpression: (node, w) => visitAll(node.arguments, w),

  FunctionDeclaration: (node, w) => functionLike(node, w),
  TSDeclareFunction: (node, w) => functionLike(node, w),
  TSEmptyBodyFunctionExpression: (node, w) => functionLike(node, w),
  ArrowFunctionExpression: (node, w) => functionLike(node, w),
  FunctionExpression: (node, w) => {
    const id = node.id;
    if (id === null) return functionLike(node, w);
    within(w, false, (scope) => {
      declare(scope, id.name, VALUE);
      functionLike(node, w);
    });
  },
  ClassDeclaration: (node, w) => classLike(node, w),
  ClassExpression: (node, w) => classLike(node, w),
  StaticBlock: (node, w) => within(w, true, () => statements(node.body, w)),
  MethodDefinition: (node, w) => classMember(node, w),
  TSAbstractMethodDefinition: (node, w) => classMember(node, w),
  PropertyDefinition: (node, w) => classMember(node, w),
  TSAbstractPropertyDefinition: (node, w) => classMember(node, w),
  AccessorProperty: (node, w) => classMember(node, w),
  TSAbstractAccessorProperty: (node, w) => classMember(node, w),

  VariableDeclaration: (node, w) => {
    const scope = scopeFor(w, node.kind);
    for (const item of node.declarations) {
      bind(w, item.id, scope);
      w.visit(item.init);
    }
  },
  // One of a declaration, looked at by itself.
  VariableDeclarator: (node, w) => {
    eachChild(node, w.visit);
    if (node.id.type === "Identifier") w.visit(node.id.typeAnnotation);
  },
  BlockStatement: (node, w) => within(w, false, () => statements(node.body, w)),
  ForStatement: (node, w) => within(w, false, () => eachChild(node, w.visit)),
  ForInStatement: (node, w) => forEach(node, w),
  ForOfStatement: (node, w) => forEach(node, w),
  SwitchStatement: (node, w) => {
    w.visit(node.discriminant);
    within(w, false, () => {
      for (const item of node.cases) {
        w.visit(item.test);
        statements(item.consequent, w);
      }
    });
  },
  CatchClause: (node, w) =>
    within(w, false, (scope) => {
      if (node.param !== null) bind(w, node.param, scope);
      w.visit(node.body);
    }),
  LabeledStatement: (node, w) => w.visit(node.body),
  BreakStatement: () => undefined,
  ContinueStatement: () => undefined,

  ImportDeclaration: () => undefined,
  ExportAllDeclaration: () => undefined,
  ExportNamedDeclaration: (node, w) => {
    w.visit(node.declaration);
    if (node.source !== null) return;
    for (const { local, exportKind } of node.specifiers) {
      if (local.type === "Identifier") useAny(w, local.name, local.start, node.exportKind === "type" || exportKind === "type");
    }
  },
  ExportDefaultDeclaration: (node, w) => {
    const exported = bare(node.declaration);
    if (exported.type === "Identifier") useEntity(w, exported, "any");
    else w.visit(exported);
  },

  JSXOpeningElement: (node, w) => {
    jsxName(node.name, w);
    w.visit(node.typeArguments);
    visitAll(node.attributes, w);
  },
  JSXClosingElement: () => undefined,
  JSXAttribute: (node, w) => w.visit(node.value),
} satisfies Visitors;

/** Visits statements in the scope that is open, once all that they declare there is declared. */
export function statements(list: readonly Node[], w: Walk): void {
  for (const statement of list) eachLexical(statement, (name, space) => declare(w.scope, name, space));
  for (const statement of list) w.visit(statement);
}

function member(node: NodeOf<"MemberExpression">, w: Walk): void {
  const object = bare(node.object);
  const name = node.computed ? staticString(node.property) : node.property.name;
  if (object.type === "Identifier") useValue(w, object.name, object.start, name);
  else w.visit(object);
  if (node.computed) w.visit(node.property);
}

/** A loop down the left side, which is thousands of nodes deep in a long sum. */
function binary(node: NodeOf<"BinaryExpression">, w: Walk): void {
  let left: Node = node;
  while (left.type === "BinaryExpression") {
    w.visit(left.right);
    left = bare(left.left);
  }
  w.visit(left);
}

/** Parameters are one scope and the body another: a default does not see what the body declares. */
function functionLike(node: FunctionNode | ArrowFunctionExpression, w: Walk): void {
  within(w, true, (scope) => {
    if (node.type !== "ArrowFunctionExpression") declare(scope, "arguments", VALUE);
    signatureParts(node, w);
    const body = node.body;
    if (body === null) return;
    if (body.type === "BlockStatement") within(w, true, () => statements(body.body, w));
    else w.visit(body);
  });
}

/** Type parameters, parameters and result type, in the scope that is open. */
export function signatureParts(
  node: {
    readonly typeParameters?: TSTypeParameterDeclaration | null;
    readonly params: readonly ParamPattern[];
    readonly returnType?: Node | null;
  },
  w: Walk,
): void {
  typeParameters(node.typeParameters, w);
  for (const param of node.params) bind(w, param, w.scope);
  w.visit(node.returnType);
}

/** Declares type parameters in the scope that is open. */
export function typeParameters(node: TSTypeParameterDeclaration | null | undefined, w: Walk): void {
  for (const param of node?.params ?? []) declare(w.scope, param.name.name, TYPE);
  w.visit(node);
}

function classLike(node: Class, w: Walk): void {
  visitAll(node.decorators, w);
  within(w, false, (scope) => {
    if (node.id !== null) declare(scope, node.id.name, VALUE | TYPE);
    typeParameters(node.typeParameters, w);
    w.visit(node.superClass);
    w.visit(node.superTypeArguments);
    visitAll(node.implements, w);
    w.visit(node.body);
  });
}

function classMember(
  node: NodeOf<"MethodDefinition" | "PropertyDefinition" | "AccessorProperty">,
  w: Walk,
): void {
  visitAll(node.decorators, w);
  if (node.computed) w.visit(node.key);
  if ("typeAnnotation" in node) w.visit(node.typeAnnotation);
  w.visit(node.value);
}

function forEach(node: NodeOf<"ForInStatement" | "ForOfStatement">, w: Walk): void {
  within(w, false, () => {
    if (node.left.type === "VariableDeclaration") {
      eachLexical(node.left, (name, space) => declare(w.scope, name, space));
      w.visit(node.left);
    } else assign(w, node.left);
    w.visit(node.right);
    w.visit(node.body);
  });
}

/** `<a>` and `<a-b>` are tags of the page, `<A>` and `<a.b>` name values. */
function jsxName(name: NodeOf<"JSXOpeningElement">["name"], w: Walk): void {
  if (name.type === "JSXIdentifier" && !/^[a-z]|-/.test(name.name)) useValue(w, name.name, name.start);
  if (name.type !== "JSXMemberExpression") return;
  let member = name.property.name;
  let left = name.object;
  while (left.type === "JSXMemberExpression") {
    member = left.property.name;
    left = left.object;
  }
  if (left.name !== "this") useValue(w, left.name, left.start, member);
}

