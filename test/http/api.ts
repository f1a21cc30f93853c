/**
 * A project with endpoints of every sort, saved, and a server of it in production.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { symlinkSync } from "node:fs";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONFIG, makeProject, save } from "../runtime/project.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const ROUTES = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { z } from "zod";
import { Ground, type Shape } from "./shapes.ts";

/** Gives back what it is given. */
export const echo = vibesafe.http({ method: "POST", path: "/shapes", tags: ["shapes"] }, async function echo(shape: Shape): Promise<Shape> {
  throw new VibesafeHandled();
});

/** One item. */
export const item = vibesafe.http(
  { method: "GET", path: "/items/:id/{slug}", bind: { traceId: "header:x-trace", session: "cookie" } },
  async function item(id: number, slug: string, sort: "asc" | "desc" | 0 = "asc", limit?: number, tags: string[] = [], deep: boolean = false, traceId?: string, session?: string): Promise<{ id: number; slug: string; sort: "asc" | "desc" | 0; limit: number | null; tags: string[]; deep: boolean; traceId: string | null; session: string | null }> {
    throw new VibesafeHandled();
  },
);

export interface Thing {
  name: string;
  ground?: Ground;
}

/** Replaces a thing: the body is the thing itself. */
export const putThing = vibesafe.http({ method: "PUT", path: "/things/{id}" }, async function putThing(id: number, thing: Thing | null): Promise<{ id: number; thing: Thing | null }> {
  throw new VibesafeHandled();
});

/** Forgets a thing. */
export const deleteThing = vibesafe.http({ method: "DELETE", path: "/things/{id}" }, async function deleteThing({ id }: { id: number }): Promise<void> {
  throw new VibesafeHandled();
});

export const Order = z.object({ isbn: z.string().regex(/^\\d{4}$/), copies: z.int().min(1).max(9).default(1), at: z.object({ x: z.number() }).optional() });
export const Receipt = z.object({ isbn: z.string(), cents: z.int().nonnegative() });

/** Orders by schema. */
export const order = vibesafe.http({ method: "POST", path: "/orders/{isbn}", input: Order, output: Receipt }, async function order(wanted: z.infer<typeof Order>): Promise<z.input<typeof Receipt>> {
  throw new VibesafeHandled();
});

const Page = z.object({ page: z.int().min(1), all: z.boolean().optional(), ids: z.array(z.number()).optional() });

/** A page by schema, from the query. */
export const page = vibesafe.http({ method: "GET", path: "/pages", input: Page }, async function page(wanted: { page: number; all?: boolean | undefined; ids?: number[] | undefined }): Promise<{ page: number; all: boolean; ids: number[] }> {
  throw new VibesafeHandled();
});

/** Fails as it is told to. */
export const fail = vibesafe.http({ method: "GET", path: "/fail/{how}" }, async function fail(how: "wrong" | "throw" | "refuse" | "missing"): Promise<{ fine: number }> {
  throw new VibesafeHandled();
});
`;

export const SHAPES = `export enum Ground { Earth, Sea = "sea", Air = 7 }
export interface Tree { label: string; children: Tree[] }
export type Kind = "round" | "flat" | 3 | true;
export interface Named { name: string; alias?: string }
export interface Shape extends Named {
  kind: Kind;
  at: [number, number, string?];
  tags: readonly string[];
  tree: Tree | null;
  weights: Record<string, number>;
  ground: Ground;
  size: { width: number; height: number } | { radius: number };
  pair: Pair<string, boolean>;
  toString?: number;
}
export type Pair<A, B> = { first: A; second: B } & Partial<Pick<Named, "alias">>;
`;

export const IMPLS: Readonly<Record<string, string>> = {
  echo: `import type { Shape } from "./shapes.ts";
export async function echo(shape: Shape): Promise<Shape> { return shape; }`,
  item: `export async function item(id: number, slug: string, sort: "asc" | "desc" | 0 = "asc", limit?: number, tags: string[] = [], deep: boolean = false, traceId?: string, session?: string): Promise<{ id: number; slug: string; sort: "asc" | "desc" | 0; limit: number | null; tags: string[]; deep: boolean; traceId: string | null; session: string | null }> {
  return { id, slug, sort, limit: limit ?? null, tags, deep, traceId: traceId ?? null, session: session ?? null };
}`,
  putThing: `import type { Thing } from "./routes.ts";
export async function putThing(id: number, thing: Thing | null): Promise<{ id: number; thing: Thing | null }> { return { id, thing }; }`,
  deleteThing: `export async function deleteThing({ id }: { id: number }): Promise<void> { await id; }`,
  order: `export async function order(wanted) { return { isbn: wanted.isbn, cents: wanted.copies * 100, secret: "s3cret" }; }`,
  page: `export async function page(wanted) { return { page: wanted.page, all: wanted.all ?? false, ids: wanted.ids ?? [] }; }`,
  fail: `export async function fail(how) {
  if (how === "refuse") throw Object.assign(new Error("the pot is a teapot"), { status: 418 });
  if (how === "throw") throw new Error("s3cret");
  if (how === "wrong") return { fine: "s3cret" };
  return {};
}`,
};

const SERVER = `import { createServer } from "node:http";
import { toNode } from "vibesafe/http/node";
import * as routes from "./routes.ts";
const server = createServer(await toNode(routes, { title: "Test", maxBody: 20_000 }));
// On a busy machine seconds pass between two requests of a test.
server.keepAliveTimeout = 120_000;
process.stdin.on("end", () => process.exit(0)).resume();
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

type Hooks = { after(cleanUp: () => void | Promise<void>): void };

/** Makes the project, every unit saved. */
export async function makeApi(t: Hooks, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = makeProject(t, { "vibesafe.toml": CONFIG, "routes.ts": ROUTES, "shapes.ts": SHAPES, "server.ts": SERVER, ...files });
  for (const name of ["zod", "hono", "valibot", "arktype", "@hono"]) symlinkSync(join(repository, "node_modules", name), join(root, "node_modules", name), "junction");
  for (const [name, impl] of Object.entries(IMPLS)) await save(root, "routes.ts", name, impl);
  return root;
}

export interface Server {
  readonly url: string;
  /** What it has written to standard error. */
  readonly log: () => string;
  readonly alive: () => boolean;
}

/** Starts the server in production; it ends with the test. */
export async function startServer(t: Hooks, root: string, program: string = "server.ts", env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), program], { cwd: root, env: { ...process.env, NODE_ENV: "", VIBESAFE_ENV: "prod", ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let log = "";
  child.stderr.on("data", (text: Buffer) => void (log += text.toString()));
  t.after(async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, "exit");
    }
  });
  const port = await Promise.race([once(createInterface(child.stdout), "line"), once(child, "exit").then(() => [undefined])]);
  if (port[0] === undefined) throw new Error(`the server ended: ${log}`);
  return { url: `http://127.0.0.1:${String(port[0])}`, log: () => log, alive: () => child.exitCode === null && child.signalCode === null };
}
