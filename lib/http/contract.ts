/**
 * What an endpoint takes and gives: made from its spec when it is hashed, kept in the checkpoint, obeyed by whoever serves it.
 *
 * @module
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The part of JSON Schema 2020-12 that TypeScript's types are told in. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: "string" | "number" | "boolean" | "null" | "object" | "array";
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
}

export type Place = "path" | "query" | "header" | "cookie" | "body";

/** A value that the function takes. */
export interface Field {
  readonly name: string;
  readonly in: Place;
  /** Its name on the wire; of a header in lower case. */
  readonly wire: string;
  readonly required: boolean;
  /** Null where the `input` schema tells. */
  readonly schema: JsonSchema | null;
}

export interface Contract {
  readonly format: 1;
  readonly method: string;
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly tags: readonly string[];
  /** The function takes one object of the fields, or one argument a field. */
  readonly pass: "object" | "positional";
  readonly fields: readonly Field[];
  /** With an `input` schema: where everything that is no field comes from. */
  readonly rest: "query" | "body" | null;
  /** The one body field is the body itself, not a property of it. */
  readonly whole: boolean;
  /** `none`: answers with no content. Null where the `output` schema tells. */
  readonly result: JsonSchema | "none" | null;
  /** What `#/$defs/…` in all of the above refers to. */
  readonly defs: Readonly<Record<string, JsonSchema>>;
}

/** Where `#/$defs/…` leads to, as often as that leads on. */
export function resolveRef(schema: JsonSchema, defs: Contract["defs"]): JsonSchema {
  let found = schema;
  for (let i = 0; found.$ref !== undefined && i < 100; i++) found = defs[found.$ref.slice("#/$defs/".length)] ?? {};
  return found;
}

/** Reads the text that a spec map holds. The map was verified, so its form is not looked at again. */
export function parseContract(text: string): Contract {
  return JSON.parse(text) as Contract;
}
