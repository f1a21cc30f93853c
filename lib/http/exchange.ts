/**
 * What examples of endpoints send requests with: the request goes through binding, checks and routing as it would on a server, without
 * one and without `Request` and `Response`, which the sandbox does not have.
 *
 * @module
 */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { parseContract } from "./contract.ts";
import type { AnyFunction } from "./registry.ts";
import { serve } from "./serve.ts";
import { jsonSchemaOf } from "./standard.ts";
import { makeTable } from "./table.ts";

export interface ExchangeOptions {
  /** `GET` if not given. */
  readonly method?: string;
  /** Added to the query of the path. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text under a `content-type` of its own is sent as it is. */
  readonly body?: unknown;
}

export interface Exchanged {
  readonly status: number;
  /** Headers but `content-type`; absent where there are none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parsed; null where there is no content. */
  readonly body: unknown;
}

interface Source {
  readonly unit: string;
  readonly contract: string;
  readonly schemas: { readonly input?: StandardSchemaV1; readonly output?: StandardSchemaV1 };
  readonly handler: AnyFunction;
}

export interface Requester {
  (path: string, options?: ExchangeOptions): Promise<Exchanged>;
  /** JSON of what the schemas are in JSON Schema: `vibe openapi` asks for it. */
  readonly describe: () => string;
}

/** Makes `request` for one endpoint. */
export function requester({ unit, contract, schemas, handler }: Source): Requester {
  const endpoint = { unit, checkpoint: undefined, contract: () => parseContract(contract), doc: () => "", input: schemas.input, output: schemas.output, handler };
  const onError = ({ error }: { readonly error: unknown }): void => console.error(`500: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  const table = makeTable([serve(endpoint, { onError })], "");
  const describe = (): string =>
    JSON.stringify({ input: schemas.input && (jsonSchemaOf(schemas.input, "input") ?? {}), output: schemas.output && (jsonSchemaOf(schemas.output, "output") ?? {}) });
  const request = async (path: string, options: ExchangeOptions = {}): Promise<Exchanged> => {
    const headers = new Map(Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const raw = typeof options.body === "string" && headers.has("content-type") ? options.body : options.body === undefined ? "" : JSON.stringify(options.body);
    if (options.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    const answer = await table.answer({
      method: (options.method ?? "GET").toUpperCase(),
      target: withQuery(path, options.query ?? {}),
      header: (name) => headers.get(name) ?? null,
      text: (limit) => Promise.resolve(raw.length > limit ? undefined : raw),
    });
    const { "content-type": _type, ...others } = answer.headers;
    const body: unknown = answer.body === null ? null : JSON.parse(answer.body);
    return { status: answer.status, ...(Object.keys(others).length > 0 && { headers: others }), body };
  };
  return Object.assign(request, { describe });
}

function withQuery(path: string, query: NonNullable<ExchangeOptions["query"]>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`));
  return pairs.length === 0 ? path : `${path}${path.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}
