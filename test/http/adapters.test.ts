/**
 * One set of endpoints behind Hono, node:http, Express and Fastify, beside routes of the app's own.
 */

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { serve } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { mount, toFetch } from "../../lib/http.ts";
import { toExpress, toFastify, toNode } from "../../lib/http/node.ts";
import type { Contract } from "../../lib/http/contract.ts";
import { register, type AnyFunction } from "../../lib/http/registry.ts";

/** As `vibesafe.http` registers an endpoint, without a project. */
function endpoint<F extends AnyFunction>(unit: string, contract: Partial<Contract>, handler: F): F {
  const whole: Contract = { format: 1, method: "GET", path: "/", tags: [], pass: "positional", fields: [], rest: null, whole: false, result: {}, defs: {}, ...contract };
  register({ unit, checkpoint: "c".repeat(64), contract: () => whole, doc: () => "", input: undefined, output: undefined, handler });
  return handler;
}

const id = { name: "id", in: "path", wire: "id", required: true, schema: { type: "number" } } as const;
const units = [
  endpoint("a/double", { path: "/double/{id}", fields: [id] }, async (n: number) => n * 2),
  endpoint("a/echo", { method: "POST", path: "/echo", fields: [{ name: "value", in: "body", wire: "value", required: true, schema: {} }] }, async (value: unknown) => ({ value })),
  endpoint("a/remove", { method: "DELETE", path: "/double/{n}", fields: [{ ...id, name: "n", wire: "n" }], result: "none" }, async () => undefined),
  endpoint("a/fixed", { path: "/double/fixed" }, async () => "fixed"),
];

async function listen(t: TestContext, server: Server): Promise<string> {
  if (!server.listening) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  t.after(() => void server.closeAllConnections());
  t.after(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

async function answers(url: string, get: (url: string, init?: RequestInit) => Promise<Response> = fetch): Promise<void> {
  const ask = async (path: string, init?: RequestInit): Promise<[number, string]> => {
    const response = await get(`${url}${path}`, init);
    return [response.status, await response.text()];
  };
  const json = (body: string): RequestInit => ({ method: "POST", body, headers: { "content-type": "application/json" } });
  assert.deepEqual(await ask("/double/21"), [200, "42"]);
  assert.deepEqual(await ask("/double/fixed"), [200, '"fixed"']);
  assert.deepEqual(await ask("/double/1", { method: "DELETE" }), [204, ""]);
  assert.deepEqual(await ask("/echo", json('{"value":[1,"ü"]}')), [200, '{"value":[1,"ü"]}']);
  assert.equal((await ask("/echo", json("{")))[0], 400);
  assert.equal((await ask("/echo", json(`{"value":"${"x".repeat(3000)}"}`)))[0], 413);
  assert.equal((await ask("/double/x"))[0], 422);
  assert.equal((await ask("/echo"))[0], 405);
  assert.equal((await ask("/_vibesafe/health"))[0], 200);
  assert.match((await ask("/_vibesafe/docs"))[1], /^<!doctype html>[^]*\/double\/\{id\}/);
}

const options = { maxBody: 2000 };

test("toFetch", () => answers("http://host.example", (url, init) => toFetch(units, options)(new Request(url, init))));

test("mount: routes of a Hono app, under a prefix, beside the app's own", async (t) => {
  const app = new Hono();
  app.get("/own", (c) => c.text("own"));
  mount(app, { ...options, prefix: "/api", units });
  app.put("/api/echo", (c) => c.text("put", 404));
  await answers("http://host.example/api", async (url, init) => app.fetch(new Request(url, init)));
  assert.equal(await (await app.request("/own")).text(), "own");
  assert.equal(await (await app.request("/api/echo", { method: "PUT" })).text(), "put");
  const wrong = await app.request("/api/double/1", { method: "PUT" });
  assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "DELETE, GET, HEAD"]);
  assert.equal((await app.request("/api/nothing")).status, 404);
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  await once(server, "listening");
  await answers(`${await listen(t, server)}/api`);
});

test("node:http", async (t) => answers(await listen(t, createServer(await toNode(units, options)))));

test("Express: beside routes and parsers of the app", async (t) => {
  const app = express();
  app.use("/api", await toExpress(units, options));
  app.use(express.json());
  app.post("/own", (request, response) => void response.json(request.body));
  const url = await listen(t, createServer(app));
  await answers(`${url}/api`);
  const own = await fetch(`${url}/own`, { method: "POST", body: '{"a":1}', headers: { "content-type": "application/json" } });
  assert.deepEqual(await own.json(), { a: 1 });
});

test("Fastify: beside routes and parsers of the app", async (t) => {
  const app = fastify();
  app.post("/own", async (request) => request.body);
  await app.register(await toFastify(units, { ...options, prefix: "/api" }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  t.after(() => app.close());
  const url = await listen(t, app.server);
  await answers(`${url}/api`);
  const own = await fetch(`${url}/own`, { method: "POST", body: '{"a":1}', headers: { "content-type": "application/json" } });
  assert.deepEqual(await own.json(), { a: 1 });
});

test("two endpoints of one method and path are refused, and both are named", () => {
  const twin = endpoint("b/twice", { path: "/double/{other}", fields: [] }, async () => 1);
  assert.throws(() => toFetch([...units, twin]), /a\/double and b\/twice both answer GET \/double\/\{other\}/);
});
