/**
 * vibesafe for servers: endpoints declared by `vibesafe.http`, answered wherever requests come from. Runs without Node's APIs.
 *
 * @module
 */

export { toFetch, type FetchOptions } from "./http/fetch.ts";
export { mount, type HonoApp, type HonoContext, type MountOptions } from "./http/hono.ts";
export type { AnyFunction, Units } from "./http/registry.ts";
export type { Fault, ServeOptions } from "./http/serve.ts";
export { builtEndpoint } from "./http/built.ts";
