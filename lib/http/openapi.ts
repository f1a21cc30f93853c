/**
 * The OpenAPI 3.1 document of endpoints, from their contracts and schemas.
 *
 * @module
 */

import type { Contract } from "./contract.ts";
import { formatPath, parsePath } from "./path.ts";
import { createComponents, type AnySchema, type Components } from "./openapi-components.ts";
import { inputOf, resultOf } from "./openapi-schemas.ts";

/** Plain data. */
export type Document = Readonly<Record<string, unknown>>;

/** Of an endpoint what the document is made from. */
export interface Described {
  readonly unit: string;
  readonly contract: Contract;
  /** Normalised doc text, examples included. */
  readonly doc: string;
  /** JSON Schema of the schemas, where the unit names such; `{}` where that is not to be had. */
  readonly input: AnySchema | undefined;
  readonly output: AnySchema | undefined;
}

export interface OpenapiOptions {
  readonly title?: string | undefined;
  readonly version?: string | undefined;
  readonly prefix?: string | undefined;
}

const PROBLEM = {
  type: "object",
  description: "A problem document (RFC 9457).",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { in: { enum: ["path", "query", "header", "cookie", "body"] }, name: { type: "string" }, pointer: { type: "string" }, detail: { type: "string" } },
        required: ["in", "detail"],
      },
    },
  },
  required: ["type", "title", "status"],
};

/** Makes the document; the same endpoints give the same document, in whatever order they come. */
export function openapi(endpoints: readonly Described[], { title = "API", version = "0.0.0", prefix = "" }: OpenapiOptions = {}): Document {
  const components = createComponents({ Problem: PROBLEM });
  const paths = new Map<string, Record<string, unknown>>();
  const order = (one: Described): string => `${one.contract.path} ${one.contract.method}`;
  const ids = operationIds(endpoints);
  for (const one of [...endpoints].sort((a, b) => (order(a) < order(b) ? -1 : 1))) {
    const segments = parsePath(one.contract.path);
    const path = `${prefix}${formatPath(typeof segments === "string" ? [] : segments)}`;
    const item = paths.get(path) ?? {};
    item[one.contract.method.toLowerCase()] = operation(one, ids.get(one.unit) ?? one.unit, components);
    paths.set(path, item);
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://spec.openapis.org/oas/3.1/dialect/base",
    info: { title, version },
    paths: Object.fromEntries(paths),
    components: { schemas: components.all() },
  };
}

/** Name of the unit; where two have one name, the whole id. */
function operationIds(endpoints: readonly Described[]): Map<string, string> {
  const name = (unit: string): string => unit.slice(unit.indexOf("/") + 1);
  const counts = new Map<string, number>();
  for (const { unit } of endpoints) counts.set(name(unit), (counts.get(name(unit)) ?? 0) + 1);
  return new Map(endpoints.map(({ unit }) => [unit, counts.get(name(unit)) === 1 ? name(unit) : unit.replaceAll(/[^\w]+/g, "_")]));
}

function operation({ contract, doc, input, output }: Described, operationId: string, components: Components): Document {
  const { parameters, requestBody } = inputOf(contract, input, components);
  const result = resultOf(contract, output, components);
  const [summary = "", ...more] = prose(doc).split(/\n\s*\n/);
  const description = more.join("\n\n").trim();
  const refused = { content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
  return {
    operationId,
    ...(summary !== "" && { summary: summary.replaceAll(/\s+/g, " ") }),
    ...(description !== "" && { description }),
    ...(contract.tags.length > 0 && { tags: contract.tags }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody !== undefined && { requestBody }),
    responses: {
      ...(result === undefined
        ? { "204": { description: "Done; there is no content." } }
        : { "200": { description: "The result.", content: { "application/json": { schema: result } } } }),
      ...((parameters.length > 0 || requestBody !== undefined) && { "422": { description: "Fields of the request are wrong.", ...refused } }),
      default: { description: "The request was refused, or failed.", ...refused },
    },
  };
}

/** A doc text without its examples and tests. */
function prose(doc: string): string {
  const lines = doc.split("\n");
  const end = lines.findIndex((line) => /^\s*(?:>>>|```|@)/.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).join("\n").trim();
}
