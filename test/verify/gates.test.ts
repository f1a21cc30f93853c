/**
 * All gates together: types, lint, other units, the user's own files, many units at once.
 */

import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeConfigError } from "../../lib/errors.ts";
import { gateKey, runGates } from "../../lib/verify/gates.ts";
import type { GateName, Verdict } from "../../lib/verify/types.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { openProject } from "../../lib/project/project.ts";
import { specFile, testProject, type TestProject } from "./judged.ts";

async function gates(project: TestProject, impls: readonly (readonly [file: string, unit: string, impl: string])[]): Promise<Verdict[]> {
  const subjects = impls.map(([file, unit, impl]) => {
    const hashed = project.specs(file).get(unit);
    assert.ok(hashed, `no spec ${unit}`);
    return { hashed, impl };
  });
  return runGates(project.workspace, subjects);
}

/** Failure messages of one gate. */
function failures(verdict: Verdict | undefined, name: GateName): string {
  const gate = verdict?.gates.find((each) => each.name === name);
  assert.ok(gate, `no gate ${name}`);
  return gate.details.flatMap(({ passed, message }) => (passed ? [] : [message ?? ""])).join("\n");
}

const ADD = specFile(">>> add(1, 2)\n3", "function add(a: number, b: number): number");
const GOOD = "export function add(a: number, b: number): number {\n  return a + b;\n}\n";

test("types: assignable both ways to the declared type, errors by their line", async (t) => {
  const project = testProject(t, { "lib/ops.ts": ADD });
  const verdicts = await gates(project, [
    ["lib/ops.ts", "add", GOOD],
    ["lib/ops.ts", "add", GOOD.replace("a: number, b: number", "a: number")],
    ["lib/ops.ts", "add", GOOD.replace("b: number", "b?: number").replace("a + b", "a + (b ?? 0)")],
    ["lib/ops.ts", "add", GOOD.replace("): number", "): any")],
    ["lib/ops.ts", "add", GOOD.replace("a + b", "a + c")],
    ["lib/ops.ts", "add", "export const add: any = (a: number, b: number) => a + b;"],
    ["lib/ops.ts", "add", "export function add( {"],
  ]);
  assert.deepEqual(verdicts.map(({ passed }) => passed), [true, false, false, false, false, false, false]);
  assert.match(failures(verdicts[3], "types"), /the result of add has `any` in its type/);
  assert.equal(failures(verdicts[0], "types"), "");
  assert.match(failures(verdicts[1], "types"), /impl.ts:2:14: TS2304: Cannot find name 'b'/);
  assert.match(failures(verdicts[4], "types"), /impl.ts:2:14: TS2304: Cannot find name 'c'\.\n    return a \+ c;/);
  assert.match(failures(verdicts[6], "types"), /impl.ts:1/);
  for (const verdict of verdicts) for (const gate of verdict.gates) for (const { message } of gate.details) assert.doesNotMatch(message ?? "", /vibesafe-test-|\.vibesafe\//);
});

test("types: example statements are checked, at their line in the spec's file", async (t) => {
  const project = testProject(t, { "ops.ts": specFile('>>> add(1, "2" as never)\n3\n>>> add(1, "2")\n3', "function add(a: number, b: number): number") });
  const [verdict] = await gates(project, [["ops.ts", "add", GOOD]]);
  assert.match(failures(verdict, "types"), /^ops.ts:5: in an example: TS2345: Argument of type 'string'/);
});

test("types: a unit that the file keeps to itself, with its own types and imports", async (t) => {
  const file = `import { vibesafe, VibesafeHandled } from "vibesafe";
import type { Unit } from "./units.ts";
import { half } from "./units.ts";
export class Money { private cents = 0; constructor(readonly unit: Unit) {} }
/**
 * >>> price(new Money("eur")).unit
 * 'eur'
 * >>> half(4)
 * 2
 */
const price = vibesafe.func(function price(m: Money): Money { throw new VibesafeHandled(); });
export const both = [price];
`;
  const project = testProject(t, { "shop/price.ts": file, "shop/units.ts": 'export type Unit = "eur" | "usd";\nexport const half = (n: number): number => n / 2;\n' });
  const [good, bad] = await gates(project, [
    ["shop/price.ts", "price", 'import { Money } from "./price.ts";\nexport function price(m: Money): Money {\n  return m;\n}\n'],
    ["shop/price.ts", "price", 'import { Money } from "./price.ts";\nexport function price(m: Money): Money | undefined {\n  return m;\n}\n'],
  ]);
  assert.ok(good?.passed, JSON.stringify(good, undefined, 1));
  assert.match(failures(bad, "types"), /does not have the type that the spec declares: TS2322/);
});

test("types: the user's tsconfig decides, and a broken one is the user's error", async (t) => {
  const loose = testProject(t, { "ops.ts": ADD, "tsconfig.json": '{ "compilerOptions": { "strict": false, "module": "nodenext", "composite": true, "declaration": true, "outDir": "out" } }' });
  const impl = GOOD.replace("return a + b;", "const c = (x) => x;\n  return c(a + b);");
  const strict = testProject(t, { "ops.ts": ADD });
  assert.equal(failures((await gates(loose, [["ops.ts", "add", impl]]))[0], "types"), "");
  assert.match(failures((await gates(strict, [["ops.ts", "add", impl]]))[0], "types"), /TS7006/);
  const broken = testProject(t, { "ops.ts": ADD, "tsconfig.json": '{ "compilerOptions": { "stricter": true } }' });
  await assert.rejects(gates(broken, [["ops.ts", "add", GOOD]]), (error) => error instanceof VibesafeConfigError && /TS5023/.test(error.message));
});

test("types: `any` inside a result, and where the spec itself declares it", async (t) => {
  const project = testProject(t, {
    "list.ts": specFile(">>> await list()\n[{ a: 1 }]", "async function list(): Promise<{ a: number }[]>"),
    "open.ts": specFile(">>> open()\n1", "function open(): any"),
  });
  const verdicts = await gates(project, [
    ["list.ts", "list", "export async function list(): Promise<{ a: number }[]> {\n  return [{ a: 1 }];\n}\n"],
    ["list.ts", "list", "export async function list(): Promise<{ a: any }[]> {\n  return [{ a: 1 }];\n}\n"],
    ["list.ts", "list", "export async function list(): Promise<any> {\n  return [{ a: 1 }];\n}\n"],
    ["open.ts", "open", "export function open(): any {\n  return 1;\n}\n"],
  ]);
  assert.deepEqual(verdicts.map(({ passed }) => passed), [true, false, false, true], JSON.stringify(verdicts, undefined, 1));
});

test("types: `paths` of the user's hold where vibesafe itself is found beside them", async (t) => {
  const project = testProject(t, {
    "ops.ts": specFile(">>> add(1, 2)\n3", "function add(a: number, b: number): number", 'import { half } from "@lib/half.ts";\nexport const two = half(4);\n'),
    "src/half.ts": "export const half = (n: number): number => n / 2;\n",
    "base.json": '{ "compilerOptions": { "strict": true, "module": "nodenext", "paths": { "@lib/*": ["./src/*"] } } }',
    "tsconfig.json": '{ "extends": "./base.json" }',
  });
  const verdicts = await gates(project, [
    ["ops.ts", "add", `import { half } from "@lib/half.ts";\n${GOOD.replace("a + b", "half(2 * (a + b))")}`],
    ["ops.ts", "add", `import { half } from "@lib/half.ts";\n${GOOD.replace("a + b", "half(`${a + b}`)")}`],
  ]);
  assert.deepEqual(verdicts.map(({ passed }) => passed), [true, false], JSON.stringify(verdicts, undefined, 1));
  assert.match(failures(verdicts[1], "types"), /TS2345/);
});

test("lint: a configuration in TypeScript", async (t) => {
  const project = testProject(t, { "ops.ts": ADD, "oxlint.config.ts": 'export default { rules: { "no-bitwise": "error" as const }, ignorePatterns: ["**"] };\n' });
  const run = gates(project, [["ops.ts", "add", GOOD.replace("a + b", "(a + b) | 0")]]);
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) assert.match(failures((await run)[0], "lint"), /no-bitwise/);
  // oxlint itself needs a node that strips types; in no case is the configuration passed over.
  else await assert.rejects(run, (error) => error instanceof VibesafeConfigError && /oxlint cannot run with oxlint.config.ts/.test(error.message));
});

test("lint: our rules, or the user's, whatever they ignore", async (t) => {
  const project = testProject(t, { "ops.ts": ADD });
  const debug = GOOD.replace("return", "debugger;\n  return");
  const [good, bad] = await gates(project, [["ops.ts", "add", GOOD], ["ops.ts", "add", debug]]);
  assert.ok(good?.passed);
  assert.match(failures(bad, "lint"), /^impl.ts:2:3: eslint\(no-debugger\).*\n    debugger;/);
  const own = testProject(t, { "ops.ts": ADD, ".oxlintrc.json": '{ "categories": { "correctness": "off" }, "rules": { "no-bitwise": "error" }, "ignorePatterns": [".vibesafe", "**"] }' });
  const [allowed, refused] = await gates(own, [["ops.ts", "add", debug], ["ops.ts", "add", GOOD.replace("a + b", "(a + b) | 0")]]);
  assert.equal(failures(allowed, "lint"), "");
  assert.match(failures(refused, "lint"), /no-bitwise/);
  const broken = testProject(t, { "ops.ts": ADD, ".oxlintrc.json": "{" });
  await assert.rejects(gates(broken, [["ops.ts", "add", GOOD]]), VibesafeConfigError);
});

test("units that call each other run the other's code", async (t) => {
  const file = `import { vibesafe, VibesafeHandled } from "vibesafe";
/** >>> twice(2)
 * 4 */
export const twice = vibesafe.func((n: number): number => { throw new VibesafeHandled(); });
/** >>> quad(2)
 * 8
 * >>> [twice.name, twice.length]
 * ['twice', 1]
 */
export const quad = vibesafe.func(function quad(n: number): number { throw new VibesafeHandled(); });
`;
  const project = testProject(t, { "ops.ts": file });
  const quad = 'import { twice } from "./ops.ts";\nexport function quad(n: number): number {\n  return twice(twice(n));\n}\n';
  const [alone] = await project.judge("ops.ts", [["quad", quad]]);
  assert.match(alone?.text ?? "", /unit ops\/twice has no compiled code here: run `vibe compile --target ops\/twice` first/);
  const [right, wrong] = await Promise.all([
    project.judge("ops.ts", [["quad", quad]], { "ops/twice": "export const twice = (n: number): number => 2 * n;" }),
    project.judge("ops.ts", [["quad", quad]], { "ops/twice": "export const twice = (n: number): number => 3 * n;" }),
  ]);
  assert.ok(right[0]?.passed, right[0]?.text);
  assert.match(wrong[0]?.text ?? "", /received: 18/);
  const [broken] = await project.judge("ops.ts", [["quad", quad]], { "ops/twice": "export const twice = (" });
  assert.match(broken?.text ?? "", /has no compiled code/);
});

test("a fault in one reply, or in a file of the user's, is its owner's alone", async (t) => {
  const project = testProject(t, {
    "a.ts": ADD,
    "b.ts": specFile(">>> add(1, 2)\n3", "function add(a: number, b: number): number", 'export { gone } from "./gone.ts";\n'),
    "gone.ts": "export const gone = (;\n",
  });
  const judged = await project.judgeAll([
    ["a.ts", "add", GOOD],
    ["a.ts", "add", "export const add = ("],
    ["b.ts", "add", `import { gone } from "./b.ts";\n${GOOD.replace("a + b", "a + b + gone")}`],
    ["a.ts", "add", GOOD],
  ]);
  assert.deepEqual(judged.map(({ passed }) => passed), [true, false, false, true]);
  assert.match(judged[2]?.text ?? "", /^the examples cannot run:\ngone.ts:1/);
});

test("12 units that print give the same result one by one and all together", async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`p${i}.ts`, specFile(`>>> say(3)\nunit ${i}: 0\nunit ${i}: 1\nunit ${i}: 2`, "function say(n: number): void")]),
  );
  const project = testProject(t, files);
  const impls = Object.keys(files).map((file, i) => [file, "say", `export function say(n: number): void {\n  for (let k = 0; k < n; k++) console.log("unit ${i === 5 ? 0 : i}:", k);\n}\n`] as const);
  const together = await project.judgeAll(impls);
  const apart = [];
  for (const impl of impls) apart.push(...(await project.judgeAll([impl])));
  assert.deepEqual(together.map(({ passed }) => passed), impls.map((_, i) => i !== 5));
  assert.deepEqual(together.map(({ text }) => text), apart.map(({ text }) => text));
});

test("properties: a fixed seed, the shrunk counterexample, a property as value", async (t) => {
  const doc = ">>> add(1, 2)\n3\n\n```fast-check\nfc.property(fc.nat(), fc.nat(), (a, b) => add(a, b) === a + b)\n```\n\n```fast-check\nconst zero = 0;\nawait fc.assert(fc.asyncProperty(fc.nat(), async (a) => add(a, zero) === a));\n```";
  const project = testProject(t, { "ops.ts": specFile(doc, "function add(a: number, b: number): number") });
  const bad = GOOD.replace("a + b", "a > 10 ? 0 : a + b");
  const cheat = GOOD.replace("return", 'if (a > 10) throw { footprint: Symbol.for("fast-check/PreconditionFailure") };\n  return');
  const judged = await project.judge("ops.ts", [["add", GOOD], ["add", bad], ["add", bad], ["add", cheat]]);
  assert.deepEqual(judged.map(({ passed }) => passed), [true, false, false, false]);
  assert.match(judged[1]?.text ?? "", /seed: -?\d+, path: "[\d:]+".*Counterexample: \[11,0\]/s);
  assert.equal(judged[1]?.text, judged[2]?.text);
});

test("the user's own files are what the examples and the code import", async (t) => {
  const project = testProject(t, {
    "src/unit.ts": specFile(
      ">>> unit({ id: '7' })\n'path/7'\n>>> join('a', LIMIT)\n'a/9'\n>>> new Failure('x').message\n'x'",
      "function unit(o: { id: string }): string",
      'import { join } from "node:path";\nimport { Failure } from "./failure.ts";\nimport { readFileSync } from "node:fs";\nexport const LIMIT = "9";\nexport const readConfig = (): string => readFileSync("x", "utf8");\nexport { Failure, join };\n',
    ),
    "src/failure.ts": "export class Failure extends Error {}\n",
  });
  const [good, thrown, nosy] = await project.judge("src/unit.ts", [
    ["unit", 'import { join } from "node:path";\nexport function unit(o: { id: string }): string {\n  return join("path", o.id);\n}\n'],
    ["unit", 'import { Failure } from "./failure.ts";\nexport function unit(o: { id: string }): string {\n  throw new Failure(o.id);\n}\n'],
    ["unit", 'import { readConfig } from "./unit.ts";\nexport function unit(): string {\n  return readConfig();\n}\n'],
  ]);
  assert.ok(good?.passed, good?.text);
  assert.match(thrown?.text ?? "", /threw: Error: 7\nat impl.ts:3/);
  assert.match(nosy?.text ?? "", /node:fs: readFileSync is not available in the sandbox\nat impl.ts:3|node:fs: readFileSync is not available in the sandbox\nat src\/unit.ts/);
});

test("the sandbox can be switched off, and the code still runs elsewhere", async (t) => {
  const project = testProject(t, { "ops.ts": ADD }, "[sandbox]\nenabled = false\ntimeout = 2\n");
  const [good, exits] = await project.judge("ops.ts", [["add", GOOD], ["add", GOOD.replace("return", "process.exit(3);\n  return")]]);
  assert.ok(good?.passed, good?.text);
  assert.equal(exits?.passed, false);
});

test("nothing stays in the project, also when the run is aborted", async (t) => {
  const project = testProject(t, { "ops.ts": ADD }, "[sandbox]\ntimeout = 30\n");
  const before = readdirSync(project.root);
  await gates(project, [["ops.ts", "add", GOOD]]);
  assert.deepEqual(readdirSync(project.root), before);
  const hashed = project.specs("ops.ts").get("add");
  assert.ok(hashed);
  const abort = new AbortController();
  const run = runGates(project.workspace, [{ hashed, impl: GOOD.replace("return", "for (;;);\n  return") }], {
    signal: abort.signal,
    onProgress: () => abort.abort(new Error("enough")),
  });
  await assert.rejects(run, /enough/);
  assert.deepEqual(readdirSync(project.root), before);
});

test("the gate key is of settings and tools, not of the machine's clock or the units", (t) => {
  const project = testProject(t, { "ops.ts": ADD, "tsconfig.json": '{ "extends": "./base.json" }', "base.json": "{}" });
  const key = (): string => gateKey(createWorkspace(openProject(project.root)));
  const first = key();
  assert.match(first, /^[0-9a-f]{64}$/);
  writeFileSync(join(project.root, "ops.ts"), "// another text\n");
  assert.equal(key(), first);
  for (const [file, text] of [["base.json", '{ "compilerOptions": {} }'], [".oxlintrc.json", "{}"], ["vibesafe.toml", "[sandbox]\ntimeout = 3\n"]] as const) {
    const before = key();
    writeFileSync(join(project.root, file), text);
    assert.notEqual(key(), before, file);
  }
});
