/**
 * What a schema library says of itself in JSON Schema (Standard JSON Schema, `~standard.jsonSchema`).
 *
 * @module
 */

import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";

export type LibrarySchema = Readonly<Record<string, unknown>>;

const TARGET = "draft-2020-12";

/** The JSON Schema of what a schema takes or gives; undefined where its library has no word for it. */
export function jsonSchemaOf(schema: StandardSchemaV1, side: "input" | "output"): LibrarySchema | undefined {
  const standard = schema["~standard"];
  if (!hasConverter(standard)) return undefined;
  try {
    return standard.jsonSchema[side]({ target: TARGET });
  } catch (error) {
    // Libraries throw for what JSON Schema cannot express: a transform, a bigint.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function hasConverter(standard: object): standard is StandardJSONSchemaV1.Props {
  return "jsonSchema" in standard && typeof standard.jsonSchema === "object" && standard.jsonSchema !== null;
}
