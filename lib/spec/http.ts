/**
 * What H_spec holds of an endpoint: what its spec says, and the contract that follows from its types.
 *
 * @module
 */

import { VibesafeTypeError } from "../errors.ts";
import { resolveRef, type Contract, type Field, type JsonSchema, type Place } from "../http/contract.ts";
import { formatPath, parsePath } from "../http/path.ts";
import { bare, type Node } from "./ast.ts";
import { functionOf, moduleOf } from "./deps/function.ts";
import { startDeriving } from "./http/derive.ts";
import { allowsUndefined, isUndefined, useSchema, type Scope } from "./http/scope.ts";
import type { HttpMap, HttpOptions, HttpSchema, Spec } from "./types.ts";
import { walkTree } from "./walk.ts";
import type { Workspace } from "./workspace.ts";

/** Methods whose requests carry their values in the address. */
const ADDRESSED = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);

/**
 * What the spec blob of an http unit says of its endpoint; undefined for other units.
 *
 * @throws VibesafeTypeError when a type has no JSON Schema, or a field cannot come from where the rules put it
 */
export function httpMapOf(workspace: Workspace, spec: Spec): HttpMap | undefined {
  const { http } = spec;
  if (http === undefined) return undefined;
  const { method, path, tags, bind } = http;
  const contract = contractOf(workspace, spec, http);
  return { method, path, tags, bind, input: http.input?.code ?? null, output: http.output?.code ?? null, contract: JSON.stringify(contract) };
}

/** The schema expressions of an http unit, whose names it depends on. */
export function schemaNodes(workspace: Workspace, spec: Spec): Node[] {
  const wanted = [spec.http?.input, spec.http?.output].filter((schema) => schema !== undefined);
  return wanted.length === 0 ? [] : wanted.map((schema) => nodeAt(moduleOf(workspace, spec).program, schema, spec));
}

function nodeAt(program: Node, { span: { start, end } }: HttpSchema, spec: Spec): Node {
  let found: Node | undefined;
  walkTree(program, (node) => {
    if (found !== undefined || node.end <= start || node.start >= end) return false;
    if (node.start === start && node.end === end) found = node;
    return found === undefined;
  });
  if (found !== undefined) return found;
  throw new VibesafeTypeError(`${spec.file}:${spec.line}: changed while it was read`, { unit: spec.id, remedy: "run the command again" });
}

function contractOf(workspace: Workspace, spec: Spec, http: HttpOptions): Contract {
  const module = moduleOf(workspace, spec);
  const deriving = startDeriving(workspace, spec.id);
  const scope: Scope = { deriving, module, parameters: new Map() };
  const segments = parsePath(http.path);
  const parsed = typeof segments === "string" ? [] : segments;
  const inPath = parsed.flatMap((segment) => ("name" in segment ? [segment.name] : []));
  const taken = http.input === undefined ? fieldsOf(scope, spec, http, inPath) : boundFields(http, inPath);
  const result = http.output === undefined ? resultOf(scope, spec, workspace) : null;
  return { format: 1, method: http.method, path: formatPath(parsed), tags: http.tags, ...taken, result, defs: reachable([taken.fields, result], deriving.defs) };
}

/** The definitions that these schemas lead to, by name. */
function reachable(from: unknown, defs: ReadonlyMap<string, JsonSchema>): Record<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const todo = [JSON.stringify(from)];
  for (let text = todo.pop(); text !== undefined; text = todo.pop()) {
    for (const [name, schema] of defs) {
      if (found.has(name) || !text.includes(JSON.stringify({ $ref: `#/$defs/${name}` }).slice(1, -1))) continue;
      found.set(name, schema);
      todo.push(JSON.stringify(schema));
    }
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Taken = Pick<Contract, "pass" | "fields" | "rest" | "whole">;

/** With an `input` schema only the names in the path and those that are bound are known. */
function boundFields({ method, bind }: HttpOptions, inPath: readonly string[]): Taken {
  const fields = [
    ...inPath.map((name): Field => ({ name, in: "path", wire: name, required: true, schema: null })),
    ...Object.entries(bind).filter(([name]) => !inPath.includes(name)).map(([name, place]): Field => ({ name, ...placed(name, place), required: false, schema: null })),
  ];
  return { pass: "object", fields, rest: ADDRESSED.has(method) ? "query" : "body", whole: false };
}

interface Wanted {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function fieldsOf(scope: Scope, spec: Spec, http: HttpOptions, inPath: readonly string[]): Taken {
  const { pass, wanted } = wantedOf(scope, spec);
  const names = new Set(wanted.map(({ name }) => name));
  const stray = [...inPath, ...Object.keys(http.bind)].find((name) => !names.has(name));
  if (stray !== undefined) throw misplaced(spec, `${inPath.includes(stray) ? "the path" : "bind"} names ${stray}, which the function does not take`);
  const fields = wanted.map((one): Field => {
    const found = placeOf(scope, spec, http, inPath, one);
    if (found.in === "path" && !one.required) throw misplaced(spec, `${one.name} is in the path, so it cannot be optional`);
    return { name: one.name, ...found, required: one.required, schema: one.schema };
  });
  const bodies = fields.filter((field) => field.in === "body");
  const [only] = bodies;
  const whole = pass === "positional" && bodies.length === 1 && only?.schema !== undefined && only.schema !== null && !isText(scope, only.schema, false);
  return { pass, fields, rest: null, whole };
}

/** What the function takes: the properties of its one object, or its parameters. */
function wantedOf(scope: Scope, spec: Spec): { pass: Contract["pass"]; wanted: readonly Wanted[] } {
  const fn = functionOf(scope.deriving.lookup.workspace, spec);
  const wanted = fn.params.map((param, i): Wanted => {
    const target = param.type === "AssignmentPattern" ? param.left : param;
    const annotation = "typeAnnotation" in target ? target.typeAnnotation : null;
    if (annotation === null || annotation === undefined || annotation.type !== "TSTypeAnnotation") throw useSchema(scope, param);
    const { name = "", optional = false, default: fallback = null } = spec.signature.parameters[i] ?? {};
    return { name, schema: scope.deriving.schemaOf(scope, annotation.typeAnnotation), required: !optional && fallback === null && !allowsUndefined(annotation.typeAnnotation) };
  });
  const [first, second] = wanted;
  const object = first === undefined || second !== undefined ? undefined : resolveRef(first.schema, Object.fromEntries(scope.deriving.defs));
  if (object?.type !== "object" || object.additionalProperties !== undefined) {
    const pattern = wanted.find(({ name }) => !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name));
    if (pattern !== undefined) throw misplaced(spec, `the parameter ${pattern.name} has no name for a request to bind`);
    return { pass: "positional", wanted };
  }
  const required = new Set(object.required);
  return { pass: "object", wanted: Object.entries(object.properties ?? {}).map(([name, schema]) => ({ name, schema, required: required.has(name) })) };
}

/** By name as in FastAPI: in the path, where `bind` says, in the query of a method that has no body, else in the body. */
function placeOf(scope: Scope, spec: Spec, { method, bind }: HttpOptions, inPath: readonly string[], { name, schema }: Wanted): { in: Place; wire: string } {
  const said = Object.hasOwn(bind, name) ? bind[name] : undefined;
  if (inPath.includes(name) && said !== undefined) throw misplaced(spec, `${name} is in the path and in bind`);
  const found = inPath.includes(name) ? { in: "path" as const, wire: name } : placed(name, said ?? (ADDRESSED.has(method) && isText(scope, schema, true) ? "query" : "body"));
  if (found.in === "body" && ADDRESSED.has(method) && method !== "DELETE") throw misplaced(spec, `${name} does not fit into an address, and a ${method} has no body`);
  if (found.in !== "body" && !isText(scope, schema, found.in === "query")) throw misplaced(spec, `${name} is no text, number or boolean, so it cannot be in the ${found.in}`);
  return found;
}

/** `header:x-api-key`; without a name a header is the field's, `userAgent` as `user-agent`. */
function placed(name: string, text: string): { in: Place; wire: string } {
  const [place = "", wire] = text.split(":");
  if (place === "header") return { in: "header", wire: (wire ?? name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|_/g, "-")).toLowerCase() };
  return { in: place === "cookie" || place === "query" ? place : "body", wire: wire ?? name };
}

/** Whether every value of the schema can be written as a text; with `lists`, also a list of such. */
function isText(scope: Scope, schema: JsonSchema, lists: boolean): boolean {
  const found = resolveRef(schema, Object.fromEntries(scope.deriving.defs));
  if (found.anyOf !== undefined) return found.anyOf.every((one) => isText(scope, one, false));
  if (lists && found.type === "array") return found.items !== undefined && found.items !== false && isText(scope, found.items, false);
  return found.const !== undefined || found.enum !== undefined || (found.type !== undefined && ["string", "number", "boolean", "null"].includes(found.type));
}

function resultOf(scope: Scope, spec: Spec, workspace: Workspace): Contract["result"] {
  const annotation = functionOf(workspace, spec).returnType;
  if (annotation === null || annotation === undefined || annotation.type !== "TSTypeAnnotation") return "none";
  const type = bare(annotation.typeAnnotation);
  const promised = type.type === "TSTypeReference" && type.typeName.type === "Identifier" && type.typeName.name === "Promise" ? type.typeArguments?.params[0] : type;
  if (promised === undefined || isUndefined(promised)) return "none";
  if (allowsUndefined(promised)) throw useSchema(scope, promised);
  return scope.deriving.schemaOf(scope, promised);
}

function misplaced(spec: Spec, message: string): VibesafeTypeError {
  return new VibesafeTypeError(`${spec.file}:${spec.line}: ${message}`, {
    unit: spec.id,
    remedy: "bind it where it can come from: names in the path, and bind: { name: \"query\" | \"header\" | \"cookie\" | \"body\" }",
  });
}
