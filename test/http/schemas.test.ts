/**
 * Schemas of three libraries, by what the standard says of them and nothing else.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { toFetch, type Fault } from "../../lib/http.ts";
import type { Contract } from "../../lib/http/contract.ts";
import { register, type AnyFunction } from "../../lib/http/registry.ts";

interface Schemas {
  readonly input: StandardSchemaV1;
  readonly output?: StandardSchemaV1;
}

function endpoint(unit: string, contract: Partial<Contract>, { input, output }: Schemas, handler: AnyFunction): AnyFunction {
  const whole: Contract = { format: 1, method: "GET", path: "/", tags: [], pass: "object", fields: [], rest: "query", whole: false, result: output === undefined ? {} : null, defs: {}, ...contract };
  const own = ((...args: never[]) => handler(...args)) as AnyFunction;
  register({ unit, checkpoint: undefined, contract: () => whole, doc: () => "", input, output, handler: own });
  return own;
}

/** The same in each library. */
const LIBRARIES: Readonly<Record<string, { readonly query: StandardSchemaV1; readonly body: StandardSchemaV1; readonly output: StandardSchemaV1 }>> = {
  zod: {
    query: z.object({ id: z.int(), deep: z.boolean().optional(), tags: z.array(z.string()).optional(), key: z.string().optional() }),
    body: z.object({ name: z.string().min(1), at: z.object({ x: z.number() }).optional() }),
    output: z.object({ ok: z.boolean() }),
  },
  valibot: {
    query: v.object({ id: v.pipe(v.string(), v.transform(Number), v.integer()), deep: v.optional(v.pipe(v.string(), v.transform((text) => text === "true"))), tags: v.optional(v.array(v.string())), key: v.optional(v.string()) }),
    body: v.object({ name: v.pipe(v.string(), v.minLength(1)), at: v.optional(v.object({ x: v.number() })) }),
    output: v.object({ ok: v.boolean() }),
  },
  arktype: {
    query: type({ id: "number.integer", "deep?": "boolean", "tags?": "string[]", "key?": "string" }),
    body: type({ name: "string > 0", "at?": { x: "number" } }),
    output: type({ "+": "delete", ok: "boolean" }),
  },
};

for (const [library, { query, body, output }] of Object.entries(LIBRARIES)) {
  test(`${library}: checks, converts and describes`, async () => {
    const faults: Fault[] = [];
    const fields = [{ name: "id", in: "path", wire: "id", required: true, schema: null }, { name: "key", in: "header", wire: "x-key", required: false, schema: null }] as const;
    const units = [
      endpoint(`${library}/query`, { path: "/q/{id}", fields }, { input: query }, async (input: unknown) => input as never),
      endpoint(`${library}/body`, { method: "POST", path: "/b", rest: "body" }, { input: body, output }, async ({ name }: { name: string }) => (name === "bad" ? { ok: "s3cret" } : { ok: true, more: "s3cret" })),
    ];
    const handle = toFetch(units, { onError: (fault) => faults.push(fault) });
    const ask = async (path: string, init?: RequestInit): Promise<{ status: number; body: { errors?: { in: string; name?: string; pointer?: string }[] } }> => {
      const response = await handle(new Request(`http://host.example${path}`, init));
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    const post = (value: unknown): RequestInit => ({ method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" } });
    const named = ({ body: { errors = [] } }: Awaited<ReturnType<typeof ask>>): string[] => errors.map(({ in: place, name, pointer }) => `${place} ${name ?? pointer ?? ""}`);

    assert.deepEqual((await ask("/q/5?deep=true&tags=a&tags=b", { headers: { "x-key": "k" } })).body, { id: 5, deep: true, tags: ["a", "b"], key: "k" });
    const wrong = await ask("/q/x");
    assert.deepEqual([wrong.status, named(wrong)], [422, ["path id"]]);
    assert.deepEqual((await ask("/b", post({ name: "n", more: 1 }))).body, { ok: true });
    assert.deepEqual(named(await ask("/b", post({ name: "", at: { x: "1" } }))).sort(), ["body #/at/x", "body #/name"]);
    assert.equal((await ask("/b", post(null))).status, 422);
    assert.equal(faults.length, 0);
    const inside = await ask("/b", post({ name: "bad" }));
    assert.deepEqual(inside.body, { type: "about:blank", title: "Internal Server Error", status: 500 });
    assert.match(String(faults[0]?.error), new RegExp(`${library}/body returned what its spec does not declare: #/ok`));

    const document = JSON.parse(await (await handle(new Request("http://host.example/_vibesafe/openapi.json"))).text()) as Record<string, never>;
    assert.deepEqual(await new Validator().validate(document), { valid: true });
    const { paths } = document as unknown as { paths: Record<string, Record<string, { parameters?: { name: string; schema: { type?: string } }[]; requestBody?: { content: Record<string, { schema: { required?: string[] } }> } }>> };
    assert.deepEqual(paths["/b"]?.["post"]?.requestBody?.content["application/json"]?.schema.required, ["name"]);
    assert.deepEqual(paths["/q/{id}"]?.["get"]?.parameters?.map(({ name }) => name), ["id", "x-key", "deep", "tags"]);
  });
}
