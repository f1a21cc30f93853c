/**
 * Which endpoint a request is for.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { parsePath, type Segment } from "./path.ts";
import { problem, type Answer } from "./problem.ts";
import { decoded, NO_PARAMS, type Incoming, type Params } from "./request.ts";
import type { Served } from "./serve.ts";

interface Route {
  readonly segments: readonly Segment[];
  readonly byMethod: Map<string, Served>;
}

export interface Table {
  /** Answers a request: by an endpoint, by 404 where no path is like it, by 405 where no method is. */
  answer(incoming: Incoming): Promise<Answer>;
}

/**
 * Makes the table of these endpoints.
 *
 * @param prefix - stands before every path, as in `/api`
 * @throws VibesafeUsageError when two of them answer the same method and path
 */
export function makeTable(all: readonly Served[], prefix: string): Table {
  const fixed = new Map<string, Route>();
  const open: Route[] = [];
  for (const [shape, { segments, byMethod }] of routesOf(all)) {
    if (segments.every((segment) => "text" in segment)) fixed.set(`${prefix}${shape}`, { segments, byMethod });
    else open.push({ segments, byMethod });
  }
  open.sort((a, b) => bySpecificity(a.segments, b.segments));
  return {
    async answer(incoming) {
      const path = pathOf(incoming.target);
      const exact = fixed.get(path);
      if (exact !== undefined) return byMethod(exact, incoming, NO_PARAMS);
      if (!path.startsWith(`${prefix}/`)) return problem(404);
      const parts = path.slice(prefix.length + 1).split("/");
      for (const route of open) {
        const params = match(route.segments, parts);
        if (params !== undefined) return byMethod(route, incoming, params);
      }
      return problem(404);
    },
  };
}

/** Paths of one shape, whatever they call their parameters, are one route. */
export function routesOf(all: readonly Served[]): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const served of all) {
    const { path, method } = served.contract;
    const segments = parsePath(path);
    if (typeof segments === "string") throw new VibesafeUsageError(`the path of ${served.endpoint.unit} ${segments}`, { remedy: "mend its path" });
    const shape = `/${segments.map((segment) => ("text" in segment ? segment.text : "{}")).join("/")}`;
    const route = routes.get(shape) ?? { segments, byMethod: new Map() };
    const other = route.byMethod.get(method);
    if (other !== undefined) {
      throw new VibesafeUsageError(`${other.endpoint.unit} and ${served.endpoint.unit} both answer ${method} ${path}`, { remedy: "give one of them another method or path" });
    }
    route.byMethod.set(method, served);
    routes.set(shape, route);
  }
  return routes;
}

/** The methods that a route answers, HEAD among them where it answers GET (RFC 9110, 9.3.2). */
export function methodsOf({ byMethod: methods }: Route): string[] {
  return [...new Set([...methods.keys(), ...(methods.has("GET") ? ["HEAD"] : [])])].sort();
}

async function byMethod(route: Route, incoming: Incoming, params: Params): Promise<Answer> {
  const isHead = incoming.method === "HEAD" && !route.byMethod.has("HEAD");
  const served = route.byMethod.get(isHead ? "GET" : incoming.method);
  if (served === undefined) return problem(405, undefined, { allow: methodsOf(route) });
  // Two endpoints of one shape may call a parameter differently.
  const own = served.contract.fields.some(({ in: place }) => place === "path") ? rename(route, served, params) : params;
  if (own === undefined) return problem(400, "the path is not percent-encoded UTF-8");
  const answer = await served.answer(incoming, own);
  return isHead ? { ...answer, body: null } : answer;
}

/** The raw texts of a path, decoded, under the names that this endpoint has for them. */
function rename(route: Route, { contract }: Served, raw: Params): Params | undefined {
  const own = parsePath(contract.path);
  const params: Record<string, string> = {};
  for (const [i, segment] of route.segments.entries()) {
    const mine = typeof own === "string" ? undefined : own[i];
    if (!("name" in segment) || mine === undefined || !("name" in mine)) continue;
    const text = decoded(raw[segment.name] ?? "");
    if (text === undefined) return undefined;
    params[mine.name] = text;
  }
  return params;
}

function match(segments: readonly Segment[], parts: readonly string[]): Params | undefined {
  if (segments.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const part = parts[i] ?? "";
    if ("text" in segment ? segment.text !== part : part === "") return undefined;
    if ("name" in segment) params[segment.name] = part;
  }
  return params;
}

/** Where both fit, the one that says a text earlier goes first. */
export function bySpecificity(a: readonly Segment[], b: readonly Segment[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [i, segment] of a.entries()) {
    const other = b[i];
    if (other === undefined) continue;
    if ("text" in segment !== "text" in other) return "text" in segment ? -1 : 1;
  }
  return 0;
}

function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}
