/**
 * Object types: their properties, put together and told as JSON Schema.
 *
 * @module
 */

import type { JsonSchema } from "../../http/contract.ts";
import type { Node } from "../ast.ts";
import { allowsUndefined, useSchema, type Members, type Scope } from "./scope.ts";

/** The members of an interface or a type literal. @throws VibesafeTypeError for methods and other members that no JSON has */
export function interfaceMembers(scope: Scope, members: readonly Node[]): Members {
  const properties = new Map<string, JsonSchema>();
  const required = new Set<string>();
  let rest: JsonSchema | undefined;
  for (const member of members) {
    if (member.type === "TSIndexSignature") {
      rest = scope.deriving.schemaOf(scope, member.typeAnnotation.typeAnnotation);
      continue;
    }
    const name = member.type === "TSPropertySignature" && !member.computed ? keyOf(member.key) : undefined;
    if (member.type !== "TSPropertySignature" || name === undefined || member.typeAnnotation === null || member.typeAnnotation === undefined) {
      throw useSchema(scope, member);
    }
    const type = member.typeAnnotation.typeAnnotation;
    properties.set(name, scope.deriving.schemaOf(scope, type));
    if (!member.optional && !allowsUndefined(type)) required.add(name);
  }
  return { properties, required, rest };
}

/** One type of several: of a property that two have, the later one tells. */
export function merged(all: readonly Members[]): Members {
  const properties = new Map<string, JsonSchema>();
  const required = new Set<string>();
  let rest: JsonSchema | undefined;
  for (const members of all) {
    for (const [name, schema] of members.properties) properties.set(name, schema);
    for (const name of members.required) required.add(name);
    rest = members.rest ?? rest;
  }
  return { properties, required, rest };
}

export function objectSchema({ properties, required, rest }: Members): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: [...properties.keys()].filter((name) => required.has(name)),
    ...(rest !== undefined && { additionalProperties: rest }),
  };
}

function keyOf(key: Node): string | undefined {
  if (key.type === "Identifier") return key.name;
  return key.type === "Literal" && (typeof key.value === "string" || typeof key.value === "number") ? String(key.value) : undefined;
}
