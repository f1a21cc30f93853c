/**
 * Endpoints as the OpenAPI document tells them: with the JSON Schema of any schema that there is one of.
 *
 * @module
 */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { AnySchema } from "./openapi-components.ts";
import type { Described } from "./openapi.ts";
import type { Endpoint } from "./registry.ts";
import { jsonSchemaOf } from "./standard.ts";

/** What the OpenAPI document says of an endpoint. */
export async function describeEndpoint({ unit, contract, doc, input, output }: Endpoint): Promise<Described> {
  const [taken, given] = [input === undefined ? undefined : await describedSchema(input, "input"), output === undefined ? undefined : await describedSchema(output, "output")];
  return { unit, contract: contract(), doc: doc(), input: taken, output: given };
}

/** By the schema's own word, else by the package that valibot has for it; `{}`, which says nothing, where neither is there. */
async function describedSchema(schema: StandardSchemaV1, side: "input" | "output"): Promise<AnySchema> {
  return jsonSchemaOf(schema, side) ?? (schema["~standard"].vendor === "valibot" ? await valibotSchema(schema, side) : undefined) ?? {};
}

interface ToJsonSchema {
  readonly toStandardJsonSchema: (schema: StandardSchemaV1) => StandardSchemaV1;
}

async function valibotSchema(schema: StandardSchemaV1, side: "input" | "output"): Promise<AnySchema | undefined> {
  // No literal: a bundler would have to find the package, which may not be there.
  const name = "@valibot/to-json-schema";
  let converter: ToJsonSchema;
  try {
    converter = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as ToJsonSchema;
  } catch (error) {
    // Not installed, or no module can be found by name here: errors of all hosts differ.
    if (error instanceof Error) return undefined;
    throw error;
  }
  return jsonSchemaOf(converter.toStandardJsonSchema(schema), side);
}
