/**
 * From a request to the arguments of a function whose types tell what it takes.
 *
 * @module
 */

import { compileCheck, type Check, type Failure, type Run } from "./check.ts";
import { compileCoerce, itemsOf, type Coerce } from "./coerce.ts";
import type { Contract, Field, JsonSchema } from "./contract.ts";
import { pointerTo, problem, type Answer, type FieldProblem } from "./problem.ts";
import { cookiesOf, queryOf, type Incoming, type Params } from "./request.ts";

export type Bound = { readonly args: readonly unknown[] } | { readonly answer: Answer };

/** Reads the arguments from a request. */
export interface Binder {
  /** The body has to be read first. */
  readonly readsBody: boolean;
  /** @param body - parsed; undefined where there is none */
  readonly bind: (incoming: Incoming, params: Params, body: unknown) => Bound | Promise<Bound>;
}

interface Reading {
  readonly field: Field;
  readonly check: Check;
  readonly coerce: Coerce;
  /** Of a list. */
  readonly coerceItem: Coerce | undefined;
}

/** What the parts of a request say, each read where a field asks for it. */
export interface Parts {
  readonly params: Params;
  readonly query: URLSearchParams | undefined;
  readonly cookies: ReadonlyMap<string, string> | undefined;
  readonly body: unknown;
}

export function compileBind(contract: Contract): Binder {
  const readings = contract.fields.map((field): Reading => readingOf(field, field.schema ?? {}, contract));
  const needs = { query: has(contract, "query"), cookies: has(contract, "cookie"), body: has(contract, "body") };
  const bodies = readings.filter(({ field }) => field.in === "body");
  const embedded = bodies.length > 0 && !contract.whole;
  const bind: Binder["bind"] = (incoming, params, body) => {
    const run: Run = { path: [], failures: [] };
    const errors: FieldProblem[] = [];
    if (embedded && body !== undefined && !isObject(body)) return { answer: refused([{ in: "body", pointer: "#", detail: "must be an object" }]) };
    const parts: Parts = {
      params,
      query: needs.query ? queryOf(incoming.target) : undefined,
      cookies: needs.cookies ? cookiesOf(incoming.header("cookie")) : undefined,
      body,
    };
    const values: unknown[] = [];
    for (const reading of readings) {
      values.push(readField(reading, parts, incoming, { run, whole: contract.whole }));
      if (run.failures.length === 0) continue;
      for (const failure of run.failures) errors.push(fieldProblem(reading.field, failure, contract.whole));
      run.failures = [];
    }
    if (errors.length > 0) return { answer: refused(errors) };
    return { args: contract.pass === "positional" ? values : [objectOf(readings, values)] };
  };
  return { readsBody: needs.body, bind };
}

export function refused(errors: readonly FieldProblem[]): Answer {
  return problem(422, `the request does not fit: ${errors.length === 1 ? "one field is" : `${errors.length} fields are`} wrong`, { errors });
}

function has({ fields }: Contract, place: Field["in"]): boolean {
  return fields.some((field) => field.in === place);
}

function readingOf(field: Field, schema: JsonSchema, { defs }: Contract): Reading {
  const items = itemsOf(schema, defs);
  return { field, check: compileCheck(schema, defs), coerce: compileCoerce(schema, defs), coerceItem: items === undefined ? undefined : compileCoerce(items, defs) };
}

function readField({ field, check, coerce, coerceItem }: Reading, parts: Parts, incoming: Incoming, { run, whole }: { run: Run; whole: boolean }): unknown {
  const found = field.in === "body" ? inBody(field, parts.body, whole) : textOf(field, parts, incoming, coerceItem !== undefined, run);
  if (run.failures.length > 0) return undefined;
  if (found === undefined) {
    if (field.required) run.failures.push({ path: [], detail: "is missing" });
    return undefined;
  }
  if (field.in === "body") return check(found, run);
  return check(Array.isArray(found) ? found.map((text) => (coerceItem ?? coerce)(String(text))) : coerce(String(found)), run);
}

function inBody({ name }: Field, body: unknown, whole: boolean): unknown {
  if (whole) return body;
  return isObject(body) && Object.hasOwn(body, name) ? body[name] : undefined;
}

/** The text of a field, or the texts of one that takes a list. */
export function textOf({ in: place, wire }: Field, { params, query, cookies }: Parts, incoming: Incoming, list: boolean, run: Run): string | string[] | undefined {
  switch (place) {
    case "path":
      return params[wire];
    case "header":
      return incoming.header(wire) ?? undefined;
    case "cookie":
      return cookies?.get(wire);
    case "query": {
      const all = query?.getAll(wire) ?? [];
      if (list) return all.length === 0 ? undefined : all;
      if (all.length > 1) run.failures.push({ path: [], detail: `is given ${all.length} times` });
      return all[0];
    }
    case "body":
      return undefined;
  }
}

export function fieldProblem({ in: place, wire, name }: Pick<Field, "in" | "wire" | "name">, { path, detail }: Failure, whole: boolean): FieldProblem {
  if (place !== "body") return { in: place, name: path.length === 0 ? wire : `${wire}[${path.join("][")}]`, detail };
  return { in: "body", pointer: pointerTo(whole ? path : [name, ...path]), detail };
}

function objectOf(readings: readonly Reading[], values: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < readings.length; i++) {
    const name = readings[i]?.field.name ?? "";
    const value = values[i];
    if (value === undefined) continue;
    if (name === "__proto__") Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
    else object[name] = value;
  }
  return object;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
