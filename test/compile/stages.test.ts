/**
 * Where a compilation ended, as `compile --json` tells it.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IMPORT, project, reply, vibe } from "../cli/vibe.ts";
import { MODEL, promptOf } from "./model.ts";

const spec = (name: string, options = ""): string =>
  `${IMPORT}/** >>> ${name}(2)\n * 4 */\nexport const ${name} = vibesafe.func(${options}function ${name}(n: number): number {\n  throw new VibesafeHandled();\n});\n`;

/** A policy that lets something through loosens no sandbox. */
const ALLOW: Readonly<Record<string, string>> = { reader: '{ allow: ["node:fs"] }, ' };

test("a unit that the sandbox stopped ends at stage sandbox: time, memory, access", async (t) => {
  const bodies: Readonly<Record<string, string>> = {
    endless: "  for (;;) n += 1;",
    greedy: "  const kept: number[][] = [];\n  for (;;) kept.push(Array.from({ length: 100_000 }, () => n));",
    reader: "  return readFileSync(\"/etc/hosts\").length;",
    wrong: "  return n;",
  };
  const folder = project(t, {
    "vibesafe.toml": `[provider.default]\nkind = "replay"\n[sandbox]\ntimeout = 2\nmemory_mb = 64\n[compile]\nmax_attempts = 1\n`,
    ...Object.fromEntries(
      Object.entries(bodies).flatMap(([name, body]) => [
        [`src/${name}.ts`, spec(name, ALLOW[name])],
        [`replies/src.${name}/${name}.md`, reply(`${name === "reader" ? 'import { readFileSync } from "node:fs";\n' : ""}export function ${name}(n: number): number {\n${body}\n}`)],
      ]),
    ),
  });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 1);
  const stages = Object.fromEntries(json().results.map(({ id, error }) => [id.split("/")[1], error?.stage]));
  assert.deepEqual(stages, { endless: "sandbox", greedy: "sandbox", reader: "sandbox", wrong: "gate:examples" }, JSON.stringify(json(), undefined, 1));
});

test("a provider that fails says how", async (t) => {
  const folder = project(t, { "vibesafe.toml": '[provider.default]\nkind = "replay"\n', "src/lost.ts": spec("lost") });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 3);
  assert.deepEqual([json().results[0].error?.stage, json().results[0].error?.failure], ["provider", "missing"]);
});

test("what a command of the user's says goes back to the model", async (t) => {
  const check = 'import { readFileSync } from "node:fs";\nconst bad = process.argv.slice(2).filter((file) => readFileSync(file, "utf8").includes("TODO"));\nfor (const file of bad) console.log(`${file}: says TODO`);\nprocess.exitCode = bad.length;\n';
  const folder = project(t, {
    ...MODEL,
    "vibesafe.toml": `${MODEL["vibesafe.toml"] ?? ""}[[gates.command]]\nname = "no-todo"\nrun = [${JSON.stringify(process.execPath)}, "check.mjs", "{files}"]\n`,
    "check.mjs": check,
    "src/twice.ts": spec("twice"),
    "replies/src.twice/twice.md": reply("export function twice(n: number): number {\n  // TODO\n  return n * 2;\n}"),
    "replies/src.twice/twice.2.md": reply("export function twice(n: number): number {\n  return n * 2;\n}"),
  });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 0, JSON.stringify(json()));
  assert.deepEqual(json().results[0].attempts, 2);
  assert.match(promptOf(folder, "src.twice-twice.2"), /The gate no-todo says:\nno-todo passes\n {2}impl\.ts: says TODO/);
  const mutated = await vibe(folder, ["test", "--mutate", "--mutants", "2", "--no-harness", "--json"]);
  assert.equal(mutated.status, 0);
  const gates = (mutated.json().results[0] as { gates?: readonly { name: string }[] }).gates?.map(({ name }) => name);
  assert.deepEqual(gates, ["examples", "types", "lint", "coverage", "mutation", "no-todo"]);
  assert.equal((JSON.parse(mutated.out) as { results: { mutation: { mutants: unknown[] } }[] }).results[0]?.mutation.mutants.length, 2);
  assert.match((await vibe(folder, ["test", "--mutate", "--no-harness"])).out, /Mutation: the examples notice \d of \d changes/);
  assert.equal((await vibe(folder, ["test", "--mutants", "2"])).status, 2);
});

test("a violation of the policy names the rule, the line and how to allow it; the project or the unit may", async (t) => {
  const code = 'export function caller(n: number): number {\n  void fetch;\n  return n * 2;\n}';
  const files = (toml: string, options = ""): Record<string, string> => ({
    "vibesafe.toml": `[provider.default]\nkind = "replay"\n[compile]\nmax_attempts = 1\n${toml}`,
    "src/caller.ts": spec("caller", options),
    "replies/src.caller/caller.md": reply(code),
  });
  const { json } = await vibe(project(t, files("")), ["compile", "--json"]);
  const error = json().results[0].error;
  assert.equal(error?.stage, "policy");
  assert.match(error?.message ?? "", /^2:8 global: .*fetch/);
  assert.match(error?.remedy ?? "", /to allow it, add "fetch" to the unit's allow option or to \[policy\] allow/);
  for (const allowed of [files('[policy]\nallow = ["fetch"]\n'), files("", '{ allow: ["fetch"] }, ')]) {
    const stage = (await vibe(project(t, allowed), ["compile", "--json"])).json().results[0].error?.stage;
    assert.notEqual(stage, "policy");
  }
});
