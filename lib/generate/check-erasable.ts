/**
 * Whether the code is erasable TypeScript: what is left when the types are taken out is the program.
 *
 * @module
 */

import type { Node } from "../spec/ast.ts";
import { walkTree, isFunction } from "../spec/walk.ts";
import type { Complain } from "./report.ts";

const NOT_ERASABLE: Readonly<Record<string, string>> = {
  TSEnumDeclaration: "an enum is not erasable; use a union of literals, or a constant object",
  TSModuleDeclaration: "a namespace is not erasable; declare its members in the module",
  TSParameterProperty: "a parameter property is not erasable; declare the property and assign it",
  Decorator: "decorators are not supported",
  TSImportEqualsDeclaration: "`import … =` is not erasable; use `import … from`",
  TSExportAssignment: "`export =` is not erasable; use `export`",
  TSNamespaceExportDeclaration: "`export as namespace` has no place in a module",
};

/** Checks syntax; `complain` takes the node at fault. */
export function checkErasable(program: Node, complain: Complain): void {
  walkTree(program, (node, ancestors) => {
    const message = Object.hasOwn(NOT_ERASABLE, node.type) ? NOT_ERASABLE[node.type] : undefined;
    if (message !== undefined) complain("erasable", node, message);
    // `declare const process: any` would make a name look declared.
    if ("declare" in node && node.declare === true && node.type !== "PropertyDefinition")
      complain("erasable", node, "`declare` says what does not stand in the module; import it or write it");
    if (waits(node) && !ancestors.some(isFunction))
      complain("await", node, "await outside of a function: the module must be ready when it is loaded");
    return message === undefined;
  });
}

function waits(node: Node): boolean {
  if (node.type === "VariableDeclaration") return node.kind === "await using";
  return node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node.await);
}
