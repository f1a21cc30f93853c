/**
 * The types of `vibesafe.http`, as tsc sees them in a user's program.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeProject } from "../runtime/project.ts";

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

const SOURCE = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { mount, toFetch } from "vibesafe/http";
import { toExpress, toFastify, toNode } from "vibesafe/http/node";
import { createServer } from "node:http";
import { Hono } from "hono";
import express from "express";
import fastify from "fastify";
import { z } from "zod";
import * as v from "valibot";
import { type } from "arktype";

const Task = z.object({ title: z.string(), at: z.string().transform((text) => new Date(text)) });
const Done = v.object({ id: v.pipe(v.string(), v.transform(Number)) });
const Ark = type({ n: "number" });

export const typed = vibesafe.http({ method: "GET", path: "/a", tags: ["t"], bind: { key: "header:x-key" } }, async function typed(key: string, n?: number): Promise<number> { throw new VibesafeHandled(); });
const one: (key: string, n?: number) => Promise<number> = typed;

// The parameter has the type that the schema gives, the result the type that the output schema takes.
export const both = vibesafe.http({ method: "POST", path: "/b", input: Task, output: Done }, async function both(task): Promise<{ id: string }> { const date: Date = task.at; void date; throw new VibesafeHandled(); });
const two: (task: { title: string; at: Date }) => Promise<{ id: string }> = both;
export const ark = vibesafe.http({ method: "POST", path: "/c", input: Ark }, async function ark({ n }: { n: number }): Promise<number> { return n; });
export const out = vibesafe.http({ method: "GET", path: "/d", output: Ark }, async function out(q: string): Promise<{ n: number }> { void q; throw new VibesafeHandled(); });

// @ts-expect-error the schema gives a Date
vibesafe.http({ method: "POST", path: "/b", input: Task }, async function f(task: { title: string; at: string }): Promise<void> { void task; });
// @ts-expect-error the output schema takes a text
vibesafe.http({ method: "POST", path: "/b", input: Task, output: Done }, async function f(task: z.infer<typeof Task>): Promise<{ id: number }> { void task; throw new VibesafeHandled(); });
// @ts-expect-error the output schema takes a number
vibesafe.http({ method: "GET", path: "/d", output: Ark }, async function f(): Promise<{ n: string }> { throw new VibesafeHandled(); });
// @ts-expect-error a schema gives one argument
vibesafe.http({ method: "POST", path: "/b", input: Task }, async function f(task: z.infer<typeof Task>, more: string): Promise<void> { void [task, more]; });
// @ts-expect-error there is no such method
vibesafe.http({ method: "FETCH", path: "/b" }, async function f(): Promise<void> {});
// @ts-expect-error no path
vibesafe.http({ method: "GET" }, async function f(): Promise<void> {});
// @ts-expect-error no such place
vibesafe.http({ method: "GET", path: "/b", bind: { x: "headers" } }, async function f(x: string): Promise<void> { void x; });

const app: Hono = mount(new Hono(), { prefix: "/api", units: { typed, both }, onError: ({ unit, error }) => console.error(unit, error) });
const answer: (request: Request) => Promise<Response> = toFetch([typed, both]);
createServer(await toNode());
express().use("/api", await toExpress([typed]));
await fastify().register(await toFastify([typed], { prefix: "/api" }));
void [one, two, app, answer];
`;

test("parameter and result types follow from the schemas; hosts take what the adapters give", (t) => {
  const root = makeProject(t, {
    "a.ts": SOURCE,
    "tsconfig.json": JSON.stringify({ compilerOptions: { strict: true, target: "es2023", module: "nodenext", noEmit: true, skipLibCheck: true, types: ["node"], lib: ["es2023", "dom"] }, files: ["a.ts"] }),
  });
  for (const name of ["zod", "valibot", "arktype", "hono", "express", "fastify", "@types"]) symlinkSync(join(repository, "node_modules", name), join(root, "node_modules", name), "junction");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: root, encoding: "utf8" });
  assert.equal(stdout, "");
  assert.equal(status, 0);
});
