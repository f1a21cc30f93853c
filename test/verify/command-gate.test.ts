/**
 * Gates that are the user's own commands.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { VibesafeConfigError } from "../../lib/errors.ts";
import { parseConfig } from "../../lib/project/config.ts";
import { gateKey, runGates } from "../../lib/verify/gates.ts";
import type { GateResult } from "../../lib/verify/types.ts";
import { specFile, testProject } from "./judged.ts";

const GOOD = "export function add(a: number, b: number): number {\n  return a + b;\n}\n";
const TODO = GOOD.replace("  return", "  // TODO: overflow\n  return");
const ADD = specFile(">>> add(1, 2)\n3", "function add(a: number, b: number): number");

const settings = (run: readonly string[], more = ""): string => `[[gates.command]]\nname = "house"\nrun = ${JSON.stringify(run)}\n${more}`;
const script = (body: string): string[] => [process.execPath, "-e", `const { readFileSync } = require("node:fs");\n${body}`, "{files}"];

async function judge(t: { after(cleanUp: () => void): void }, toml: string): Promise<(GateResult | undefined)[]> {
  const project = testProject(t, { "src/a.ts": ADD, "src/b.ts": ADD }, toml);
  const subjects = [["src/a.ts", GOOD], ["src/b.ts", TODO]].map(([file = "", impl = ""]) => {
    const hashed = project.specs(file).get("add");
    assert.ok(hashed);
    return { hashed, impl };
  });
  const verdicts = await runGates(project.workspace, subjects);
  for (const { gates } of verdicts) for (const { details } of gates) for (const { message } of details) assert.ok(!(message ?? "").includes(project.root), message);
  return verdicts.map(({ gates, passed }) => {
    const gate = gates.find(({ name }) => name === "house");
    assert.equal(passed, gate?.passed);
    return gate;
  });
}

test("output that names a unit's file fails that unit, in words that name no path of the machine", async (t) => {
  const [clean, todo] = await judge(t, settings(script(`
    const bad = process.argv.slice(1).flatMap((file) => readFileSync(file, "utf8").split("\\n").flatMap((line, i) => line.includes("TODO") ? [file + ":" + (i + 1) + ": " + line.trim()] : []));
    console.log(bad.join("\\n")); process.exit(bad.length ? 1 : 0);`)));
  assert.equal(clean?.passed, true);
  assert.deepEqual([todo?.passed, todo?.details[0]?.message], [false, "impl.ts:2: // TODO: overflow"]);
});

test("a JSON answer on standard output is the verdict, and no answer is a fail", async (t) => {
  const [a, b] = await judge(t, settings(script(`
    const { units } = JSON.parse(readFileSync(0, "utf8"));
    if (units.length !== 2 || !readFileSync(units[0].impl, "utf8").includes("a + b")) throw new Error("no units");
    console.log(JSON.stringify({ results: [{ id: units[0].id, passed: true }] }));`)));
  assert.equal(a?.passed, true);
  assert.match(b?.details[0]?.message ?? "", /^house gave no result for src.b\/add$/);
});

test("an exit without a name, a time limit, and a program that is not there", async (t) => {
  const [a, b] = await judge(t, settings(script('console.error("no licence"); process.exit(3);')));
  for (const gate of [a, b]) assert.match(gate?.details[0]?.message ?? "", /^house exited with 3\nno licence$/);
  const [slow] = await judge(t, settings(script("setInterval(() => {}, 1000);"), "timeout = 0.5\n"));
  assert.match(slow?.details[0]?.message ?? "", /did not finish within 0.5 s/);
  await assert.rejects(judge(t, settings(["no-such-program"])), (error) => error instanceof VibesafeConfigError && /gate house cannot run "no-such-program"/.test(error.message));
});

test("the command is part of the gate key; a wrong table is told with what it must be", (t) => {
  const keys = [settings(["a"]), settings(["b"]), '[gates]\nmutation = { threshold = 80 }\n', ""].map((toml) => gateKey(testProject(t, { "a.ts": ADD }, toml).workspace));
  assert.equal(new Set(keys).size, 4);
  for (const [toml, message] of [
    ['[[gates.command]]\nname = "Types!"\nrun = ["x"]', /lower case/],
    ['[[gates.command]]\nname = "types"\nrun = ["x"]', /always there/],
    ['[[gates.command]]\nname = "a"\nrun = ["x"]\n[[gates.command]]\nname = "a"\nrun = ["x"]', /twice/],
    ['[[gates.command]]\nname = "a"\nrun = []', /run = \["PROGRAM", …\]/],
    ["[gates]\nmutation = { treshold = 80 }", /threshold = PERCENT/],
    ["[gates]\nmutation = 80", /threshold = PERCENT/],
  ] as const) {
    assert.throws(() => parseConfig(toml, "vibesafe.toml"), (error) => error instanceof VibesafeConfigError && message.test(error.message) && /vibesafe.toml:\d+/.test(error.message), toml);
  }
});
