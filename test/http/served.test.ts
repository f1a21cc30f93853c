/**
 * Endpoints in production, on real sockets, asked by a real client.
 */

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { makeApi, startServer, type Server } from "./api.ts";

let server: Server;
let root = "";

before(async (t) => {
  // The hook's context lives as long as the file.
  const hooks = t as { after(cleanUp: () => void | Promise<void>): void };
  root = await makeApi(hooks);
  server = await startServer(hooks, root);
});

interface Got {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: unknown;
}

async function ask(path: string, init: RequestInit = {}): Promise<Got> {
  const response = await fetch(`${server.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

function send(method: string, body: unknown, type: string = "application/json"): RequestInit {
  return { method, body: typeof body === "string" ? body : JSON.stringify(body), headers: { "content-type": type } };
}

function errorsOf({ body }: Got): unknown {
  return (body as { errors: unknown }).errors;
}

const SHAPE = {
  name: "n",
  kind: 3,
  at: [1, 2],
  tags: ["a"],
  tree: { label: "l", children: [{ label: "m", children: [] }] },
  weights: { a: 1 },
  ground: "sea",
  size: { radius: 1 },
  pair: { first: "f", second: true },
};

test("values are bound by name: path, query, header, cookie", async () => {
  const defaults = { id: 5, slug: "a b/c", sort: "asc", limit: null, tags: [], deep: false, traceId: null, session: null };
  assert.deepEqual((await ask("/items/5/a%20b%2Fc")).body, defaults);
  const all = await ask("/items/-1.5e1/x?sort=0&limit=3&tags=a&tags=b&deep=true&unknown=1", { headers: { "X-Trace": "t1", cookie: 'a=b; session="s%20x"; session=second' } });
  assert.deepEqual(all.body, { id: -15, slug: "x", sort: 0, limit: 3, tags: ["a", "b"], deep: true, traceId: "t1", session: "s x" });
  assert.equal(all.type, "application/json");
});

test("wrong values are a 422 with a problem document that names each", async () => {
  const got = await ask("/items/five/x?sort=up&limit=&limit=3&deep=maybe");
  assert.deepEqual([got.status, got.type], [422, "application/problem+json"]);
  assert.deepEqual(got.body, {
    type: "about:blank",
    title: "Unprocessable Content",
    status: 422,
    detail: "the request does not fit: 4 fields are wrong",
    errors: [
      { in: "path", name: "id", detail: "must be a number" },
      { in: "query", name: "sort", detail: 'must be "asc" or "desc" or 0' },
      { in: "query", name: "limit", detail: "is given 2 times" },
      { in: "query", name: "deep", detail: "must be true or false" },
    ],
  });
  for (const text of ["Infinity", "0x10", "%201", "1e999", "", "1_0"]) assert.equal((await ask(`/items/1/x?limit=${text}`)).status, 422, text);
});

test("bodies: each wrong place is pointed at", async () => {
  assert.deepEqual((await ask("/shapes", send("POST", { ...SHAPE, unknown: 1 }))).body, SHAPE);
  const { name: _, ...rest } = SHAPE;
  const wrong = { ...rest, at: [1], tree: { label: "l", children: [{ label: 1, children: [] }] }, weights: { "a/b~c": "x" }, ground: 1, size: {}, pair: null };
  assert.deepEqual(errorsOf(await ask("/shapes", send("POST", wrong))), [
    { in: "body", pointer: "#/name", detail: "is missing" },
    { in: "body", pointer: "#/at", detail: "must have at least 2 items" },
    { in: "body", pointer: "#/tree", detail: "must be an object or null" },
    { in: "body", pointer: "#/weights/a~1b~0c", detail: "must be a number" },
    { in: "body", pointer: "#/ground", detail: 'must be 0 or "sea" or 7' },
    { in: "body", pointer: "#/size", detail: "must be an object" },
    { in: "body", pointer: "#/pair", detail: "must be an object" },
  ]);
  assert.deepEqual(errorsOf(await ask("/shapes", send("POST", [1]))), [{ in: "body", pointer: "#", detail: "must be an object" }]);
});

test("a body that is one parameter is the parameter itself; no content is a 204", async () => {
  assert.deepEqual((await ask("/things/3", send("PUT", { name: "n", ground: 7, more: 1 }))).body, { id: 3, thing: { name: "n", ground: 7 } });
  assert.deepEqual((await ask("/things/3", send("PUT", null))).body, { id: 3, thing: null });
  assert.deepEqual(errorsOf(await ask("/things/x", { method: "PUT" })), [
    { in: "path", name: "id", detail: "must be a number" },
    { in: "body", pointer: "#", detail: "is missing" },
  ]);
  const gone = await ask("/things/3", { method: "DELETE" });
  assert.deepEqual([gone.status, gone.body, gone.type], [204, null, null]);
});

test("schemas: defaults, coercion of texts, and issues as problems", async () => {
  assert.deepEqual((await ask("/orders/1234", send("POST", {}))).body, { isbn: "1234", cents: 100 });
  const wrong = await ask("/orders/12", send("POST", { copies: 10, at: { x: "1" }, isbn: "9999" }));
  assert.equal(wrong.status, 422);
  const errors = errorsOf(wrong) as { in: string; name?: string; pointer?: string }[];
  assert.deepEqual(errors.map(({ in: place, name, pointer }) => [place, name ?? pointer]), [["path", "isbn"], ["body", "#/copies"], ["body", "#/at/x"]]);
  assert.deepEqual((await ask("/pages?page=2&all=true&ids=7")).body, { page: 2, all: true, ids: [7] });
  assert.deepEqual((errorsOf(await ask("/pages?page=x")) as { in: string; name: string }[]).map(({ in: place, name }) => [place, name]), [["query", "page"]]);
});

test("what is no JSON for us is told apart: 400, 413, 415", async () => {
  for (const text of ["{", "{a:1}", '{"a":1}}', "NaN", '"\u0001"', "[".repeat(10_000)]) assert.equal((await ask("/shapes", send("POST", text))).status, 400, text.slice(0, 10));
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json; charset=latin1"]) {
    assert.equal((await ask("/shapes", send("POST", SHAPE, type))).status, 415, type);
  }
  for (const type of ["application/json; charset=UTF-8", "application/vnd.x+json", "Application/JSON"]) assert.equal((await ask("/shapes", send("POST", SHAPE, type))).status, 200, type);
  const bytes = new TextEncoder().encode(JSON.stringify(SHAPE));
  assert.equal((await ask("/shapes", { method: "POST", body: bytes })).status, 415);
  const zipped = new Uint8Array(gzipSync(JSON.stringify(SHAPE)));
  assert.equal((await ask("/shapes", { method: "POST", body: zipped, headers: { "content-type": "application/json", "content-encoding": "gzip" } })).status, 415);
  assert.equal((await ask("/shapes", send("POST", { ...SHAPE, name: "x".repeat(20_000) }))).status, 413);
});

test("a body without a length is read no further than allowed", async () => {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1000;
      controller.enqueue(new TextEncoder().encode(" ".repeat(1000)));
      if (sent > 50_000_000) controller.close();
    },
  });
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half", headers: { "content-type": "application/json" } };
  const status = await fetch(`${server.url}/shapes`, init).then((response) => response.status, () => "cut off");
  assert.ok(status === 413 || status === "cut off", String(status));
  assert.ok(sent < 50_000_000);
  assert.equal((await ask("/_vibesafe/health")).status, 200);
});

test("paths and methods that are none: 404, 405 with Allow, HEAD as GET without content", async () => {
  for (const path of ["/", "/shapes/", "/shapes/x", "/items/5", "/%73hapes", "//shapes", "/constructor", "/__proto__"]) assert.equal((await ask(path)).status, 404, path);
  const wrong = await ask("/shapes");
  assert.deepEqual([wrong.status, wrong.headers.get("allow"), wrong.type], [405, "POST", "application/problem+json"]);
  assert.equal((await ask("/things/1", { method: "PATCH" })).headers.get("allow"), "DELETE, PUT");
  assert.equal((await ask("/items/1/x", { method: "POST" })).headers.get("allow"), "GET, HEAD");
  const head = await ask("/items/1/x", { method: "HEAD" });
  assert.deepEqual([head.status, head.type, head.body], [200, "application/json", null]);
  assert.equal((await ask("/items/%ff/x")).status, 400);
});

test("__proto__ in a request is no prototype, and reaches no code", async () => {
  const text = JSON.stringify(SHAPE).replace("{", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},').replace('"weights":{', '"weights":{"\\u005f_proto__":5,"constructor":2,');
  const got = await ask("/shapes", send("POST", text));
  assert.deepEqual(got.body, { ...SHAPE, weights: { constructor: 2, a: 1 } });
  assert.deepEqual((await ask("/orders/1234", send("POST", '{"__proto__":{"copies":9}}'))).body, { isbn: "1234", cents: 100 });
  assert.equal((await ask("/pages?page=1&__proto__=2&constructor=3")).status, 200);
});

test("what an endpoint refuses is told; what fails inside is told to the log alone", async () => {
  const refused = await ask("/fail/refuse");
  assert.deepEqual([refused.status, (refused.body as { detail: string }).detail], [418, "the pot is a teapot"]);
  for (const how of ["wrong", "throw", "missing"]) {
    const got = await ask(`/fail/${how}`);
    assert.deepEqual(got.body, { type: "about:blank", title: "Internal Server Error", status: 500 });
  }
  assert.deepEqual((await ask("/orders/1234", send("POST", {}))).body, { isbn: "1234", cents: 100 }, "what the output schema does not have is not sent");
  for (let i = 0; i < 50 && !server.log().includes("#/fine is missing"); i++) await delay(20);
  const { units } = (await ask("/_vibesafe/version")).body as { units: { unit: string; checkpoint: string }[] };
  const checkpoint = units.find(({ unit }) => unit === "routes/fail")?.checkpoint ?? "";
  assert.match(server.log(), new RegExp(`GET /fail/\\{how\\}: routes/fail@${checkpoint.slice(0, 12)} failed:`));
  assert.match(server.log(), /routes\/fail returned what its spec does not declare: #\/fine must be a number/);
  assert.match(server.log(), /Error: s3cret/);
});

test("health is 503 with the units that a restart would refuse", async () => {
  assert.deepEqual((await ask("/_vibesafe/health")).body, { status: "ok", units: 7, broken: [] });
  appendFileSync(join(root, "shapes.ts"), "\nexport interface Shape { more?: string }\n");
  await delay(1100);
  const got = await ask("/_vibesafe/health");
  assert.deepEqual([got.status, got.body], [503, { status: "failing", units: 7, broken: [{ unit: "routes/echo" }] }]);
  assert.equal((await ask("/shapes", send("POST", SHAPE))).status, 200, "what was verified at import goes on");
});
