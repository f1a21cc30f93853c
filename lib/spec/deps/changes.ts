/**
 * Statements at the top level that change what a declaration made: `registry.set("a", 1)`, `limits.max = 5`.
 *
 * @module
 */

import type { Node, Statement } from "oxc-parser";
import type { DeclarationKind, Module } from "../parse.ts";
import { freeNames } from "../scope.ts";
import { walkTree } from "../walk.ts";

const DECLARES = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportDefaultDeclaration",
  "ExportAllDeclaration",
  "TSExportAssignment",
  "TSNamespaceExportDeclaration",
  "TSImportEqualsDeclaration",
  "VariableDeclaration",
  "FunctionDeclaration",
  "TSDeclareFunction",
  "ClassDeclaration",
  "TSTypeAliasDeclaration",
  "TSInterfaceDeclaration",
  "TSEnumDeclaration",
  "TSModuleDeclaration",
]);

const known = new WeakMap<Module, readonly { readonly statement: Statement; readonly names: ReadonlySet<string> }[]>();

/** The statements of `module` that may change what the declaration `name` holds, in source order. */
export function changesOf(module: Module, name: string, kind: DeclarationKind): readonly Statement[] {
  let candidates = known.get(module);
  if (candidates === undefined) {
    candidates = module.program.body.flatMap((statement) =>
      DECLARES.has(statement.type) ? [] : [{ statement, names: new Set(freeNames(statement).values.keys()) }],
    );
    known.set(module, candidates);
  }
  return candidates.filter(({ statement, names }) => names.has(name) && mayChange(statement, name, kind)).map(({ statement }) => statement);
}

function mayChange(statement: Statement, name: string, kind: DeclarationKind): boolean {
  let found = false;
  walkTree(statement, (node, ancestors) => {
    if (!found && node.type === "Identifier" && node.name === name) found = isChanged(node, ancestors, kind);
    return !found;
  });
  return found;
}

/** Whether the place of a name is one through which its value may change. */
function isChanged(name: Node, ancestors: readonly Node[], kind: DeclarationKind): boolean {
  let top: Node = name;
  let at = ancestors.length - 1;
  for (; at >= 0; at--) {
    const up = ancestors[at];
    const climbs =
      (up?.type === "MemberExpression" && up.object === top) || up?.type === "TSNonNullExpression" || up?.type === "TSAsExpression" || up?.type === "ChainExpression";
    if (up === undefined || !climbs) break;
    top = up;
  }
  const parent = ancestors[at];
  switch (parent?.type) {
    case "AssignmentExpression":
    case "ForInStatement":
    case "ForOfStatement":
      return parent.left === top;
    case "UpdateExpression":
    case "ArrayPattern":
      return true;
    case "Property":
      return ancestors[at - 1]?.type === "ObjectPattern" && parent.value === top;
    case "UnaryExpression":
      return parent.operator === "delete";
    case "NewExpression":
    case "CallExpression":
      // A method call may change its object; a plain call runs code that stands elsewhere.
      return parent.callee === top ? top !== name : changesArguments(parent.callee, kind);
    default:
      return false;
  }
}

/** A function or class that is handed over is as a rule just used; an object that is handed over may be filled. */
function changesArguments(callee: Node, kind: DeclarationKind): boolean {
  const owner = callee.type === "MemberExpression" && callee.object.type === "Identifier" ? callee.object.name : undefined;
  if (owner === "console") return false;
  return kind === "function" || kind === "class" ? owner === "Object" || owner === "Reflect" : true;
}
