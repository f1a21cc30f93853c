/**
 * What a module declares at its top level.
 *
 * @module
 */

import type { Directive, ExportDefaultDeclarationKind, Node, Program, Statement } from "oxc-parser";
import { eachBound, eachDeclared, rootName } from "../scope/declared.ts";
import type { Span } from "../types.ts";

export type DeclarationKind =
  | "const"
  | "let"
  | "var"
  | "using"
  | "await using"
  | "function"
  | "class"
  | "type"
  | "interface"
  | "enum"
  | "namespace"
  /** `import A = B.C`. */
  | "alias"
  /** What `export default` gives no name; declared as `default`. */
  | "default";

export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** The declaration without `export`; of `const a = 1, b = 2` the one declarator. */
  readonly node: Node;
  /** The whole statement, `export` included; its comments are not. */
  readonly span: Span;
}

export function declarationsOf(program: Program): Map<string, Declaration[]> {
  return byName(program.body);
}

function byName(body: readonly (Directive | Statement)[]): Map<string, Declaration[]> {
  const found = new Map<string, Declaration[]>();
  for (const statement of body) {
    for (const declaration of declaredBy(statement)) {
      const same = found.get(declaration.name);
      if (same === undefined) found.set(declaration.name, [declaration]);
      else same.push(declaration);
    }
  }
  return found;
}

function declaredBy(statement: Directive | Statement): Declaration[] {
  const span = { start: statement.start, end: statement.end };
  const exported = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
  const node = exported ? statement.declaration : statement;
  switch (node?.type) {
    case "VariableDeclaration":
      return node.declarations.flatMap((declarator) =>
        boundNames(declarator.id).map((name) => ({ name, kind: node.kind, node: declarator, span })),
      );
    case "FunctionDeclaration":
    case "TSDeclareFunction":
      return [{ name: node.id?.name ?? "default", kind: "function", node, span }];
    case "ClassDeclaration":
      return [{ name: node.id?.name ?? "default", kind: "class", node, span }];
    case "TSTypeAliasDeclaration":
      return [{ name: node.id.name, kind: "type", node, span }];
    case "TSInterfaceDeclaration":
      return [{ name: node.id.name, kind: "interface", node, span }];
    case "TSEnumDeclaration":
      return [{ name: node.id.name, kind: "enum", node, span }];
    case "TSModuleDeclaration": {
      const name = node.global ? undefined : rootName(node.id);
      return name === undefined ? [] : [{ name, kind: "namespace", node, span }];
    }
    case "TSImportEqualsDeclaration":
      return node.moduleReference.type === "TSExternalModuleReference" ? [] : [{ name: node.id.name, kind: "alias", node, span }];
    case "IfStatement":
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
    case "SwitchStatement":
    case "TryStatement":
    case "BlockStatement":
      return hoisted(node, span);
    default:
      return defaultExpression(statement, span);
  }
}

/** A `var` in a block is the whole module's; what it holds is up to the whole statement. */
function hoisted(node: Node, span: Span): Declaration[] {
  const names = new Set<string>();
  eachDeclared(node, (name) => void names.add(name));
  return [...names].map((name) => ({ name, kind: "var", node, span }));
}

/** What a module declares for all: in `declare global { }`. */
export function globalsOf(program: Program): Map<string, Declaration[]> {
  const body = program.body.flatMap((statement) => (statement.type === "TSModuleDeclaration" && statement.global ? statement.body.body : []));
  return byName(body);
}

function defaultExpression(statement: Directive | Statement, span: Span): Declaration[] {
  if (statement.type !== "ExportDefaultDeclaration") return [];
  const node: ExportDefaultDeclarationKind = statement.declaration;
  return node.type === "Identifier" ? [] : [{ name: "default", kind: "default", node, span }];
}

function boundNames(pattern: Node): string[] {
  const names: string[] = [];
  eachBound(pattern, (name) => void names.push(name));
  return names;
}
