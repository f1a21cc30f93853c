/**
 * Endpoints behind the Fetch standard: `(Request) => Promise<Response>`.
 *
 * @module
 */

import { ownRoutes, type MetaOptions } from "./meta.ts";
import { problem, type Answer } from "./problem.ts";
import { endpointsOf, type Endpoint, type Units } from "./registry.ts";
import type { Incoming } from "./request.ts";
import { logFault, serve, type Served, type ServeOptions } from "./serve.ts";
import { makeTable } from "./table.ts";

export interface FetchOptions extends ServeOptions, MetaOptions {
  /** Stands before every path, as in `/api`. */
  readonly prefix?: string | undefined;
}

/** Endpoints ready to be served, with the routes that tell of them. */
export interface Prepared {
  readonly prefix: string;
  readonly served: readonly Served[];
  /** Path -> answer, for GET. */
  readonly own: ReadonlyMap<string, () => Answer | Promise<Answer>>;
}

/** @throws VibesafeUsageError when two endpoints answer the same */
export function prepare(endpoints: readonly Endpoint[], options: FetchOptions): Prepared {
  const prefix = (options.prefix ?? "").replace(/\/+$/, "");
  const served = endpoints.map((endpoint) => serve(endpoint, options));
  return { prefix, served, own: ownRoutes(served, { ...options, prefix }) };
}

/**
 * A handler of requests that answers by the endpoints of `units`, and by 404 or 405 where none is meant.
 *
 * @param units - functions of `vibesafe.http` or modules that export them; every endpoint that is declared so far if not given
 * @throws VibesafeUsageError when two of them answer the same method and path
 * @example
 * import * as routes from "./routes.ts";
 * export default { fetch: toFetch(routes) };
 */
export function toFetch(units?: Units, options: FetchOptions = {}): (request: Request) => Promise<Response> {
  const { prefix, served, own } = prepare(endpointsOf(units), options);
  const table = makeTable(served, prefix);
  return async (request) => {
    const incoming = incomingOf(request);
    const path = incoming.target.split("?", 1)[0] ?? "";
    const mine = own.get(path);
    if (mine === undefined) return responseOf(await table.answer(incoming));
    if (request.method !== "GET" && request.method !== "HEAD") return responseOf(problem(405, undefined, { allow: ["GET", "HEAD"] }));
    return responseOf(await guarded(mine, path, options));
  };
}

/** The answer of one of vibesafe's own routes; what fails in it is told as the endpoints' faults are. */
export async function guarded(answer: () => Answer | Promise<Answer>, path: string, { onError = logFault }: ServeOptions): Promise<Answer> {
  try {
    return await answer();
  } catch (error) {
    onError({ unit: "vibesafe", checkpoint: undefined, method: "GET", path, error });
    return problem(500);
  }
}

/** A request as the endpoints read it. */
export function incomingOf(request: Request): Incoming {
  return {
    method: request.method,
    target: targetOf(request.url),
    header: (name) => request.headers.get(name),
    text: (limit) => textOf(request, limit),
  };
}

export function responseOf({ status, body, headers }: Answer): Response {
  return new Response(body, { status, headers: headers as Record<string, string> });
}

/** Path and query of an absolute URL. */
function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return start === -1 ? "/" : url.slice(start);
}

function textOf(request: Request, limit: number): Promise<string | undefined> {
  const length = request.headers.get("content-length");
  if (length === null) return streamedText(request, limit);
  // Servers cut a body off at its content-length.
  return Number(length) <= limit ? request.text() : Promise.resolve(undefined);
}

async function streamedText(request: Request, limit: number): Promise<string | undefined> {
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > limit) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
