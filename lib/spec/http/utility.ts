/**
 * The generic types of the language that say something about plain data.
 *
 * @module
 */

import type { JsonSchema } from "../../http/contract.ts";
import type { Node } from "../ast.ts";
import { membersOf, useSchema, type Scope } from "./scope.ts";
import { objectSchema } from "./object.ts";

type Utility = (scope: Scope, node: Node, args: readonly Node[]) => JsonSchema;

function argument(scope: Scope, node: Node, args: readonly Node[], i: number): Node {
  const arg = args[i];
  if (arg === undefined) throw useSchema(scope, node);
  return arg;
}

const listOf: Utility = (scope, node, args) => ({ type: "array", items: scope.deriving.schemaOf(scope, argument(scope, node, args, 0)) });

/** The texts of `"a" | "b"`; undefined for a type that is none. */
function keysOf(scope: Scope, type: Node): readonly string[] | undefined {
  const { const: one, enum: many } = scope.deriving.schemaOf(scope, type);
  const values = one === undefined ? many : [one];
  return values?.every((value) => typeof value === "string") === true ? values : undefined;
}

/** Name of a global generic type -> what it says of its arguments. */
export const UTILITIES: Readonly<Record<string, Utility>> = {
  Array: listOf,
  ReadonlyArray: listOf,
  Readonly: (scope, node, args) => scope.deriving.schemaOf(scope, argument(scope, node, args, 0)),
  Record(scope, node, args) {
    const value = scope.deriving.schemaOf(scope, argument(scope, node, args, 1));
    const key = argument(scope, node, args, 0);
    const keys = key.type === "TSStringKeyword" ? [] : keysOf(scope, key);
    if (keys === undefined) throw useSchema(scope, node);
    if (keys.length === 0) return { type: "object", additionalProperties: value };
    return objectSchema({ properties: new Map(keys.map((name) => [name, value])), required: new Set(keys), rest: undefined });
  },
  Partial: (scope, node, args) => objectSchema({ ...membersOf(scope, argument(scope, node, args, 0)), required: new Set() }),
  Required(scope, node, args) {
    const members = membersOf(scope, argument(scope, node, args, 0));
    return objectSchema({ ...members, required: new Set(members.properties.keys()) });
  },
  Pick: (scope, node, args) => only(scope, node, args, true),
  Omit: (scope, node, args) => only(scope, node, args, false),
};

function only(scope: Scope, node: Node, args: readonly Node[], kept: boolean): JsonSchema {
  const { properties, required, rest } = membersOf(scope, argument(scope, node, args, 0));
  const keys = keysOf(scope, argument(scope, node, args, 1));
  if (keys === undefined || rest !== undefined) throw useSchema(scope, node);
  return objectSchema({ properties: new Map([...properties].filter(([name]) => keys.includes(name) === kept)), required, rest });
}
