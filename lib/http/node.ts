/**
 * Endpoints on Node: handlers for `node:http`, Express and Fastify. The one door to @hono/node-server, which turns Node's requests into
 * those of the Fetch standard.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { VibesafeUsageError } from "../errors.ts";
import { toFetch, type FetchOptions } from "./fetch.ts";
import type { Units } from "./registry.ts";

/** `createServer(listener)` of `node:http`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/** `app.use(handler)` of Express and Connect. */
export type ExpressHandler = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** Of a Fastify instance what its plugin needs. */
export interface FastifyApp {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: string, parser: (request: unknown, payload: unknown, done: (error: Error | null) => void) => void): unknown;
  all(path: string, handler: (request: { readonly raw: IncomingMessage }, reply: { readonly raw: ServerResponse; hijack(): unknown }) => void): unknown;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A listener for `node:http`. @throws VibesafeUsageError when @hono/node-server is not installed, or as `toFetch` does */
export async function toNode(units?: Units, options: FetchOptions = {}): Promise<NodeListener> {
  const listen = await listenerOf(units, options);
  return (request, response) => void listen(request, response);
}

/**
 * A handler for Express that answers every request that reaches it, by 404 where no endpoint is meant: mount it under a path of its own,
 * and before `express.json()`, for it reads bodies itself.
 *
 * @throws VibesafeUsageError as `toNode` does
 * @example
 * app.use("/api", await toExpress(routes));
 */
export async function toExpress(units?: Units, options: FetchOptions = {}): Promise<ExpressHandler> {
  const listen = await listenerOf(units, options);
  return (request, response, next) => void listen(request, response).catch(next);
}

/**
 * A plugin for Fastify. The parsers of the app around it are not touched.
 *
 * @throws VibesafeUsageError as `toNode` does
 * @example
 * await app.register(await toFastify(routes, { prefix: "/api" }));
 */
export async function toFastify(units?: Units, options: FetchOptions = {}): Promise<(app: FastifyApp) => Promise<void>> {
  const listen = await listenerOf(units, options);
  return async (app) => {
    // Bodies go to the endpoints unread.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));
    app.all(`${(options.prefix ?? "").replace(/\/+$/, "")}/*`, (request, reply) => {
      reply.hijack();
      void listen(request.raw, reply.raw);
    });
  };
}

async function listenerOf(units: Units | undefined, options: FetchOptions): Promise<Listener> {
  const answer = toFetch(units, options);
  const { getRequestListener } = await nodeServer();
  // The global Request and Response belong to the program around us.
  return getRequestListener(answer, { overrideGlobalObjects: false });
}

interface NodeServer {
  readonly getRequestListener: (answer: (request: Request) => Promise<Response>, options: { readonly overrideGlobalObjects: boolean }) => Listener;
}

async function nodeServer(): Promise<NodeServer> {
  try {
    return await import("@hono/node-server");
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")) throw cause;
    throw new VibesafeUsageError("@hono/node-server is not installed", { cause, remedy: "run `npm install @hono/node-server`" });
  }
}
