/**
 * An endpoint from its spec to production, by the commands that every unit has.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { REPOSITORY, vibe } from "../cli/vibe.ts";
import { CONFIG, makeProject } from "../runtime/project.ts";

const ROUTES = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { z } from "zod";

const Wanted = z.object({ name: z.string().trim().min(1), times: z.int().max(3).default(1) });

/**
 * Greets.
 *
 * >>> await hello({ name: "Ada", times: 2 })
 * 'Hello, Ada! Hello, Ada!'
 * >>> await request("/hello", { method: "POST", body: { name: "  Ada " } })
 * { status: 200, body: 'Hello, Ada!' }
 * >>> (await request("/hello", { method: "POST", body: { times: 4 } })).body.errors.map((one: { pointer: string }) => one.pointer)
 * ['#/name', '#/times']
 * >>> await request("/hello")
 * { status: 405, headers: { allow: 'POST' }, body: { type: 'about:blank', title: 'Method Not Allowed', status: 405 } }
 * >>> (await request("/hello", { method: "POST", headers: { "content-type": "application/json" }, body: "{" })).status
 * 400
 *
 * \`\`\`fast-check
 * fc.asyncProperty(fc.integer({ min: 1, max: 3 }), async (times) => (await request("/hello", { method: "POST", body: { name: "x", times } })).body.length === times * 10 - 1)
 * \`\`\`
 */
export const hello = vibesafe.http({ method: "POST", path: "/hello", tags: ["greetings"], input: Wanted }, async function hello({ name, times }: z.infer<typeof Wanted>): Promise<string> {
  throw new VibesafeHandled();
});

/**
 * A number doubled; nothing is imported, and no request is sent.
 *
 * >>> await double(4)
 * 8
 */
export const double = vibesafe.http({ method: "GET", path: "/double/{n}" }, async function double(n: number): Promise<number> {
  throw new VibesafeHandled();
});
`;

const reply = (body: string): string => "```ts\n" + body + "\n```\n";
const HELLO = (text: string): string => `import type { z } from "zod";
const Wanted = z.object({ name: z.string().trim().min(1), times: z.int().max(3).default(1) });
export async function hello({ name, times }: z.infer<typeof Wanted>): Promise<string> {
  return ${text};
}`.replace("import type", "import");

const PROGRAM = `import { toFetch } from "vibesafe/http";
import * as routes from "./routes.ts";
const handle = toFetch(routes);
const response = await handle(new Request("http://host.example/double/21"));
console.log(response.status, await response.text());
`;

let root = "";

before((t) => {
  root = makeProject(t as { after(cleanUp: () => void): void }, {
    "vibesafe.toml": CONFIG,
    "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, target: "es2023", module: "nodenext", noEmit: true, skipLibCheck: true, types: [], lib: ["es2023", "dom"] }, include: ["*.ts"] }),
    "routes.ts": ROUTES,
    "program.ts": PROGRAM,
    // The first is wrong only where a request is: two blanks where times is 1 by default.
    "replies/routes/hello.md": reply(HELLO('times === 1 ? `Hello, ${name}!!` : Array.from({ length: times }, () => `Hello, ${name}!`).join(" ")')),
    "replies/routes/hello.2.md": reply(HELLO('Array.from({ length: times }, () => `Hello, ${name}!`).join(" ")')),
    "replies/routes/double.md": reply("export async function double(n: number): Promise<number> {\n  return n * 2;\n}"),
  });
  symlinkSync(join(REPOSITORY, "node_modules", "zod"), join(root, "node_modules", "zod"), "junction");
});

function run(mode: "dev" | "prod"): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), "program.ts"], { cwd: root, encoding: "utf8", env: { ...process.env, NODE_ENV: "", VIBESAFE_ENV: mode } });
}

test("scan, the prompt of endpoints, and dev at the first request", async () => {
  const { units } = (await vibe(root, ["scan", "--json"])).json();
  assert.deepEqual(units.map(({ id, status }) => [id, status]), [["routes/double", "missing"], ["routes/hello", "missing"]]);
  const prompt = (await vibe(root, ["prompt", "routes/hello"])).out;
  assert.match(prompt, /It answers `POST \/hello` \(greetings\)\./);
  assert.match(prompt, /They are what this schema, which has checked them, gives:\n\n```ts\nWanted\n```/);
  assert.match(prompt, /const Wanted = z\.object\(/);
  const dev = run("dev");
  assert.equal(dev.stdout, "200 42\n", dev.stderr);
  assert.match(dev.stderr, /routes\/double has no checkpoint; compiling/);
});

test("compile proves by requests, save activates, prod serves, drift is told", async () => {
  const { results } = (await vibe(root, ["compile", "--json"])).json();
  const [, made] = results;
  assert.deepEqual(results.map(({ id, attempts }) => [id, attempts]).at(-1), ["routes/hello", 2], JSON.stringify(made?.error));
  assert.match(JSON.stringify(made?.history), /request/);
  assert.equal((await vibe(root, ["save"])).status, 0);
  assert.ok(existsSync(join(root, "spec-tests", "routes", "hello.test.mjs")));
  const prod = run("prod");
  assert.equal(prod.stdout, "200 42\n", prod.stderr);
  const source = readFileSync(join(root, "routes.ts"), "utf8");
  writeFileSync(join(root, "routes.ts"), source.replace('path: "/double/{n}"', 'path: "/twice/{n}"'));
  const [drifted] = (await vibe(root, ["diff", "--json", "routes/double"])).json().units;
  assert.deepEqual(drifted.changes.map(({ field, text }) => [field, text]), [["http.path", "Path: /double/{n} -> /twice/{n}"]]);
  assert.match(run("prod").stderr, /VibesafeHashMismatch[^]*Path: \/double/);
  writeFileSync(join(root, "routes.ts"), source);
});

test("vibe openapi: types statically, schemas from the sandbox; a document that a validator takes", async () => {
  const { status, out } = await vibe(root, ["openapi", "--title", "T", "--api-version", "1.2.3", "--prefix", "/api"]);
  assert.equal(status, 0);
  const document = JSON.parse(out) as { info: unknown; paths: Record<string, Record<string, Record<string, never>>> };
  assert.deepEqual(await new Validator().validate(JSON.parse(out) as Record<string, unknown>), { valid: true });
  assert.deepEqual(document.info, { title: "T", version: "1.2.3" });
  const hello = document.paths["/api/hello"]?.["post"];
  assert.deepEqual([hello?.["operationId"], hello?.["summary"], hello?.["tags"]], ["hello", "Greets.", ["greetings"]]);
  assert.match(JSON.stringify(hello?.["requestBody"]), /"required":\["name"\]/);
  const json = await vibe(root, ["openapi", "--json", "-o", "api.json", "routes/double"]);
  assert.deepEqual(JSON.parse(json.out), JSON.parse(readFileSync(join(root, "api.json"), "utf8")));
  assert.deepEqual(Object.keys((JSON.parse(json.out) as { paths: object }).paths), ["/double/{n}"]);
});

test("vibe openapi without an endpoint fails unless that is meant", async (t) => {
  const empty = makeProject(t, { "vibesafe.toml": CONFIG, "a.ts": "export {};\n" });
  assert.equal((await vibe(empty, ["openapi"])).status, 1);
  assert.equal((await vibe(empty, ["openapi", "--allow-empty"])).status, 0);
});
