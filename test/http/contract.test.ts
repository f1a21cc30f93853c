/**
 * What an endpoint takes and gives follows from its types, as they are written, and from its method and path.
 */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { parseContract, type Contract } from "../../lib/http/contract.ts";
import { openProject } from "../../lib/project/project.ts";
import { explainChanges } from "../../lib/spec/explain.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import type { SpecMap } from "../../lib/spec/types.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { CONFIG, writeFiles } from "../runtime/project.ts";
import { tempDir } from "../temp.ts";

const HEAD = 'import { vibesafe, VibesafeHandled } from "vibesafe";\n';

function mapOf(t: TestContext, files: Readonly<Record<string, string>>): SpecMap {
  const root = tempDir(t);
  writeFiles(root, { "vibesafe.toml": CONFIG, ...files });
  const workspace = createWorkspace(openProject(root));
  const { specs, problems } = readSpecs(workspace, "a.ts");
  if (problems[0] !== undefined) throw problems[0].error;
  const spec = specs[0];
  assert.ok(spec !== undefined);
  return hashSpec(workspace, spec).map;
}

const unit = (options: string, fn: string, more: string = ""): string => `${HEAD}${more}\nexport const f = vibesafe.http(${options}, async function f${fn} { throw new VibesafeHandled(); });\n`;

function contractOf(t: TestContext, source: string, files: Readonly<Record<string, string>> = {}): Contract {
  return parseContract(mapOf(t, { "a.ts": source, ...files }).http?.contract ?? "");
}

const TYPES: readonly (readonly [type: string, schema: unknown])[] = [
  ["string", { type: "string" }],
  ["unknown", {}],
  ["'a' | \"b\" | -1 | true | null", { enum: ["a", "b", -1, true, null] }],
  ["string | null", { anyOf: [{ type: "string" }, { type: "null" }] }],
  ["readonly number[]", { type: "array", items: { type: "number" } }],
  ["Array<ReadonlyArray<boolean>>", { type: "array", items: { type: "array", items: { type: "boolean" } } }],
  ["[a: string, b?: number]", { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 1, items: false }],
  ["[string, ...number[]]", { type: "array", prefixItems: [{ type: "string" }], minItems: 1, items: { type: "number" } }],
  ["{ 'x-y': string; 1?: number; z: string | undefined }", { type: "object", properties: { "1": { type: "number" }, "x-y": { type: "string" }, z: { type: "string" } }, required: ["x-y"] }],
  ["Record<string, { a: 1 }>", { type: "object", additionalProperties: { type: "object", properties: { a: { const: 1 } }, required: ["a"] } }],
  ["Record<'a' | 'b', string>", { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["a", "b"] }],
  ["{ [name: string]: number; length: number }", { type: "object", properties: { length: { type: "number" } }, required: ["length"], additionalProperties: { type: "number" } }],
  ["Partial<{ a: string }> & Required<{ b?: string }> & Omit<{ c: string; d: string }, 'd'>", { type: "object", properties: { a: { type: "string" }, b: { type: "string" }, c: { type: "string" } }, required: ["b", "c"] }],
  ["{ a: { b: string } }['a']['b']", { type: "string" }],
  ["Plain", { type: "string" }],
  ["Other.Level", { $ref: "#/$defs/Level" }],
  ["Box<number>", { $ref: "#/$defs/Box_number" }],
];

const DEFS = `import type * as Other from "./other.ts";
import { type Base as Ground } from "./barrel.ts";
type Plain = string;
interface Box<T, U = string> extends Ground { inner: T; label: U; next?: Box<T, U> }
interface Box<T, U = string> { more: T[] }
`;
const FILES = { "other.ts": "export enum Level { Low, High = 5, Higher, Top = 'top' }\n", "barrel.ts": 'export * from "./base.ts";\n', "base.ts": "export interface Base { id: number }\n" };

test("plain types are told as JSON Schema", (t) => {
  for (const [type, schema] of TYPES) {
    const { result } = contractOf(t, unit('{ method: "GET", path: "/x" }', `(): Promise<${type}>`, DEFS), FILES);
    assert.deepEqual(result, schema, type);
  }
});

test("declarations are followed through files, barrels, generics and themselves", (t) => {
  const { defs } = contractOf(t, unit('{ method: "GET", path: "/x" }', "(): Promise<Box<Other.Level>>", DEFS), FILES);
  assert.deepEqual(defs, {
    Box_Level: {
      type: "object",
      properties: { id: { type: "number" }, inner: { $ref: "#/$defs/Level" }, label: { type: "string" }, next: { $ref: "#/$defs/Box_Level" }, more: { type: "array", items: { $ref: "#/$defs/Level" } } },
      required: ["id", "inner", "label", "more"],
    },
    Level: { enum: [0, 5, 6, "top"] },
  });
});

test("a type that needs a type checker, or has no JSON, asks for a schema", (t) => {
  for (const type of ["Date", "bigint", "() => void", "Map<string, string>", "keyof Base", "typeof value", "`a${string}`", "T extends string ? 1 : 2", "{ [K in 'a']: string }", "{ m(): void }", "any", "never", "string | undefined", "Class", "Missing"]) {
    const source = unit('{ method: "GET", path: "/x" }', `(): Promise<${type}>`, "interface Base { a: string }\ntype T = string;\nconst value = 1;\nclass Class { a = 1 }\nvoid value;");
    assert.throws(() => mapOf(t, { "a.ts": source }), (error: Error & { remedy?: string }) => error.message.includes("a.ts:") && (error.remedy ?? "").includes("use a schema"), type);
  }
});

const places = (contract: Contract): string[] => contract.fields.map(({ name, in: place, wire, required }) => `${name}${required ? "" : "?"} ${place} ${wire}`);

test("values are placed by name: path, then bind, then query or body by the method", (t) => {
  const get = contractOf(t, unit('{ method: "get" as "GET", path: "/a/:id/{slug}", bind: { apiKey: "header", session: "cookie:sid", lang: "header:accept-language" } }', '(id: number, slug: string, q?: string, tags: string[] = [], apiKey?: string, session: string = "", lang?: string): Promise<void>'));
  assert.deepEqual([get.method, get.path, get.pass, get.result, get.rest], ["GET", "/a/{id}/{slug}", "positional", "none", null]);
  assert.deepEqual(places(get), ["id path id", "slug path slug", "q? query q", "tags? query tags", "apiKey? header api-key", "session? cookie sid", "lang? header accept-language"]);
  const one = contractOf(t, unit('{ method: "POST", path: "/a/{id}", bind: { dry: "query" } }', "({ id, a }: { id: number; a: string; dry?: boolean }): Promise<void>"));
  assert.deepEqual([one.pass, one.whole, ...places(one)], ["object", false, "id path id", "a body a", "dry? query dry"]);
  const whole = contractOf(t, unit('{ method: "PUT", path: "/a/{id}" }', "(id: string, thing: { a: string }): Promise<void>"));
  assert.deepEqual([whole.pass, whole.whole, ...places(whole)], ["positional", true, "id path id", "thing body thing"]);
  const schema = contractOf(t, unit('{ method: "POST", path: "/a/{id}", bind: { key: "header" }, input: S }', "(wanted: { id: string }): Promise<void>", "declare const S: never;"));
  assert.deepEqual([schema.pass, schema.rest, ...places(schema)], ["object", "body", "id path id", "key? header key"]);
});

test("what cannot be placed is refused, and told where", (t) => {
  const cases: readonly (readonly [options: string, fn: string, message: RegExp])[] = [
    ['{ method: "GET", path: "/a/{id}" }', "(): Promise<void>", /the path names id, which the function does not take/],
    ['{ method: "GET", path: "/a", bind: { x: "header" } }', "(): Promise<void>", /bind names x/],
    ['{ method: "GET", path: "/a/{id}" }', "(id?: string): Promise<void>", /id is in the path, so it cannot be optional/],
    ['{ method: "GET", path: "/a/{id}" }', "(id: { a: string }, b: string): Promise<void>", /id is no text, number or boolean/],
    ['{ method: "GET", path: "/a" }', "(x: { a: string }, y: string): Promise<void>", /x does not fit into an address, and a GET has no body/],
    ['{ method: "POST", path: "/a" }', "({ a }: { a: string }, { b }: { b: string }): Promise<void>", /has no name for a request to bind/],
    ['{ method: "GET", path: "a" }', "(): Promise<void>", /does not begin with \//],
    ['{ method: "GET", path: "/_vibesafe/x" }', "(): Promise<void>", /vibesafe's own/],
    ['{ method: "GET", path: "/a/*" }', "(): Promise<void>", /neither plain text nor \{name\}/],
    ['{ method: "GET", path: "/{a}/{a}" }', "(a: string): Promise<void>", /names \{a\} twice/],
    ['{ method: "TRACE", path: "/a" }', "(): Promise<void>", /there is no method TRACE/],
    ["{ method: METHOD, path: \"/a\" }", "(): Promise<void>", /method is no text/],
    ['{ path: "/a" }', "(): Promise<void>", /the endpoint has no method/],
    ['{ method: "GET", path: "/a", status: 201 }', "(): Promise<void>", /unknown option "status"/],
    ['{ method: "GET", path: "/a", bind: { x: "body:y" } }', "(x: string): Promise<void>", /names no place/],
    ['{ method: "GET", path: "/a", input: S }', "(a: string, b: string): Promise<void>", /takes exactly one parameter/],
    ['{ method: "GET", path: "/a" }', "(...all: string[]): Promise<void>", /no rest parameter/],
    ['{ method: "GET", path: "/a" }', "<T>(a: T): Promise<void>", /no type parameters/],
  ];
  for (const [options, fn, message] of cases) assert.throws(() => mapOf(t, { "a.ts": unit(options, fn) }), message, `${options} ${fn}`);
});

test("method, path, tags, bind, schemas and what they name are part of H_spec, and drift says so", (t) => {
  const schema = 'import { text } from "./schema.ts";\n';
  const files = (options: string, text: string = "1"): Record<string, string> => ({ "a.ts": `${schema}${unit(options, "(x: string): Promise<void>")}`, "schema.ts": `export const text = ${text};\n` });
  const base = mapOf(t, files('{ method: "GET", path: "/a", input: text }'));
  const changes = (options: string, text?: string): string[] => explainChanges(base, mapOf(t, files(options, text))).map(({ text: line }) => line);
  assert.deepEqual(changes("{ path: '/a', input: (text), method: `GET` /* same */ }"), []);
  assert.match(changes('{ method: "DELETE", path: "/a", input: text }').join(), /Method: GET -> DELETE/);
  assert.match(changes('{ method: "GET", path: "/b", input: text }').join(), /Path: \/a -> \/b/);
  assert.match(changes('{ method: "GET", path: "/a", input: text, tags: ["t"] }').join(), /Tags: none -> t/);
  assert.match(changes('{ method: "GET", path: "/a", input: text, bind: { x: "header" } }').join(), /Bound: none -> x in header/);
  assert.match(changes('{ method: "GET", path: "/a", input: text.min(1) }').join(), /Input schema: text -> text\.min\(1\)/);
  assert.match(changes('{ method: "GET", path: "/a", input: text, output: text }').join(), /Output schema: none -> text/);
  assert.match(changes('{ method: "GET", path: "/a", input: text }', "2").join(), /text in schema/);
  assert.equal(mapOf(t, { "a.ts": `${HEAD}export const f = vibesafe.func(function f(): void { throw new VibesafeHandled(); });\n` }).http, undefined);
});
