/**
 * What a module declares at its top level.
 *
 * @module
 */

import type { Directive, ExportDefaultDeclarationKind, Node, Program, Statement } from "oxc-parser";
import { eachBound, rootName } from "../scope/declared.ts";
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
  const byName = new Map<string, Declaration[]>();
  for (const statement of program.body) {
    for (const declaration of declaredBy(statement)) {
      const same = byName.get(declaration.name);
      if (same === undefined) byName.set(declaration.name, [declaration]);
      else same.push(declaration);
    }
  }
  return byName;
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
    default:
      return defaultExpression(statement, span);
  }
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
