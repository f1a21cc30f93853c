/**
 * Branches that no example reaches: which they are, that counting changes nothing else, and the gate.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseText } from "../../lib/spec/parse.ts";
import { instrument } from "../../lib/verify/coverage.ts";
import { specFile, testProject } from "./judged.ts";

const lib = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "lib");

test("code that counts is code, on the same lines", () => {
  let branches = 0;
  for (const name of readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((each) => each.endsWith(".ts"))) {
    const source = readFileSync(join(lib, name), "utf8");
    const made = instrument(source, "ts", "hits");
    assert.ok("program" in parseText(made.code, "ts"), name);
    assert.equal(made.code.split("\n").length, source.split("\n").length, name);
    branches += made.branches.length;
  }
  assert.ok(branches > 1000);
});

/** Code over `n`, what it gives for 1, and what it does not reach then. */
const CASES: readonly (readonly [body: string, result: string, missed: readonly string[]])[] = [
  ["if (n > 0) return 'yes';\nreturn 'no';", "'yes'", ["2: the case that this condition is false"]],
  ["if (n > 0) return 'yes';\nelse return 'no';", "'yes'", ["3: the else branch"]],
  ["if (n < 0) { return 'no'; } else if (n > 0) return 'yes';\nelse return 'none';", "'yes'", ["2: the case that this condition is true", "3: the else branch"]],
  ["if (n < 0) if (n < -1) return 'far'; else return 'near';\nreturn 'yes';", "'yes'", ["2: the case that this condition is true", "2: the case that this condition is true", "2: the else branch"]],
  ["return n > 0 ? n > 1 ? 'many' : 'one' : 'no';", "'one'", ["2: the value for true", "2: the value for false"]],
  ["return n > 0 || n < -5;", "true", ["2: what follows ||"]],
  ["return [n].map((x) => ({ x }));", "[{ x: 1 }]", []],
  ["const unused = () => 1;\nreturn unused.name;", "'unused'", ["2: this function"]],
  ["const named = (f = () => 1) => f.name;\nreturn named();", "'f'", ["2: this function"]],
  ["switch (n) {\n  case 1:\n  case 2: return 'low';\n  default: return 'high';\n}", "'low'", ["5: this case"]],
  ["for (const x of []) {\n  n += x;\n}\nreturn n;", "1", ["2: the body of this loop"]],
  ["try {\n  return n;\n} catch {\n  return 0;\n}", "1", ["4: the handling of this error"]],
  ["while (n < 3) n++;\nreturn n;", "3", []],
];

test("what is not reached is told by its line", async (t) => {
  const files = Object.fromEntries(CASES.map(([, result], i) => [`c${i}.ts`, specFile(`>>> unit(1)\n${result}`, "function unit(n: number): unknown")]));
  const project = testProject(t, files);
  const judged = await project.judgeAll(CASES.map(([body], i) => [`c${i}.ts`, "unit", `export function unit(n: number): unknown {\n${body}\n}\n`] as const));
  CASES.forEach(([body, , missed], i) => {
    assert.ok(judged[i]?.passed, `${body}\n${judged[i]?.text}`);
    const details = judged[i]?.gates.find(({ name }) => name === "coverage")?.details ?? [];
    const titles = details.flatMap(({ title }) => /^impl\.ts:(.*)$/.exec(title)?.[1]?.replace(" no example reaches", "") ?? []);
    assert.deepEqual(titles.sort(), [...missed].sort(), body);
  });
});

test("as a gate it refuses, switched off it is not there", async (t) => {
  const files = { "u.ts": specFile(">>> unit(1)\n1", "function unit(n: number): number") };
  const impl = "export function unit(n: number): number {\n  return n > 100 ? 0 : n;\n}\n";
  const [gate] = await testProject(t, files, '[gates]\ncoverage = "gate"\n').judge("u.ts", [["unit", impl], ["unit", impl.replace("n > 100 ? 0 : n", "n")]]);
  assert.equal(gate?.passed, false);
  assert.equal(gate.text, "return n > 100 ? 0 : n;");
  const [off] = await testProject(t, files, '[gates]\ncoverage = "off"\n').judge("u.ts", [["unit", impl]]);
  assert.deepEqual(off?.gates.map(({ name }) => name), ["examples"]);
});

test("the code cannot count for itself", async (t) => {
  const files = { "u.ts": specFile(">>> unit(1)\n1", "function unit(n: number): number") };
  const impl = `export function unit(n: number): number {
  if (n > 100) return 0;
  const name = /hits\\$\\w+/.exec(unit.toString())?.[0] ?? "";
  const found = (globalThis as Record<string, unknown>)[name];
  if (found instanceof Uint8Array) found.fill(1);
  return n;
}
`;
  const [judged] = await testProject(t, files, '[gates]\ncoverage = "gate"\n').judge("u.ts", [["unit", impl]]);
  assert.equal(judged?.passed, false);
  assert.match(judged.text, /if \(n > 100\) return 0;/);
});
