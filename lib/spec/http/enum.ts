/**
 * Enums as JSON Schema: the values of their members.
 *
 * @module
 */

import type { JsonSchema } from "../../http/contract.ts";
import { staticString, type Node } from "../ast.ts";
import { useSchema, type Scope } from "./scope.ts";

/** @throws VibesafeTypeError when a member's value has to be computed */
export function enumSchema(scope: Scope, node: Extract<Node, { type: "TSEnumDeclaration" }>): JsonSchema {
  let next: number | undefined = 0;
  const values: (string | number)[] = [];
  for (const { initializer } of node.body.members) {
    const value: string | number | undefined = initializer === null ? next : valueOf(initializer);
    if (value === undefined) throw useSchema(scope, initializer ?? node);
    values.push(value);
    next = typeof value === "number" ? value + 1 : undefined;
  }
  return { enum: values };
}

function valueOf(node: Parameters<typeof staticString>[0]): string | number | undefined {
  if (node.type === "Literal" && typeof node.value === "number") return node.value;
  if (node.type === "UnaryExpression" && node.operator === "-" && node.argument.type === "Literal" && typeof node.argument.value === "number") return -node.argument.value;
  return staticString(node);
}
