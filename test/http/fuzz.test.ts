/**
 * Requests that nobody would send: no one ends the process, what does not fit the OpenAPI document is a 4xx, and every answer is one
 * that the document tells of. ajv reads the document; it knows nothing of our checks.
 */

import assert from "node:assert/strict";
import { connect } from "node:net";
import { before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { makeApi, startServer, type Server } from "./api.ts";

/** Requests a property; `VIBESAFE_RUNS=20000` for a long look. */
const numRuns = Number(process.env["VIBESAFE_RUNS"] ?? 40);

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: object } } };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>>;
}

interface Api {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let server: Server;
let api: Api;
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, ownProperties: true });
const compiled = new Map<object, ValidateFunction>();

before(async (t) => {
  const hooks = t as { after(cleanUp: () => void | Promise<void>): void };
  server = await startServer(hooks, await makeApi(hooks));
  const text = await (await fetch(`${server.url}/_vibesafe/openapi.json`)).text();
  const checked = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
  assert.deepEqual(checked, { valid: true });
  api = JSON.parse(text) as Api;
  ajv.addSchema(JSON.parse(text) as object, "api");
});

/** Whether a value is of a schema in the document. */
function fits(schema: object, value: unknown): boolean {
  const known = compiled.get(schema) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as object);
  compiled.set(schema, known);
  return known(value);
}

/** Asserts that an answer is one that the document has for it. */
async function conforms(operation: Operation, response: Response): Promise<number> {
  const described = operation.responses[String(response.status)] ?? operation.responses["default"];
  const text = await response.text();
  const [[type, { schema }] = [undefined, { schema: {} }]] = Object.entries(described?.content ?? {});
  if (type === undefined) {
    assert.equal(text, "");
    return response.status;
  }
  assert.equal(response.headers.get("content-type"), type);
  const body: unknown = JSON.parse(text);
  assert.ok(fits(schema, body), `${response.status} ${text}`);
  return response.status;
}

function operationOf(path: string, method: string): Operation {
  const found = api.paths[path]?.[method];
  assert.ok(found !== undefined, `${method} ${path}`);
  return found;
}

const leaf = fc.record({ label: fc.string(), children: fc.constant([]) });
const tree = fc.record({ label: fc.string(), children: fc.array(fc.record({ label: fc.string(), children: fc.array(leaf, { maxLength: 2 }) }), { maxLength: 2 }) });

const shape = fc.record(
  {
    name: fc.string({ unit: "grapheme" }),
    alias: fc.string(),
    kind: fc.constantFrom("round", "flat", 3, true),
    at: fc.oneof(fc.tuple(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), fc.tuple(fc.integer(), fc.integer(), fc.string())),
    tags: fc.array(fc.string()),
    tree: fc.option(tree),
    weights: fc.dictionary(fc.string(), fc.integer()),
    ground: fc.constantFrom(0, "sea", 7),
    size: fc.oneof(fc.record({ width: fc.integer(), height: fc.integer() }), fc.record({ radius: fc.integer() })),
    pair: fc.record({ first: fc.string(), second: fc.boolean(), alias: fc.string() }, { requiredKeys: ["first", "second"] }),
    toString: fc.integer(),
  },
  { requiredKeys: ["name", "kind", "at", "tags", "tree", "weights", "ground", "size", "pair"] },
);

/** A value with one of its parts, at any depth, replaced or removed. */
const spoiled = fc.tuple(shape, fc.infiniteStream(fc.nat()), fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined })).map(([value, picks, other]) => {
  const copy = JSON.parse(JSON.stringify(value)) as unknown;
  for (let at: unknown = copy; typeof at === "object" && at !== null; ) {
    const keys = Object.keys(at);
    const key = keys[(picks.next().value ?? 0) % keys.length];
    if (key === undefined) break;
    const below: unknown = Reflect.get(at, key);
    if (typeof below === "object" && below !== null && (picks.next().value ?? 0) % 3 > 0) at = below;
    else {
      if (other === undefined) Reflect.deleteProperty(at, key);
      else Reflect.set(at, key, other);
      break;
    }
  }
  return copy;
});

const post = (path: string, body: unknown, method: string = "POST"): Promise<Response> =>
  fetch(`${server.url}${path}`, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });

test("a body is taken exactly where ajv finds that it fits the document", async () => {
  const operation = operationOf("/shapes", "post");
  const schema = operation.requestBody?.content["application/json"].schema ?? {};
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 2, arbitrary: shape }, { weight: 3, arbitrary: spoiled }, { weight: 1, arbitrary: fc.jsonValue() }), async (body) => {
      // What JSON says, and `__proto__` apart, which is never taken in.
      const sent = JSON.parse(JSON.stringify(body), (key, value: unknown) => (key === "__proto__" ? undefined : value)) as unknown;
      const status = await conforms(operation, await post("/shapes", sent));
      assert.equal(status, fits(schema, sent) ? 200 : 422, JSON.stringify(sent));
      seen.add(status);
    }),
    { numRuns },
  );
  assert.deepEqual([...seen].sort(), [200, 422]);
});

test("a body of a schema library is taken exactly where ajv finds that it fits the library's own JSON Schema", async () => {
  const operation = operationOf("/orders/{isbn}", "post");
  const schema = operation.requestBody?.content["application/json"].schema ?? {};
  const body = fc.oneof(
    fc.record({ copies: fc.integer({ min: -2, max: 12 }), at: fc.record({ x: fc.oneof(fc.integer(), fc.string()) }) }, { requiredKeys: [] }),
    fc.jsonValue({ maxDepth: 1 }).filter((value) => typeof value === "object" && value !== null && !Array.isArray(value)),
  );
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^\d{3,5}$/), body, async (isbn, sent) => {
      const status = await conforms(operation, await post(`/orders/${isbn}`, sent));
      assert.equal(status, isbn.length === 4 && fits(schema, JSON.parse(JSON.stringify(sent))) ? 200 : 422, JSON.stringify(sent));
    }),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});

test("whatever is sent to whatever path, by whatever method: a 2xx or a 4xx that the document tells of, and the server goes on", async () => {
  const segment = fc.oneof(fc.constantFrom("shapes", "items", "things", "orders", "pages", "fail", "refuse", "1", "1234", "_vibesafe", "__proto__", "%00", "%2e%2e", "%ff"), fc.webSegment());
  const path = fc.oneof(
    fc.constantFrom("/shapes", "/pages", "/things/1", "/items/1/x", "/orders/1234", "/fail/refuse", "/things/x"),
    fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`),
  );
  const query = fc.oneof(fc.constant(""), fc.webQueryParameters().map((text) => `?${text}`), fc.constantFrom("?page=1", "?page=1&ids=1&ids=x", "?limit=1&limit=2", "?__proto__=1", "?a=%", "?sort=desc&deep=1&tags="));
  const type = fc.constantFrom("application/json", "application/json; charset=utf-16", "text/plain", "", "a/b;c", "application/x+json");
  const body = fc.oneof(fc.string(), fc.json(), fc.constantFrom("{", "[[[[", "nul", '{"__proto__":1}', "\u0000"), fc.uint8Array({ maxLength: 50 }));
  const request = fc.record({ method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PROPFIND"), path, query, type, body, cookie: fc.constantFrom("", "session", "session=%", "=;=", "session=a; session=b") });
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path: to, query: q, type: contentType, body: sent, cookie }) => {
      const hasBody = method !== "GET" && method !== "HEAD";
      const response = await fetch(`${server.url}${to}${q}`, {
        method,
        headers: { ...(hasBody && contentType !== "" && { "content-type": contentType }), ...(cookie !== "" && { cookie }) },
        ...(hasBody && { body: new Blob([typeof sent === "string" ? sent : new Uint8Array(sent)]) }),
        redirect: "manual",
      });
      const { status } = response;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      assert.ok(status === 200 || status === 204 || (status >= 400 && status < 500), `${status} for ${method} ${to}${q}`);
      const operation = Object.entries(api.paths).find(([template]) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(to))?.[1][method.toLowerCase()];
      if (operation !== undefined) await conforms(operation, response);
      else await response.arrayBuffer();
    }),
    { numRuns: numRuns * 2 },
  );
  assert.ok((numRuns < 1000 ? [404] : [404, 405, 415]).every((status) => statuses.has(status)), JSON.stringify([...statuses]));
  assert.equal((await fetch(`${server.url}/_vibesafe/health`)).status, 200);
  assert.ok(server.alive());
  assert.equal(server.log(), "");
});

test("bytes that are no HTTP, and connections that break off, end nothing", async () => {
  const { port } = new URL(server.url);
  const raw = (bytes: string): Promise<void> =>
    new Promise((done) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.end(bytes, () => setTimeout(() => socket.destroy(), 20)));
      socket.on("error", () => undefined);
      socket.on("close", () => done());
    });
  const head = "POST /shapes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  for (const bytes of ["\0\0\0", "GET\r\n\r\n", "GET http://[ HTTP/1.1\r\nHost: [\r\n\r\n", "GET // HTTP/1.1\r\nHost: a b\r\n\r\n", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", `${head}Content-Length: 100\r\n\r\n{`, `${head}Content-Length: -1\r\n\r\n{`, `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":`]) {
    await raw(bytes);
  }
  assert.equal((await fetch(`${server.url}/_vibesafe/version`)).status, 200);
  assert.ok(server.alive());
});
