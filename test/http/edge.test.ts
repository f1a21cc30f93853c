/**
 * The endpoints, bundled with the plugin, on a host that has no Node: workerd, which runs Cloudflare's workers.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import { esbuild as vibesafe } from "vibesafe/plugin";
import { writeFiles } from "../runtime/project.ts";
import { makeApi } from "./api.ts";

// The program itself: the script in `bin/` would leave it running when it is ended.
const { default: workerd }: { readonly default: string } = createRequire(import.meta.url)("workerd");

const WORKER = `import { Hono } from "hono";
import { mount, toFetch } from "vibesafe/http";
import * as routes from "./routes.ts";
const app = mount(new Hono(), { prefix: "/api", units: routes });
const plain = toFetch(routes);
export default { fetch: (request) => new URL(request.url).pathname.startsWith("/api/") ? app.fetch(request) : plain(request) };
`;

const CAPNP = (port: number): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.mjs")], compatibilityDate = "2025-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("an app bundled with the plugin answers in workerd", async (t) => {
  const root = await makeApi(t, { "worker.ts": WORKER });
  const { outputFiles } = await build({
    entryPoints: [join(root, "worker.ts")],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker"],
    target: "es2022",
    plugins: [vibesafe()],
    logLevel: "silent",
  });
  const script = outputFiles[0]?.text ?? "";
  assert.doesNotMatch(script, /node:|\brequire\(/);
  const port = await freePort();
  writeFiles(root, { "worker.mjs": script, "config.capnp": CAPNP(port) });
  const child = spawn(workerd, ["serve", join(root, "config.capnp")], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (text: Buffer) => void (log += text.toString()));
  t.after(async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, "exit");
    }
  });
  const url = `http://127.0.0.1:${port}`;
  for (let up = false, i = 0; !up; i++) {
    assert.ok(child.exitCode === null && i < 400, log);
    up = await fetch(`${url}/_vibesafe/version`).then((response) => response.ok, () => delay(50, false));
  }
  const ask = async (path: string, init: RequestInit = {}): Promise<[number, unknown]> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    return [response.status, text === "" ? null : JSON.parse(text)];
  };
  const json = (method: string, body: unknown): RequestInit => ({ method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  for (const prefix of ["", "/api"]) {
    assert.deepEqual(await ask(`${prefix}/orders/1234`, json("POST", { copies: 2 })), [200, { isbn: "1234", cents: 200 }]);
    assert.deepEqual(await ask(`${prefix}/things/3`, json("PUT", { name: "n", ground: "sea", more: 1 })), [200, { id: 3, thing: { name: "n", ground: "sea" } }]);
    const [status, problem] = await ask(`${prefix}/things/x`, json("PUT", { name: 1 }));
    assert.deepEqual([status, (problem as { errors: unknown[] }).errors.length], [422, 2]);
    assert.deepEqual(await ask(`${prefix}/things/3`, { method: "DELETE" }), [204, null]);
    assert.equal((await ask(`${prefix}/things/3`, { method: "PATCH" }))[0], 405);
    assert.equal((await ask(`${prefix}/fail/wrong`))[0], 500);
    assert.deepEqual(await ask(`${prefix}/_vibesafe/health`), [200, { status: "ok", units: 7, broken: [] }]);
    const [, document] = await ask(`${prefix}/_vibesafe/openapi.json`);
    assert.ok(Object.keys((document as { paths: object }).paths).includes(`${prefix}/orders/{isbn}`));
  }
  assert.equal((await ask("/nothing"))[0], 404);
});
