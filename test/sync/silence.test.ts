/** A host, or a proxy on the way to it, that says nothing: whoever waits is told, on every Node. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { VibesafeRemoteError } from "../../lib/errors.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { createHttpClient } from "../../lib/sync/http-client.ts";
import { packet } from "../../lib/sync/pkt-line.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { contextOf, ENV, newPeer, save } from "./pair.ts";

/** Listens on loopback until the test ends. */
async function listen(t: { after(cleanUp: () => void): void }, onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

const env = { ...ENV, GIT_HTTP_LOW_SPEED_TIME: "0.3" };

test("a host that takes the connection and says nothing, or stops in the middle of an answer", async (t) => {
  const silent = await listen(t, (socket) => socket.resume());
  const begins = await listen(t, (socket) => socket.once("data", (asked) => {
    const service = /service=(git-[a-z]+-pack)/.exec(String(asked))?.[1];
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/x-${service}-advertisement\r\ncontent-length: 1000\r\n\r\n${Buffer.from(packet(`# service=${service}\n`)).toString()}0000`);
  }));
  for (const [host, says] of [[silent, /cannot be reached: no answer for 0\.3 s/], [begins, /broke off its answer: no answer for 0\.3 s/]] as const) {
    const a = newPeer(t, `http://${host}/x`);
    save(a, "src.m/f", "one");
    for (const work of [fetchRemote, pushRemote]) await assert.rejects(work(contextOf(a, undefined, { env })), (error) => error instanceof VibesafeRemoteError && says.test(error.message) && error.remedy !== "");
  }
  // What is sent and never taken counts as silence too.
  const client = createHttpClient(`http://${silent}/x`, env);
  const body = [new Uint8Array(1 << 16), new Uint8Array(1 << 16)];
  await assert.rejects(client.request({ url: `http://${silent}/x`, method: "POST", body: (async function* () { yield* body; })() }), /no answer for 0\.3 s/);
  client.close();
});

test("a tunnel whose far end says nothing, or goes away, before TLS is up; and an interruption meanwhile", { timeout: 60_000, skip: process.allowedNodeEnvironmentFlags.has("--use-env-proxy") ? false : "this Node goes through no proxy" }, async (t) => {
  const proxy = (then: (socket: Socket) => void): Promise<string> => listen(t, (socket) => socket.once("data", () => socket.write("HTTP/1.1 200 Connection established\r\n\r\n", () => then(socket))));
  const hungUp: Promise<unknown>[] = [];
  const ways = [await proxy((socket) => void hungUp.push(once(socket.resume(), "close"))), await proxy((socket) => socket.destroy()), await listen(t, (socket) => socket.resume())];
  const asked = { url: "https://saves.invalid/x/info/refs" };
  for (const way of ways) {
    const client = createHttpClient("https://saves.invalid/x", { ...env, https_proxy: `http://${way}` });
    await assert.rejects(client.request(asked), (error) => error instanceof VibesafeRemoteError && /cannot be reached: /.test(error.message));
    client.close();
  }
  const client = createHttpClient("https://saves.invalid/x", { ...ENV, https_proxy: `http://${ways[0]}` });
  await assert.rejects(client.request({ ...asked, signal: AbortSignal.timeout(100) }));
  client.close();
  // Or their sockets would keep the process.
  assert.equal(hungUp.length, 2);
  await Promise.all(hungUp);
});
