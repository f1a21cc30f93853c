/**
 * Where a compilation ended, as `compile --json` tells it.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { IMPORT, project, reply, vibe } from "../cli/vibe.ts";

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
