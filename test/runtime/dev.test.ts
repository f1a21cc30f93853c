import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { candidateRef, parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore } from "../../lib/store/store.ts";
import { makeProject, runProgram, save, writeFiles } from "./project.ts";

/** A provider that is a program: notes each request, and answers with `reply.ts`. */
const COMMAND_PROVIDER = {
  "vibesafe.toml": `[provider.default]\nkind = "command"\ncommand = [${JSON.stringify(process.execPath)}, "provider.mjs"]\n[compile]\nmax_attempts = 1\n`,
  "provider.mjs": `import { appendFileSync, readFileSync } from "node:fs";
appendFileSync("requests", "x");
process.stdin.resume().on("end", () => process.stdout.write("\`\`\`ts\\n" + readFileSync("reply.ts", "utf8") + "\`\`\`\\n"));
`,
};

const requests = (root: string): number => (existsSync(join(root, "requests")) ? readFileSync(join(root, "requests"), "utf8").length : 0);

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";

/**
 * Doubles.
 *
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  throw new VibesafeHandled();
});
`;
const GOOD = "export function double(n: number): number {\n  return n * 2;\n}\n";
const WRONG = "export function double(n: number): number {\n  return n * 3;\n}\n";

/** Calls twice, and says what came of it. */
const MAIN = `import { double } from "./ops.ts";
for (const n of [1, 21]) {
  try {
    console.log(double(n), double.name, double.length);
  } catch (error) {
    console.log((error as Error).name, (error as Error).message.replaceAll("\\n", " | "));
  }
}
`;

test("a current save and a candidate that has passed run without a word", async (t) => {
  const root = makeProject(t, { "ops.ts": SPEC, "main.ts": MAIN });
  await save(root, "ops.ts", "double", GOOD, { ref: "candidate", verdict: { passed: true, unverified: false } });
  assert.deepEqual(runProgram(root, "main.ts").stdout, "2 double 1\n42 double 1\n");
  await save(root, "ops.ts", "double", GOOD.replace("n * 2", "2 * n"));
  const { stdout, stderr } = runProgram(root, "main.ts");
  assert.deepEqual([stdout, stderr], ["2 double 1\n42 double 1\n", ""]);
});

test("a candidate without examples runs, and says that it is unverified", async (t) => {
  const root = makeProject(t, { "ops.ts": SPEC, "main.ts": MAIN });
  await save(root, "ops.ts", "double", GOOD, { ref: "candidate", verdict: { passed: true, unverified: true } });
  const { stdout, stderr } = runProgram(root, "main.ts");
  assert.deepEqual([stdout, stderr], ["2 double 1\n42 double 1\n", "vibesafe: ops/double runs unverified (its spec has no example)\n"]);
});

test("importing a spec in dev reads no save, and asks nobody", (t) => {
  const root = makeProject(t, { "ops.ts": SPEC, "main.ts": 'import "./ops.ts";\n', ...COMMAND_PROVIDER });
  const { status, stderr } = runProgram(root, "main.ts");
  assert.deepEqual([status, stderr, requests(root), existsSync(join(root, ".vibesafe"))], [0, "", 0, false]);
});

test("code that the gates refuse never runs; each call says why, and nobody is asked again", (t) => {
  const root = makeProject(t, { "ops.ts": SPEC, "main.ts": MAIN, "reply.ts": WRONG, ...COMMAND_PROVIDER });
  const { stdout, stderr } = runProgram(root, "main.ts");
  const [first, second] = stdout.trim().split("\n");
  assert.match(first ?? "", /^VibesafeValidationError ops\/double \(gate:examples\): .*double\(2\)/);
  assert.equal(second, first);
  assert.equal(stderr, "vibesafe: ops/double has no checkpoint; compiling…\n");
  assert.equal(requests(root), 1);
  const store = openStore(join(root, ".vibesafe"));
  assert.equal(readRef(store, unitRef(parseUnitId("ops/double"))), undefined);
});

test("a missing unit is compiled and tested once; only a candidate comes of it", (t) => {
  const root = makeProject(t, { "ops.ts": SPEC, "main.ts": MAIN, "reply.ts": GOOD, ...COMMAND_PROVIDER });
  const first = runProgram(root, "main.ts");
  assert.deepEqual([first.stdout, first.stderr], ["2 double 1\n42 double 1\n", "vibesafe: ops/double has no checkpoint; compiling…\n"]);
  const again = runProgram(root, "main.ts");
  assert.deepEqual([again.stdout, again.stderr, requests(root)], ["2 double 1\n42 double 1\n", "", 1]);
  const store = openStore(join(root, ".vibesafe"));
  assert.equal(readRef(store, unitRef(parseUnitId("ops/double"))), undefined);
  assert.notEqual(readRef(store, candidateRef(parseUnitId("ops/double"))), undefined);
});

test("a changed spec is named in one line, then compiled; without a provider the error is the provider's", async (t) => {
  const root = makeProject(t, { "ops.ts": SPEC, "main.ts": MAIN });
  await save(root, "ops.ts", "double", GOOD);
  writeFiles(root, { "ops.ts": SPEC.replace("double(n: number)", "double(n: number | string)") });
  const { stdout, stderr } = runProgram(root, "main.ts");
  assert.equal(stderr, "vibesafe: ops/double has drifted (Modified parameter annotation: n: number -> number | string); compiling…\n");
  assert.match(stdout, /^VibesafeProviderError ops\/double \(provider\): /);
});

test("concurrent first calls of an async unit compile once, and the event loop turns meanwhile", (t) => {
  const root = makeProject(t, {
    "ops.ts": SPEC.replace(">>> double", ">>> await double").replace("function double(n: number): number", "async function double(n: number): Promise<number>"),
    "main.ts": `import { double } from "./ops.ts";
let turns = 0;
const timer = setInterval(() => turns++, 5);
const results = await Promise.all([double(1), double(2), double(3)]);
clearInterval(timer);
console.log(results.join(), turns > 3, await double(4));
`,
    "reply.ts": "export async function double(n: number): Promise<number> {\n  return n * 2;\n}\n",
    ...COMMAND_PROVIDER,
  });
  const { stdout, stderr } = runProgram(root, "main.ts");
  assert.deepEqual([stdout, stderr, requests(root)], ["2,4,6 true 8\n", "vibesafe: ops/double has no checkpoint; compiling…\n", 1]);
});

test("an async unit that cannot be had rejects, it does not throw", (t) => {
  const root = makeProject(t, {
    "ops.ts": SPEC.replace("function double(n: number): number", "async function double(n: number): Promise<number>"),
    "main.ts": 'import { double } from "./ops.ts";\nconst call = double(1);\nconsole.log((await Promise.allSettled([call]))[0]?.status);\n',
  });
  assert.equal(runProgram(root, "main.ts").stdout, "rejected\n");
});

test("the first minute: no doc, no export, no configuration but a provider", (t) => {
  const root = makeProject(t, {
    ...COMMAND_PROVIDER,
    "cow.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";
const cowsay = vibesafe.func(function cowsay(msg: string): string {
  throw new VibesafeHandled();
});
console.log(cowsay("moo"));
`,
    "reply.ts": "export function cowsay(msg: string): string {\n  return `< ${msg} >`;\n}\n",
  });
  const { stdout, stderr } = runProgram(root, "cow.ts");
  assert.equal(stdout, "< moo >\n");
  assert.equal(stderr, "vibesafe: cow/cowsay has no checkpoint; compiling…\nvibesafe: cow/cowsay runs unverified (its spec has no example)\n");
  const prod = runProgram(root, "cow.ts", { VIBESAFE_ENV: "prod" });
  assert.equal(prod.stdout, "");
  assert.match(prod.stderr, /VibesafeCheckpointMissing: cow\/cowsay has no active checkpoint/);
  assert.equal(requests(root), 1);
});
