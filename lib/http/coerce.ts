/**
 * Texts of paths, queries, headers and cookies as the values that a schema asks for.
 *
 * @module
 */

import { compileCheck } from "./check.ts";
import { resolveRef, type Contract, type JsonSchema } from "./contract.ts";

/** Gives the value that the text stands for; a text that stands for none stays one, and the schema's check refuses it. */
export type Coerce = (text: string) => unknown;

/** A number as JavaScript and JSON write it, without white space, `0x` or `Infinity`. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([["true", true], ["false", false], ["1", true], ["0", false]]);

export function compileCoerce(schema: JsonSchema, defs: Contract["defs"]): Coerce {
  const found = resolveRef(schema, defs);
  if (found.anyOf !== undefined) {
    const choices = found.anyOf.map((one) => ({ coerce: compileCoerce(one, defs), check: compileCheck(one, defs) }));
    return (text) => {
      for (const { coerce, check } of choices) {
        const run = { path: [], failures: [] };
        const value = check(coerce(text), run);
        if (run.failures.length === 0) return value;
      }
      return text;
    };
  }
  const values = found.enum ?? (found.const === undefined ? undefined : [found.const]);
  if (values !== undefined) {
    const byText = new Map(values.map((value) => [String(value), value]));
    return (text) => byText.get(text) ?? text;
  }
  // A schema library may say `integer`.
  const type: string | undefined = found.type;
  if (type === "number" || type === "integer") return (text) => (NUMBER.test(text) ? Number(text) : text);
  if (type === "boolean") return (text) => BOOLEANS.get(text) ?? text;
  return (text) => text;
}

/** The schema of the items, of a schema that asks for a list. */
export function itemsOf(schema: JsonSchema, defs: Contract["defs"]): JsonSchema | undefined {
  const found = resolveRef(schema, defs);
  return found.type === "array" && found.items !== undefined && found.items !== false ? found.items : undefined;
}
