/**
 * Values against JSON Schema: each schema becomes a function that copies what it knows of a value, or notes what is wrong with it.
 *
 * The copy holds the declared properties alone, as own properties of plain objects: what a client adds reaches no code, and what code
 * adds reaches no client.
 *
 * @module
 */

import { resolveRef, type Contract, type JsonSchema } from "./contract.ts";

export interface Failure {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

/** One check under way. */
export interface Run {
  readonly path: (string | number)[];
  failures: Failure[];
}

/** Gives the copy; what it gives after a failure means nothing. */
export type Check = (value: unknown, run: Run) => unknown;

/** Deeper values are refused: no recursion runs out of stack. */
export const MAX_DEPTH = 256;

/** Compiles a schema of this contract. */
export function compileCheck(schema: JsonSchema, defs: Contract["defs"]): Check {
  return compile(schema, { defs, known: new Map() });
}

interface Compiling {
  readonly defs: Contract["defs"];
  readonly known: Map<string, Check>;
}

function compile(schema: JsonSchema, compiling: Compiling): Check {
  if (schema.$ref !== undefined) return named(schema.$ref, compiling);
  if (schema.anyOf !== undefined) return anyOf(schema.anyOf.map((one) => compile(one, compiling)), describe(schema, compiling.defs));
  if (schema.enum !== undefined || schema.const !== undefined) {
    const values: ReadonlySet<unknown> = new Set(schema.enum ?? [schema.const]);
    const detail = `must be ${describe(schema, compiling.defs)}`;
    return (value, run) => (values.has(value) ? value : fail(run, detail));
  }
  switch (schema.type) {
    case "object":
      return objectOf(schema, compiling);
    case "array":
      return arrayOf(schema, compiling);
    case "number":
      return (value, run) => (typeof value === "number" && Number.isFinite(value) ? value : fail(run, "must be a number"));
    case "null":
      return (value, run) => (value === null ? value : fail(run, "must be null"));
    case "string":
      return (value, run) => (typeof value === "string" ? value : fail(run, "must be a text"));
    case "boolean":
      return (value, run) => (typeof value === "boolean" ? value : fail(run, "must be true or false"));
    case undefined:
      return (value) => value;
  }
}

function fail(run: Run, detail: string): undefined {
  run.failures.push({ path: [...run.path], detail });
  return undefined;
}

/** Compiled at its first use: types name themselves. */
function named(ref: string, compiling: Compiling): Check {
  const known = compiling.known.get(ref);
  if (known !== undefined) return known;
  let check: Check | undefined;
  const late: Check = (value, run) => {
    if (check === undefined) check = compile(resolveRef({ $ref: ref }, compiling.defs), compiling);
    return check(value, run);
  };
  compiling.known.set(ref, late);
  return late;
}

/** Where several fit, all of what they know is kept. */
function anyOf(checks: readonly Check[], wanted: string): Check {
  return (value, run) => {
    const failures = run.failures;
    let found: { value: unknown } | undefined;
    for (const check of checks) {
      run.failures = [];
      const copy = check(value, run);
      if (run.failures.length > 0) continue;
      found = { value: found === undefined ? copy : both(found.value, copy) };
      if (typeof copy !== "object" || copy === null) break;
    }
    run.failures = failures;
    return found === undefined ? fail(run, `must be ${wanted}`) : found.value;
  };
}

function both(first: unknown, second: unknown): unknown {
  return isObject(first) && isObject(second) ? { ...first, ...second } : first;
}

function objectOf(schema: JsonSchema, compiling: Compiling): Check {
  const required = new Set(schema.required);
  const properties = Object.entries(schema.properties ?? {}).map(([name, one]) => ({
    name,
    required: required.has(name),
    // `constructor` and the like: what every object inherits is no value.
    inherited: name in Object.prototype,
    check: compile(one, compiling),
  }));
  const declared = new Set(properties.map(({ name }) => name));
  const others = schema.additionalProperties === undefined ? undefined : compile(schema.additionalProperties, compiling);
  return (value, run) => {
    if (!isObject(value)) return fail(run, "must be an object");
    if (run.path.length >= MAX_DEPTH) return fail(run, "is nested too deeply");
    const copy: Record<string, unknown> = {};
    for (const { name, required: needed, inherited, check } of properties) {
      const item = inherited && !Object.hasOwn(value, name) ? undefined : value[name];
      run.path.push(name);
      if (item !== undefined) put(copy, name, check(item, run));
      else if (needed) fail(run, "is missing");
      run.path.pop();
    }
    if (others === undefined) return copy;
    for (const name of Object.keys(value)) {
      const item = value[name];
      if (declared.has(name) || item === undefined || name === "__proto__") continue;
      run.path.push(name);
      put(copy, name, others(item, run));
      run.path.pop();
    }
    return copy;
  };
}

/** An assignment to `__proto__` would set the prototype. */
function put(copy: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") Object.defineProperty(copy, name, { value, enumerable: true, writable: true, configurable: true });
  else copy[name] = value;
}

function arrayOf({ prefixItems = [], minItems = 0, items }: JsonSchema, compiling: Compiling): Check {
  const first = prefixItems.map((one) => compile(one, compiling));
  const rest = items === undefined || items === false ? undefined : compile(items, compiling);
  return (value, run) => {
    if (!Array.isArray(value)) return fail(run, "must be a list");
    if (run.path.length >= MAX_DEPTH) return fail(run, "is nested too deeply");
    if (value.length < minItems) return fail(run, `must have at least ${minItems} items`);
    if (items === false && value.length > first.length) return fail(run, `must have at most ${first.length} items`);
    const copy: unknown[] = [];
    for (let i = 0; i < value.length; i++) {
      run.path.push(i);
      copy.push((first[i] ?? rest ?? pass)(value[i], run));
      run.path.pop();
    }
    return copy;
  };
}

function pass(value: unknown): unknown {
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const WORDS: Readonly<Record<NonNullable<JsonSchema["type"]>, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  null: "null",
  object: "an object",
  array: "a list",
};

/** What a schema asks for, in words. */
export function describe(schema: JsonSchema, defs: Contract["defs"], depth: number = 0): string {
  const found = resolveRef(schema, defs);
  const values = found.enum ?? (found.const === undefined ? undefined : [found.const]);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" or ");
  if (found.anyOf !== undefined && depth < 3) return [...new Set(found.anyOf.map((one) => describe(one, defs, depth + 1)))].join(" or ");
  return found.type === undefined ? "a value" : WORDS[found.type];
}
