/**
 * Where a type stands while its JSON Schema is derived, and what cannot be.
 *
 * @module
 */

import { resolveRef, type JsonSchema } from "../../http/contract.ts";
import { VibesafeTypeError } from "../../errors.ts";
import { bare, type Node } from "../ast.ts";
import type { Lookup } from "../deps/target.ts";
import type { Module } from "../parse.ts";
import { printCanonical } from "../print.ts";
import type { UnitId } from "../types.ts";
import { fromRoot } from "../workspace.ts";

/** What the deriving of one unit shares. */
export interface Deriving {
  readonly lookup: Lookup;
  readonly unit: UnitId;
  readonly defs: Map<string, JsonSchema>;
  /** Declaration with its type arguments -> its name in `defs`; whether something refers to it. */
  readonly named: Map<string, { readonly name: string; used: boolean }>;
  /** The JSON Schema of any type. @throws VibesafeTypeError for one that has none */
  readonly schemaOf: (scope: Scope, type: Node) => JsonSchema;
}

/** Where a type stands, and what the type parameters in it mean. */
export interface Scope {
  readonly deriving: Deriving;
  readonly module: Module;
  readonly parameters: ReadonlyMap<string, JsonSchema>;
}

export interface Members {
  readonly properties: ReadonlyMap<string, JsonSchema>;
  readonly required: ReadonlySet<string>;
  /** Of an index signature. */
  readonly rest: JsonSchema | undefined;
}

/** The properties of a type that has plain ones. @throws VibesafeTypeError when it is no such object */
export function membersOf(scope: Scope, type: Node): Members {
  const schema = resolveRef(scope.deriving.schemaOf(scope, type), Object.fromEntries(scope.deriving.defs));
  if (schema.type !== "object") throw useSchema(scope, type);
  return { properties: new Map(Object.entries(schema.properties ?? {})), required: new Set(schema.required), rest: schema.additionalProperties };
}

/** The error for a type that no JSON Schema is derived from. */
export function useSchema({ deriving, module }: Scope, node: Node): VibesafeTypeError {
  const text = printCanonical(node).replaceAll(/\s+/g, " ");
  const place = `${fromRoot(deriving.lookup.workspace.project, module.file)}:${module.lineOf(node.start)}`;
  return new VibesafeTypeError(`${place}: no JSON Schema can be told from the type ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`, {
    unit: deriving.unit,
    remedy: "use a schema: vibesafe.http({ …, input: schema, output: schema }, …), of zod, valibot, arktype or another that speaks Standard Schema",
  });
}

/** `undefined` and `void`: in a union they say that the value may be absent. */
export function isUndefined(node: Node): boolean {
  const { type } = bare(node);
  return type === "TSUndefinedKeyword" || type === "TSVoidKeyword";
}

/** Whether a type is a union that says so. */
export function allowsUndefined(node: Node): boolean {
  const inner = bare(node);
  return inner.type === "TSUnionType" && inner.types.some(isUndefined);
}
