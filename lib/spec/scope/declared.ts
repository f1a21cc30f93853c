/**
 * Names that statements and patterns bind.
 *
 * @module
 */

import type { Node } from "../ast.ts";
import type { Space } from "./scopes.ts";
import { isType } from "../ast.ts";
import { EVERY, NAMESPACE, TYPE, VALUE } from "./scopes.ts";

/** Told of each name that is bound, and of what it then means. */
export type OnName = (name: string, space: Space) => void;

/** Names that `statement` binds in the scope that it stands in: lexical ones, and `var` from anywhere in it but nested functions. */
export function eachDeclared(statement: Node, onName: OnName): void {
  eachLexical(statement, onName);
  eachVar(statement, onName);
}

/** Names of a declaration that are bound in its own block; `var` is not. */
export function eachLexical(node: Node, onName: OnName): void {
  switch (node.type) {
    case "VariableDeclaration":
      if (node.kind !== "var") for (const item of node.declarations) eachBound(item.id, (name) => onName(name, VALUE));
      return;
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      if (node.id !== null) onName(node.id.name, VALUE);
      return;
    case "ClassDeclaration":
      if (node.id !== null) onName(node.id.name, VALUE | TYPE);
      return;
    case "TSTypeAliasDeclaration":
    case "TSInterfaceDeclaration":
      onName(node.id.name, TYPE);
      return;
    case "TSEnumDeclaration":
      onName(node.id.name, EVERY);
      return;
    case "TSModuleDeclaration": {
      if (node.global) {
        for (const item of node.body.body) eachDeclared(item, onName);
        return;
      }
      const name = rootName(node.id);
      if (name !== undefined) onName(name, isInstantiated(node) ? VALUE | NAMESPACE : NAMESPACE);
      return;
    }
    case "TSImportEqualsDeclaration":
      onName(node.id.name, EVERY);
      return;
    case "ImportDeclaration":
      for (const item of node.specifiers) onName(item.local.name, EVERY);
      return;
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      if (node.declaration !== null) eachLexical(node.declaration, onName);
      return;
    default:
      return;
  }
}

/** Names of `var` declarations at or below a statement, outside nested functions and classes. */
function eachVar(node: Node, onName: OnName): void {
  switch (node.type) {
    case "VariableDeclaration":
      if (node.kind === "var") for (const item of node.declarations) eachBound(item.id, (name) => onName(name, VALUE));
      return;
    case "ExportNamedDeclaration":
      if (node.declaration !== null) eachVar(node.declaration, onName);
      return;
    case "BlockStatement":
      for (const item of node.body) eachVar(item, onName);
      return;
    case "IfStatement":
      eachVar(node.consequent, onName);
      if (node.alternate !== null) eachVar(node.alternate, onName);
      return;
    case "ForStatement":
      if (node.init !== null) eachVar(node.init, onName);
      return eachVar(node.body, onName);
    case "ForInStatement":
    case "ForOfStatement":
      eachVar(node.left, onName);
      return eachVar(node.body, onName);
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
    case "WithStatement":
      return eachVar(node.body, onName);
    case "SwitchStatement":
      for (const item of node.cases) for (const statement of item.consequent) eachVar(statement, onName);
      return;
    case "TryStatement":
      eachVar(node.block, onName);
      if (node.handler !== null) eachVar(node.handler.body, onName);
      if (node.finalizer !== null) eachVar(node.finalizer, onName);
      return;
    default:
      return;
  }
}

/** Names that a binding pattern binds. */
export function eachBound(pattern: Node, onName: (name: string) => void): void {
  switch (pattern.type) {
    case "Identifier":
      onName(pattern.name);
      return;
    case "ObjectPattern":
      for (const item of pattern.properties) eachBound(item.type === "Property" ? item.value : item.argument, onName);
      return;
    case "ArrayPattern":
      for (const item of pattern.elements) if (item !== null) eachBound(item, onName);
      return;
    case "AssignmentPattern":
      return eachBound(pattern.left, onName);
    case "RestElement":
      return eachBound(pattern.argument, onName);
    case "TSParameterProperty":
      return eachBound(pattern.parameter, onName);
    default:
      return;
  }
}

/** `A` of the namespace name `A.B.C`; undefined for `declare module "x"`. */
export function rootName(id: Node): string | undefined {
  let left = id;
  while (left.type === "TSQualifiedName") left = left.left;
  return left.type === "Identifier" ? left.name : undefined;
}

/** Whether a namespace exists when the program runs: one with nothing but types does not. */
function isInstantiated(node: Node): boolean {
  if (node.type !== "TSModuleDeclaration" || node.body === null || node.body === undefined) return true;
  return node.body.body.some((statement) => {
    const inner = statement.type === "ExportNamedDeclaration" && statement.declaration !== null ? statement.declaration : statement;
    if (isType(inner, "TSInterfaceDeclaration", "TSTypeAliasDeclaration", "EmptyStatement")) return false;
    if (inner.type === "TSImportEqualsDeclaration") return statement.type === "ExportNamedDeclaration";
    return inner.type === "TSModuleDeclaration" ? isInstantiated(inner) : true;
  });
}
