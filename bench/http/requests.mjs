// Requests per second of a verified endpoint against the same handler written by hand in Hono, in one process, in turns.
//
//   npm run build && node bench/http/requests.mjs [--rounds=200] [--ms=60]
//
// Each round measures both for a moment, in an order that alternates, so that a busy machine slows both; what counts is the ratio of the
// sums. "in process" calls app.fetch with ready-made requests; "sockets" asks node:http through keep-alive connections. Times are processor
// time of the server's process.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const option = (name, fallback) => Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? fallback);
const rounds = option("rounds", 200);
const ms = option("ms", 60);

const ROUTES = `import { vibesafe, VibesafeHandled } from "vibesafe";
/**
 * Adds.
 *
 * >>> await sum({ a: 2, b: 3 })
 * { sum: 5 }
 */
export const sum = vibesafe.http({ method: "POST", path: "/sum" }, async function sum({ a, b }: { a: number; b: number }): Promise<{ sum: number }> {
  throw new VibesafeHandled();
});
`;
const REPLY = "```ts\nexport async function sum({ a, b }: { a: number; b: number }): Promise<{ sum: number }> {\n  return { sum: a + b };\n}\n```\n";

const SERVER = `import { Hono } from "hono";
import { serve } from "@hono/node-server";
import { mount } from "vibesafe/http";
import * as routes from "./routes.ts";

// The same by hand: media type, JSON and fields are checked, a problem document tells what is wrong.
const problem = (status, detail, errors) => new Response(JSON.stringify({ type: "about:blank", status, detail, errors }), { status, headers: { "content-type": "application/problem+json" } });
const byHand = new Hono();
byHand.post("/sum", async (c) => {
  if (!/^application\\/(?:[\\w.+-]+\\+)?json\\b/i.test(c.req.header("content-type") ?? "")) return problem(415, "send application/json");
  if (Number(c.req.header("content-length") ?? 0) > 1024 * 1024) return problem(413, "the body is too long");
  let body;
  try {
    body = await c.req.json();
  } catch {
    return problem(400, "the body is no JSON");
  }
  const errors = [];
  if (typeof body !== "object" || body === null || Array.isArray(body)) return problem(422, "the body is no object");
  if (typeof body.a !== "number") errors.push({ pointer: "#/a", detail: "must be a number" });
  if (typeof body.b !== "number") errors.push({ pointer: "#/b", detail: "must be a number" });
  if (errors.length > 0) return problem(422, "fields are wrong", errors);
  return c.json({ sum: body.a + body.b });
});
const apps = { hand: byHand, vibesafe: mount(new Hono(), { units: routes }) };
const servers = Object.fromEntries(await Promise.all(Object.entries(apps).map(([name, app]) => new Promise((done) => { const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => done([name, port])); }))));

const text = JSON.stringify({ a: 2, b: 3 });
const init = { method: "POST", body: text, headers: { "content-type": "application/json", "content-length": String(text.length) } };
const batch = () => Array.from({ length: 150 }, () => new Request("http://127.0.0.1/sum", init));
async function inProcess(app) {
  const requests = batch();
  const begun = process.cpuUsage();
  for (const request of requests) {
    const response = await app.fetch(request);
    if (response.status !== 200) throw new Error(await response.text());
  }
  const { user, system } = process.cpuUsage(begun);
  return { count: requests.length, cpu: user + system };
}
process.on("message", async ({ what, name }) => {
  if (what === "ports") process.send(servers);
  if (what === "cpu") process.send(process.cpuUsage());
  if (what === "in process") process.send(await inProcess(apps[name]));
});
process.send("ready");
`;

const CLIENT = `import { Agent, request } from "node:http";
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const text = JSON.stringify({ a: 2, b: 3 });
const one = (port) => new Promise((done, fail) => {
  const asked = request({ agent, port, host: "127.0.0.1", path: "/sum", method: "POST", headers: { "content-type": "application/json", "content-length": text.length } }, (response) => {
    response.resume().on("end", () => (response.statusCode === 200 ? done() : fail(new Error(String(response.statusCode)))));
  });
  asked.on("error", fail).end(text);
});
process.on("message", async ({ port, ms }) => {
  const end = performance.now() + ms;
  let count = 0;
  await Promise.all(Array.from({ length: 8 }, async () => { while (performance.now() < end) { await one(port); count++; } }));
  process.send(count);
});
`;

const folder = mkdtempSync(join(tmpdir(), "vibesafe-bench-http-"));
const children = [];
try {
  const files = { "package.json": '{"type":"module"}', "vibesafe.toml": '[provider.default]\nkind = "replay"\n', "routes.ts": ROUTES, "replies/routes/sum.md": REPLY, "server.mjs": SERVER, "client.mjs": CLIENT };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["hono", "@hono"]) symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  symlinkSync(root, join(folder, "node_modules", "vibesafe"), "junction");
  for (const command of ["compile", "save"]) await run([join(root, "dist", "bin", "vibe.js"), command]);
  const server = await start("server.mjs", ["--import", import.meta.resolve("tsx")]);
  const client = await start("client.mjs", [], false);
  const ports = await ask(server, { what: "ports" });
  const names = ["hand", "vibesafe"];

  await report("in process", rounds, (name) => ask(server, { what: "in process", name }));
  await report("sockets", Math.ceil(rounds / 2), async (name) => {
    const before = await ask(server, { what: "cpu" });
    const count = await ask(client, { port: ports[name], ms });
    const after = await ask(server, { what: "cpu" });
    return { count, cpu: after.user + after.system - before.user - before.system };
  });

  async function report(title, times, measure) {
    const sums = Object.fromEntries(names.map((name) => [name, { count: 0, cpu: 0 }]));
    // The first tenth warms up.
    for (let round = -Math.ceil(times / 10); round < times; round++) {
      for (const name of round % 2 === 0 ? names : [...names].reverse()) {
        const { count, cpu } = await measure(name);
        if (round < 0) continue;
        sums[name].count += count;
        sums[name].cpu += cpu;
      }
    }
    const [hand, verified] = names.map((name) => (sums[name].count / sums[name].cpu) * 1e6);
    const show = (rate) => `${Math.round(rate).toLocaleString("en")}/s`;
    console.log(`${title}: by hand ${show(hand)}, verified ${show(verified)}, ratio ${(verified / hand).toFixed(3)}`);
  }
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true });
}

function run(args) {
  return new Promise((done, fail) => spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] }).on("close", (code) => (code === 0 ? done() : fail(new Error(`${args.join(" ")}: ${code}`)))));
}

async function start(file, args, waits = true) {
  const child = spawn(process.execPath, [...args, file], { cwd: folder, stdio: ["ignore", "inherit", "inherit", "ipc"], env: { ...process.env, VIBESAFE_ENV: "prod" } });
  children.push(child);
  if (waits) await answer(child);
  return child;
}

function ask(child, message) {
  child.send(message);
  return answer(child);
}

function answer(child) {
  return new Promise((done, fail) => {
    const onExit = (code) => fail(new Error(`a child ended: ${code}`));
    child.once("exit", onExit);
    child.once("message", (message) => (child.off("exit", onExit), done(message)));
  });
}
