/**
 * The same examples give the same verdicts in the sandbox and run plainly by node:test.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { specFile, testProject } from "./judged.ts";

/** Expressions of values that are all different. */
const VALUES = [
  "0", "-0", "1", "1.5", "NaN", "Infinity", "10n", "-1n", "''", "'0'", "'a\\nb'", "'é'", "true", "false", "null",
  "[]", "[0]", "[1, 2]", "[, 1]", "[[1], [2]]", "{}", "{ a: 1 }", "{ a: 1, b: undefined }", "{ a: { b: [1, 'x'] } }", "Object.create(null)",
  "new Map()", "new Map([[1, 2]])", "new Map([[2, 1]])", "new Set([1])", "new Set([{ a: 1 }])", "new Date(0)", "new Date(5)", "/a/", "/a/gi",
  "new Uint8Array([1, 2])", "new Uint16Array([1, 2])", "new Float64Array([NaN])", "new ArrayBuffer(2)", "new Error('x')", "new TypeError('x')",
  "new Number(1)", "new String('1')", "Symbol.iterator", "[undefined]", "[null]", "{ a: NaN }", "[-0]", "new Map([['k', { deep: [1] }]])",
];

interface Unit {
  readonly example: string;
  readonly impl: string;
  /** The same as a body of a test. */
  readonly plain: string;
}

const returns = (value: string): string => `export function unit(): unknown {\n  return ${value};\n}\n`;
const equal = (value: string, call = "unit()"): string => `assert.deepStrictEqual(${call}, ${value});`;

function units(): Unit[] {
  const other = (i: number, by: number): string => VALUES[(i + by) % VALUES.length] ?? "";
  return VALUES.flatMap((value, i): Unit[] => [
    { example: `unit()\n${value}`, impl: returns(value), plain: equal(value) },
    { example: `unit()\n${value}`, impl: returns(other(i, 1)), plain: equal(value) },
    { example: `unit()\n${value}`, impl: `export function unit(): unknown {\n  throw new RangeError("no");\n}\n`, plain: equal(value) },
    { example: `await unit()\n${value}`, impl: `export async function unit(): Promise<unknown> {\n  await null;\n  return ${i % 2 === 0 ? value : other(i, 2)};\n}\n`, plain: equal(value, "await unit()") },
    {
      example: "unit()\n! RangeError: no",
      impl: i % 3 === 0 ? returns(value) : `export function unit(): unknown {\n  throw new ${i % 3 === 1 ? "RangeError" : "TypeError"}("no");\n}\n`,
      plain: `assert.throws(() => unit(), { name: "RangeError", message: "no" });`,
    },
  ]);
}

test("over 200 units, two judges, one verdict each", async (t) => {
  const all = units();
  assert.ok(all.length >= 200);
  const files = Object.fromEntries(all.map(({ example }, i) => [`u${i}.ts`, specFile(`>>> ${example}`, example.startsWith("await") ? "async function unit(): Promise<unknown>" : "function unit(): unknown")]));
  const project = testProject(t, files);
  const judged = await project.judgeAll(all.map(({ impl }, i) => [`u${i}.ts`, "unit", impl] as const));

  const script = (text: string): string => text.replaceAll(/export |: (?:Promise<unknown>|unknown)/g, "");
  const plain = all.map(({ impl, plain: body }, i) => `test("unit ${i}", async () => {\n${script(impl)}${body}\n});`).join("\n");
  const path = join(project.root, "plain.test.mjs");
  writeFileSync(path, `import assert from "node:assert/strict";\nimport { test } from "node:test";\n${plain}\n`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ["--test", "--test-reporter", "tap", path], { cwd: project.root, env, encoding: "utf8", maxBuffer: 1 << 26 });
  const verdicts = new Map([...stdout.matchAll(/^ *(ok|not ok) \d+ - unit (\d+)$/gm)].map(([, verdict, i]) => [Number(i), verdict === "ok"]));

  assert.equal(verdicts.size, all.length, stdout.slice(0, 2000));
  all.forEach(({ example, impl }, i) => assert.equal(judged[i]?.passed, verdicts.get(i), `${example}\n${impl}\n${judged[i]?.text}`));
  const passed = [...verdicts.values()].filter(Boolean).length;
  assert.ok(passed > 60 && passed < 180, `${passed} passed`);
});
