import assert from "node:assert/strict";
import { createServer, request as forward } from "node:http";
import { test } from "node:test";
import { VibesafeRemoteError } from "../../lib/errors.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { createHttpClient } from "../../lib/sync/http-client.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { trackedRefs, ownRefs } from "../../lib/sync/shared-refs.ts";
import { serve } from "./http-host.ts";
import { contextOf, ENV, newHost, newPeer, save } from "./pair.ts";

/** Whether this Node can go through a proxy at all. */
const KNOWS = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");

interface Proxy {
  readonly url: string;
  /** What it was asked for, as `METHOD target`. */
  readonly asked: string[];
}

/** A proxy on loopback that finds `saves.invalid` at `host`, as one behind a company's wall does. */
async function serveProxy(t: { after(cleanUp: () => void | Promise<void>): void }, host: string): Promise<Proxy> {
  const asked: string[] = [];
  const { port } = new URL(host);
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { pathname, search } = new URL(request.url ?? "");
    const onward = forward({ host: "127.0.0.1", port, path: pathname + search, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 403 Not through here\r\n\r\n");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, asked };
}

test("a host that only a proxy can reach, and one that NO_PROXY names", { skip: KNOWS ? false : "this Node goes through no proxy" }, async (t) => {
  const dir = newHost(t);
  const host = await serve(t, dir);
  const proxy = await serveProxy(t, host.url);
  const [a, b] = [newPeer(t, host.url.replace(/127\.0\.0\.1:\d+/, "saves.invalid")), newPeer(t, host.url)];
  const env = { ...ENV, HTTP_PROXY: proxy.url, https_proxy: proxy.url, NO_PROXY: "127.0.0.1" };
  save(a, "src.m/f", "one");
  await pushRemote(contextOf(a, undefined, { env }));
  assert.ok(proxy.asked.length > 1);
  assert.match(proxy.asked[0] ?? "", /saves\.invalid/);
  proxy.asked.length = 0;
  await fetchRemote(contextOf(b, undefined, { env }));
  assert.deepEqual(proxy.asked, []);
  assert.deepEqual(trackedRefs(b, "origin"), ownRefs(a));
  // Over TLS by a tunnel: the proxy sees a host's name and nothing else.
  const client = createHttpClient("https://saves.invalid/x", env);
  await assert.rejects(client.request({ url: "https://saves.invalid/x/info/refs" }), (error) => error instanceof VibesafeRemoteError && /saves\.invalid\/x\/info\/refs cannot be reached: .*403/.test(error.message));
  client.close();
  assert.deepEqual(proxy.asked, ["CONNECT saves.invalid:443"]);
});

test("where Node goes through no proxy, a failure says so", { skip: KNOWS ? "this Node goes through proxies" : false }, async (t) => {
  const a = newPeer(t, "http://saves.invalid/x");
  const env = { ...ENV, HTTP_PROXY: "http://127.0.0.1:9" };
  await assert.rejects(fetchRemote(contextOf(a, undefined, { env })), /HTTP_PROXY is set, and Node before 22\.21/);
});
