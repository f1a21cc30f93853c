/**
 * What an http spec says of its endpoint: literals, and the schemas as expressions.
 *
 * @module
 */

import { parsePath } from "../../http/path.ts";
import type { Node } from "../ast.ts";
import { printCanonical } from "../print.ts";
import type { HttpOptions, HttpSchema } from "../types.ts";
import { withoutTypes } from "./calls.ts";
import type { Complaint, SpecFunction } from "./hole.ts";
import { keyOf, textOf, textsOf } from "./options.ts";

export const HTTP_KEYS: readonly string[] = ["method", "path", "tags", "bind", "input", "output"];

/** The function that examples of http units send requests with. */
export const REQUEST = "request";

export const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** `query`, `header:x-api-key`: a place, and the name on the wire where it is another one. A token of RFC 9110, 5.6.2. */
const PLACE = /^(?:query|body|(?:query|header|cookie)(?::[!#$%&'*+.^_`|~0-9A-Za-z-]+)?)$/;

interface HttpSource {
  readonly call: Node;
  readonly fn: SpecFunction;
  readonly values: ReadonlyMap<string, Node>;
}

/** Reads the options of an http spec; what is wrong goes to `complain`. */
export function readHttp({ call, fn, values }: HttpSource, complain: (complaint: Complaint) => void): HttpOptions {
  const method = literal(values, "method", call, complain).toUpperCase();
  if (method !== "" && !METHODS.includes(method)) {
    complain({ offset: values.get("method")?.start ?? call.start, message: `there is no method ${method}`, remedy: `write one of ${METHODS.join(", ")}` });
  }
  const path = literal(values, "path", call, complain);
  const segments = path === "" ? [] : parsePath(path);
  if (typeof segments === "string") {
    complain({ offset: values.get("path")?.start ?? call.start, message: `the path ${segments}`, remedy: 'write it as in path: "/users/{id}"' });
  }
  const tagNode = values.get("tags");
  const tags = tagNode === undefined ? [] : textsOf(tagNode);
  if (tags === undefined) complain({ offset: tagNode?.start ?? call.start, message: "tags is no list of texts", remedy: 'write it in place: tags: ["users"]' });
  const [input, output] = [schemaOf(values.get("input")), schemaOf(values.get("output"))];
  checkFunction(fn, input !== undefined, complain);
  return {
    method,
    path,
    tags: tags ?? [],
    bind: bindOf(values.get("bind"), complain),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
  };
}

function literal(values: ReadonlyMap<string, Node>, key: string, call: Node, complain: (complaint: Complaint) => void): string {
  const node = values.get(key);
  const text = node === undefined ? undefined : textOf(node);
  if (text !== undefined) return text;
  const message = node === undefined ? `the endpoint has no ${key}` : `${key} is no text`;
  complain({ offset: node?.start ?? call.start, message, remedy: `write it in place: vibesafe.http({ method: "GET", path: "/…" }, async function …)` });
  return "";
}

function bindOf(node: Node | undefined, complain: (complaint: Complaint) => void): Record<string, string> {
  if (node === undefined) return {};
  const remedy = 'write it in place: bind: { apiKey: "header:x-api-key", session: "cookie" }; places: query, header, cookie, body';
  const bind = new Map<string, string>();
  if (node.type !== "ObjectExpression") complain({ offset: node.start, message: "bind is no object literal", remedy });
  for (const property of node.type === "ObjectExpression" ? node.properties : []) {
    const name = keyOf(property);
    const place = property.type === "Property" ? textOf(withoutTypes(property.value)) : undefined;
    if (name === undefined || place === undefined || !PLACE.test(place)) complain({ offset: property.start, message: "bind has an entry that names no place", remedy });
    else bind.set(name, place);
  }
  return Object.fromEntries([...bind].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function schemaOf(node: Node | undefined): HttpSchema | undefined {
  return node === undefined ? undefined : { span: { start: node.start, end: node.end }, code: printCanonical(node) };
}

function checkFunction(fn: SpecFunction, hasInput: boolean, complain: (complaint: Complaint) => void): void {
  if (fn.generator) complain({ offset: fn.start, message: "an endpoint is no generator", remedy: "write `async function`" });
  if (fn.typeParameters !== null && fn.typeParameters !== undefined) {
    complain({ offset: fn.start, message: "an endpoint has no type parameters: a request names no types", remedy: "write the types out" });
  }
  const rest = fn.params.find(({ type }) => type === "RestElement");
  if (rest !== undefined) complain({ offset: rest.start, message: "an endpoint has no rest parameter", remedy: "name each parameter" });
  if (hasInput && fn.params.length !== 1) {
    complain({ offset: fn.start, message: "an endpoint with `input` takes exactly one parameter: what the schema gives", remedy: "write `async function name(input: Type)`" });
  }
}
