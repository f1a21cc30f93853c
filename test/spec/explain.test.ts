import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeSpecMap } from "../../lib/spec/checkpoint/spec.ts";
import { explainChanges } from "../../lib/spec/explain.ts";
import type { Parameter, SpecMap } from "../../lib/spec/types.ts";
import { anyPair, PLAIN } from "./maps.ts";

function said(edit: Partial<SpecMap>, from: SpecMap = PLAIN): string[] {
  return explainChanges(from, { ...from, ...edit }).map(({ text }) => text);
}

const parameters = (...edits: Partial<Parameter>[]): Partial<SpecMap> => ({
  signature: {
    ...PLAIN.signature,
    parameters: edits.map((edit) => ({ name: "a", type: "string", optional: false, rest: false, default: null, ...edit })),
  },
});

test("nothing is said of equal maps, and something of any others", () => {
  fc.assert(
    fc.property(anyPair, ([before, after]) => {
      const equal = Buffer.compare(encodeSpecMap(before), encodeSpecMap(after)) === 0;
      const changes = explainChanges(before, after);
      assert.equal(changes.length === 0, equal);
      for (const { text, field, kind, before: old, after: now } of changes) {
        assert.ok(text.length > 0 && !text.includes("\n") && field.length > 0, text);
        assert.equal(kind === "added", old === null && now !== null);
      }
    }),
    { numRuns: 1000 },
  );
});

test("a parameter's annotation", () => {
  const changes = explainChanges(PLAIN, { ...PLAIN, ...parameters({ type: "number" }, { name: "b" }) });
  assert.deepEqual(changes, [
    { field: "signature.parameters.a.type", kind: "modified", before: "string", after: "number", text: "Modified parameter annotation: a: string -> number" },
  ]);
});

test("parameters come, go, change place and name", () => {
  assert.deepEqual(said(parameters({}, { name: "b" }, { name: "c", type: "boolean" })), ["Added parameter: c: boolean"]);
  assert.deepEqual(said(parameters({})), ["Removed parameter: b: string"]);
  assert.deepEqual(said(parameters({ name: "left" }, { name: "b" })), ["Renamed parameter: a -> left"]);
  assert.deepEqual(said(parameters({ name: "b" }, { name: "a" })), ["Reordered parameters: a, b -> b, a"]);
  assert.deepEqual(said(parameters({}, { name: "b", optional: true })), ["Made parameter optional: b"]);
  assert.deepEqual(said(parameters({}, { name: "b", default: '"1"' })), ['Added default of b: "1"']);
  const from = { ...PLAIN, ...parameters({}, { name: "b", default: "1" }) };
  assert.deepEqual(said(parameters({}, { name: "b", default: "2" }), from), ["Modified default of b: 1 -> 2"]);
});

test("return type, async, type parameters", () => {
  assert.deepEqual(said({ signature: { ...PLAIN.signature, async: true, returns: "Promise<string>" } }), [
    "Made async",
    "Modified return type: string -> Promise<string>",
  ]);
  assert.deepEqual(said({ signature: { ...PLAIN.signature, typeParameters: ["T"] } }), ["Added type parameters: <T>"]);
});

test("prose, examples and expectations of the doc comment", () => {
  assert.deepEqual(said({ doc: PLAIN.doc.replace("integers", "decimals") }), ['Modified docstring: "Add two integers." -> "Add two decimals."']);
  assert.deepEqual(said({ doc: `${PLAIN.doc}\n>>> sumStr("0","0")\n'0'` }), ['Added example: sumStr("0","0")']);
  assert.deepEqual(said({ doc: "Add two integers." }).slice(-1), ['Removed example: sumStr("2", "3")']);
  assert.deepEqual(said({ doc: PLAIN.doc.replace("'5'", "'6'") }), [`Modified expectation of example sumStr("2", "3"): '5' -> '6'`]);
});

test("pre-hole code by statement", () => {
  assert.deepEqual(said({ body: `${PLAIN.body}\nconst right = 1;` }), ["Added pre-hole code: const right = 1;"]);
  assert.deepEqual(said({ body: "" }), ["Removed pre-hole code: const left = parseInteger(a);"]);
});

test("a dependency three names away, with the way there", () => {
  const declarations = {
    ...PLAIN.deps.declarations,
    "src/digits#digits": { code: "function digits(text: string): bigint {\n  return BigInt(text.trim());\n}", names: {} },
  };
  const [change, ...more] = explainChanges(PLAIN, { ...PLAIN, deps: { ...PLAIN.deps, declarations } });
  assert.deepEqual(more, []);
  assert.equal(change?.field, "deps.src/digits#digits");
  assert.equal(change.text, "Modified dependency digits in src/digits (used via parseInteger -> digits): its body");
});

test("members of classes and interfaces are named", () => {
  const deps = (code: string): SpecMap["deps"] => ({ ...PLAIN.deps, declarations: { ...PLAIN.deps.declarations, "src/parse#parseInteger": { code, names: {} } } });
  const from = { ...PLAIN, deps: deps("class P {\n  x = 1;\n  y(): void {}\n}") };
  assert.deepEqual(said({ deps: deps("class P {\n  x = 2;\n  z = 3;\n}") }, from), [
    "Modified dependency parseInteger in src/parse: added member z, removed member y, member x",
  ]);
});

test("moved declarations, renamed meanings, packages and units", () => {
  const { "src/digits#digits": digits, "src/parse#parseInteger": parse } = PLAIN.deps.declarations;
  assert.ok(digits !== undefined && parse !== undefined);
  const moved = { "src/parse#parseInteger": { ...parse, names: { digits: "lib/d#digits" } }, "lib/d#digits": digits };
  assert.deepEqual(said({ deps: { ...PLAIN.deps, declarations: moved } }), ["Moved dependency digits: src/digits -> lib/d"]);
  const packages = { ...PLAIN, deps: { ...PLAIN.deps, packages: { zod: "4.1.0" } } };
  assert.deepEqual(said({ deps: { ...PLAIN.deps, packages: { zod: "4.2.0" } } }, packages), ["Package zod: 4.1.0 -> 4.2.0"]);
  const units = (signature: string): SpecMap["deps"] => ({ ...PLAIN.deps, units: { "m/f": { signature, doc: "", names: {} } } });
  assert.deepEqual(said({ deps: units("function f(): string") }, { ...PLAIN, deps: units("function f(): void") }), [
    "Unit m/f it names changed its signature: function f(): void -> function f(): string",
  ]);
});

test("settings, template and vibesafe itself", () => {
  assert.deepEqual(said({ provider: { ...PLAIN.provider, model: "gpt", temperature: null } }), ["Model: replay -> gpt", "Temperature: 0 -> unset"]);
  assert.deepEqual(said({ template: "1".repeat(64) }), ["Template changed"]);
  assert.deepEqual(said({ vibesafe: "0.2.0" }), ["vibesafe upgraded: 0.1.0 -> 0.2.0"]);
  assert.deepEqual(said({ options: { allow: ["node:path"] } }), ["Allowed modules: +node:path"]);
});
