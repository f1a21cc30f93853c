/**
 * Endpoints as routes of a Hono app.
 *
 * @module
 */

import { guarded, incomingOf, prepare, responseOf, type FetchOptions } from "./fetch.ts";
import { decoded, NO_PARAMS, type Params } from "./request.ts";
import { formatPath, honoPath, parsePath } from "./path.ts";
import { problem } from "./problem.ts";
import { endpointsOf, type Units } from "./registry.ts";
import type { Served } from "./serve.ts";
import { bySpecificity, methodsOf, routesOf } from "./table.ts";

export interface MountOptions extends FetchOptions {
  /** Functions of `vibesafe.http` or modules that export them; every endpoint that is declared so far if not given. */
  readonly units?: Units | undefined;
}

/** Of Hono's context what a route needs. */
export interface HonoContext {
  readonly req: { readonly raw: Request; readonly path: string; readonly matchedRoutes?: readonly { readonly handler: unknown }[] };
}

/** HEAD is what Hono makes of GET. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

type Handler = (c: HonoContext, next: () => Promise<void>) => Response | Promise<Response | void>;

/** Of a Hono app what `mount` needs: an interface, so that nothing here depends on one version of Hono. */
export interface HonoApp {
  on(method: string, path: string, handler: Handler): unknown;
}

/**
 * Registers endpoints under their methods and paths, with `/_vibesafe/health`, `/_vibesafe/version`, `/_vibesafe/openapi.json` and
 * `/_vibesafe/docs`. A method that a path does not have is answered by 405 where no route of the app answers it.
 *
 * @returns the app
 * @throws VibesafeUsageError when two of them answer the same method and path
 * @example
 * const app = mount(new Hono(), { prefix: "/api" });
 */
export function mount<App extends HonoApp>(app: App, options: MountOptions = {}): App {
  const { prefix, served, own } = prepare(endpointsOf(options.units), options);
  // Hono asks its routes in the order that they were registered in.
  const routes = [...routesOf(served).values()].sort((a, b) => bySpecificity(a.segments, b.segments));
  for (const { segments, byMethod } of routes) {
    for (const [method, one] of byMethod) app.on(method, `${prefix}${honoPath(segments)}`, handlerOf(one, prefix));
  }
  for (const [path, answer] of own) app.on("GET", path, async () => responseOf(await guarded(answer, path, options)));
  for (const route of routes) {
    const path = `${prefix}${honoPath(route.segments)}`;
    const refuse: Handler = (c, next) => {
      // Another route of this path and method, registered later, answers for itself.
      const last = c.req.matchedRoutes?.at(-1);
      return last !== undefined && last.handler !== refuse ? next() : responseOf(problem(405, undefined, { allow: methodsOf(route) }));
    };
    // Not by `all`: a request that one route alone is for passes through Hono without its middleware chain.
    for (const method of METHODS) if (!route.byMethod.has(method)) app.on(method, path, refuse);
  }
  return app;
}

function handlerOf({ answer, contract }: Served, prefix: string): Handler {
  const segments = parsePath(contract.path);
  const names = typeof segments === "string" ? [] : segments.flatMap((segment, i) => ("name" in segment ? [{ name: segment.name, at: i }] : []));
  if (names.length === 0) return (c) => answer(incomingOf(c.req.raw), NO_PARAMS).then(responseOf);
  const skipped = `${prefix}/`.split("/").length - 1;
  return async (c) => {
    const params = paramsOf(c.req.path.split("/"), names, skipped);
    if (params === undefined) return responseOf(problem(400, `the path is not percent-encoded as in ${formatPath(typeof segments === "string" ? [] : segments)}`));
    return responseOf(await answer(incomingOf(c.req.raw), params));
  };
}

function paramsOf(parts: readonly string[], names: readonly { readonly name: string; readonly at: number }[], skipped: number): Params | undefined {
  const params: Record<string, string> = {};
  for (const { name, at } of names) {
    const text = decoded(parts[skipped + at] ?? "");
    if (text === undefined) return undefined;
    params[name] = text;
  }
  return params;
}
