/**
 * Parameters, bodies and results of endpoints as OpenAPI has them.
 *
 * @module
 */

import type { Contract, Field } from "./contract.ts";
import type { AnySchema, Components } from "./openapi-components.ts";

export interface Input {
  readonly parameters: readonly AnySchema[];
  readonly requestBody: AnySchema | undefined;
}

/** What a request to the endpoint consists of. */
export function inputOf(contract: Contract, described: AnySchema | undefined, components: Components): Input {
  return described === undefined ? typedInput(contract, components) : schemaInput(contract, described, components);
}

/** Schema of the result; undefined where there is no content. */
export function resultOf({ result, defs }: Contract, described: AnySchema | undefined, components: Components): AnySchema | undefined {
  if (described !== undefined) return adopted(described, components);
  return result === "none" ? undefined : components.adopt(plain(result ?? {}), asDefs(defs));
}

function typedInput({ fields, defs, whole }: Contract, components: Components): Input {
  const adopt = ({ schema }: Field): AnySchema => components.adopt(plain(schema ?? {}), asDefs(defs));
  const parameters = fields.filter((field) => field.in !== "body").map((field) => parameter(field, adopt(field)));
  const bodies = fields.filter((field) => field.in === "body");
  const [only] = bodies;
  if (only === undefined) return { parameters, requestBody: undefined };
  if (whole) return { parameters, requestBody: bodyOf(adopt(only), only.required) };
  const required = bodies.filter((field) => field.required).map(({ name }) => name);
  const schema = { type: "object", properties: Object.fromEntries(bodies.map((field) => [field.name, adopt(field)])), required };
  return { parameters, requestBody: bodyOf(schema, required.length > 0) };
}

/** With a schema the properties that are neither in the path nor bound stay together, in the query or in the body. */
function schemaInput(contract: Contract, described: AnySchema, components: Components): Input {
  const schema = resolved(described);
  const defs = isRecord(described["$defs"]) ? asDefs(described["$defs"]) : {};
  const properties = isRecord(schema["properties"]) ? asDefs(schema["properties"]) : {};
  const required = new Set(Array.isArray(schema["required"]) ? schema["required"].map(String) : []);
  const adopt = (name: string): AnySchema => components.adopt(properties[name] ?? {}, defs);
  const parameters = contract.fields.filter((field) => field.in !== "body").map((field) => parameter({ ...field, required: field.in === "path" || required.has(field.name) }, adopt(field.name)));
  const taken = new Set(contract.fields.filter((field) => field.in !== "body").map(({ name }) => name));
  const others = Object.keys(properties).filter((name) => !taken.has(name));
  if (contract.rest === "query") {
    const query = others.map((name) => parameter({ name, in: "query", wire: name, required: required.has(name), schema: null }, adopt(name)));
    return { parameters: [...parameters, ...query], requestBody: undefined };
  }
  if (taken.size === 0) return { parameters, requestBody: bodyOf(adopted(described, components), true) };
  const needed = others.filter((name) => required.has(name));
  if (others.length === 0) return { parameters, requestBody: undefined };
  return { parameters, requestBody: bodyOf({ type: "object", properties: Object.fromEntries(others.map((name) => [name, adopt(name)])), required: needed }, needed.length > 0) };
}

function parameter({ in: place, wire, required }: Field, schema: AnySchema): AnySchema {
  return { name: wire, in: place, ...(required && { required }), schema };
}

function bodyOf(schema: AnySchema, required: boolean): AnySchema {
  return { ...(required && { required }), content: { "application/json": { schema } } };
}

function adopted(described: AnySchema, components: Components): AnySchema {
  const { $schema: _dialect, $defs, ...schema } = described;
  return components.adopt(schema, isRecord($defs) ? asDefs($defs) : {});
}

/** What a library's schema is, where it is but a reference into its own definitions. */
function resolved(schema: AnySchema): AnySchema {
  const { $ref, $defs } = schema;
  const target = typeof $ref === "string" && isRecord($defs) ? $defs[$ref.slice("#/$defs/".length)] : undefined;
  return isRecord(target) ? target : schema;
}

function isRecord(value: unknown): value is AnySchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asDefs(value: object): Readonly<Record<string, AnySchema>> {
  return value as Readonly<Record<string, AnySchema>>;
}

function plain(value: object): AnySchema {
  return value as AnySchema;
}
