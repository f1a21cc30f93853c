/**
 * From a request to the argument of a function whose `input` schema tells what it takes.
 *
 * @module
 */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { fieldProblem, isObject, refused, textOf, type Binder, type Parts } from "./bind.ts";
import { compileCoerce, itemsOf } from "./coerce.ts";
import type { Contract, Field, JsonSchema, Place } from "./contract.ts";
import { pointerTo, type FieldProblem } from "./problem.ts";
import { cookiesOf, queryOf } from "./request.ts";
import { jsonSchemaOf } from "./standard.ts";

/** Collects what the request says, converts texts as the schema's JSON Schema asks, where it has one, and has the schema check it. */
export function compileSchemaBind(contract: Contract, schema: StandardSchemaV1): Binder {
  const { fields, rest } = contract;
  const places = new Map(fields.map((field) => [field.name, field]));
  const converters = convertersOf(schema);
  const readsBody = rest === "body" || fields.some((field) => field.in === "body");
  const readsQuery = rest === "query" || fields.some((field) => field.in === "query");
  const readsCookies = fields.some((field) => field.in === "cookie");
  const bind: Binder["bind"] = async (incoming, params, body) => {
    const parts: Parts = {
      params,
      query: readsQuery ? queryOf(incoming.target) : undefined,
      cookies: readsCookies ? cookiesOf(incoming.header("cookie")) : undefined,
      body,
    };
    const errors: FieldProblem[] = [];
    const put = (values: Record<string, unknown>, name: string, value: unknown): void => {
      if (name !== "__proto__" && value !== undefined) values[name] = value;
    };
    // Without other fields the body is the value, whatever it is.
    let value: unknown = parts.body;
    if (rest === "query" || fields.length > 0 || value === undefined) {
      if (value !== undefined && !isObject(value)) return { answer: refused([{ in: "body", pointer: "#", detail: "must be an object" }]) };
      const values: Record<string, unknown> = { ...value };
      if (rest === "query" && parts.query !== undefined) {
        for (const name of new Set(parts.query.keys())) {
          if (!places.has(name)) put(values, name, converters.query(name, parts.query.getAll(name)));
        }
      }
      for (const field of fields) {
        if (field.in === "body") continue;
        const run = { path: [], failures: [] };
        const text = textOf(field, parts, incoming, converters.isList(field.name), run);
        for (const failure of run.failures) errors.push(fieldProblem(field, failure, false));
        Reflect.deleteProperty(values, field.name);
        put(values, field.name, Array.isArray(text) ? converters.query(field.name, text) : text === undefined ? undefined : converters.one(field.name, text));
      }
      value = values;
    }
    if (errors.length > 0) return { answer: refused(errors) };
    const validated = schema["~standard"].validate(value);
    const result = validated instanceof Promise ? await validated : validated;
    if (result.issues === undefined) return { args: [result.value] };
    return { answer: refused(result.issues.map((issue) => issueProblem(issue, places, rest ?? "body"))) };
  };
  return { readsBody, bind };
}

/** An issue of a schema as a problem of the field that its path begins with. */
function issueProblem({ message, path = [] }: StandardSchemaV1.Issue, places: ReadonlyMap<string, Field>, rest: Place): FieldProblem {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part));
  const [first, ...more] = keys;
  const field = typeof first === "string" ? places.get(first) : undefined;
  const place = field?.in ?? rest;
  if (place === "body") return { in: "body", pointer: pointerTo(keys), detail: message };
  return { in: place, name: `${field?.wire ?? String(first ?? "")}${more.map((key) => `[${String(key)}]`).join("")}`, detail: message };
}

interface Converters {
  isList(name: string): boolean;
  one(name: string, text: string): unknown;
  /** Texts of one name in a query: one value, or a list where the schema asks for one or there are several. */
  query(name: string, texts: readonly string[]): unknown;
}

function convertersOf(schema: StandardSchemaV1): Converters {
  const described = jsonSchemaOf(schema, "input");
  const defs = described === undefined ? {} : (asSchemas(described["$defs"]) ?? {});
  const properties = described === undefined ? {} : (asSchemas(described["properties"]) ?? {});
  const known = new Map(
    Object.entries(properties).map(([name, one]) => {
      const items = itemsOf(one, defs);
      return [name, { list: items !== undefined, coerce: compileCoerce(items ?? one, defs) }];
    }),
  );
  const isList = (name: string): boolean => known.get(name)?.list === true;
  const one = (name: string, text: string): unknown => known.get(name)?.coerce(text) ?? text;
  return {
    isList,
    one,
    query: (name, texts) => (isList(name) || texts.length > 1 ? texts.map((text) => one(name, text)) : one(name, texts[0] ?? "")),
  };
}

/** A library's JSON Schema is read for `type`, `enum`, `const`, `anyOf`, `items` and `$ref` alone. */
function asSchemas(value: unknown): Record<string, JsonSchema> | undefined {
  return isObject(value) ? (value as Record<string, JsonSchema>) : undefined;
}
