/**
 * `vibe deps` and `vibe why`: what rests on what, and what is cause and what cascade.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DOUBLE, project, read, step, vibe, write, type Files } from "./vibe.ts";

const FILES: Files = {
  ...DOUBLE,
  "src/math.ts": `import { scale } from "./scale.ts";\n${(DOUBLE["src/math.ts"] ?? "").replace("throw new", "scale(n);\n  throw new")}`,
  "replies/src.math/double.md": '```ts\nimport { scale } from "./scale.ts";\nexport function double(n: number): number {\n  scale(n);\n  return 2 * n;\n}\n```\n',
  "src/scale.ts": 'import { BASE } from "./base.ts";\nexport function scale(n: number): number {\n  return n * BASE;\n}\nexport const unused = 1;\n',
  "src/base.ts": "export const BASE = 2;\n",
};

test("deps shows the tree, and --reverse who rests on a declaration, a file or a unit", async (t) => {
  const folder = project(t, FILES);
  const line = read(folder, "src/math.ts").split("\n").findIndex((text) => text.includes("vibesafe.func")) + 1;
  assert.equal((await vibe(folder, ["deps", "src.math/double"])).out, `src.math/double  src/math.ts:${line}\n└─ scale  src/scale.ts:2\n   └─ BASE  src/base.ts:1\n`);
  const reverse = async (target: string): Promise<unknown> => JSON.parse((await vibe(folder, ["deps", "--json", "--reverse", target])).out).units;
  const unit = { id: "src.math/double", file: "src/math.ts", line };
  assert.deepEqual(await reverse("src/base.ts#BASE"), [{ ...unit, path: ["scale", "BASE"] }]);
  assert.deepEqual(await reverse("src/scale.ts"), [{ ...unit, path: [] }]);
  assert.deepEqual(await reverse("src/scale.ts#unused"), []);
  assert.deepEqual(await reverse("src.math/double"), [{ ...unit, path: [] }]);
  assert.equal((await vibe(folder, ["deps", "--reverse", "src/none.ts"])).status, 2);
  const typo = await vibe(folder, ["deps", "--reverse", "src/base.ts#BAES"]);
  assert.deepEqual([typo.status, /src\/base\.ts has no BAES\n.*did you mean src\/base\.ts#BASE\?/.test(typo.err)], [2, true]);
  assert.equal((await vibe(folder, ["deps"])).status, 2);
});

test("--reverse counts what lies inside of what is named: JSON, namespaces, CommonJS, methods", async (t) => {
  const spec = (head: string, body: string): string => `${head}/** >>> f(1) */\n${body}`;
  const folder = project(t, {
    ...DOUBLE,
    "src/a.ts": spec(
      'import { vibesafe, VibesafeHandled } from "vibesafe";\nimport data from "./data.json" with { type: "json" };\nimport { Geo } from "./geo.ts";\nimport { cut } from "./old.cjs";\n',
      "export const f = vibesafe.func(function f(n: Geo.Point): number {\n  cut(data.n);\n  throw new VibesafeHandled();\n});\nexport class Basket {\n  @vibesafe.func\n  static sum(n: number): number {\n    throw new VibesafeHandled();\n  }\n}\n",
    ),
    "src/data.json": '{ "n": 1 }',
    "src/geo.ts": "export namespace Geo {\n  export interface Point { x: number }\n}\n",
    "src/old.cjs": "exports.cut = (n) => n;\n",
  });
  for (const [target, unit] of [["src/data.json#n", "f"], ["src/geo.ts#Geo.Point", "f"], ["src/old.cjs#cut", "f"], ["src/a.ts#Basket.sum", "Basket.sum"]]) {
    const { units } = (await vibe(folder, ["deps", "--json", "--reverse", target ?? ""])).json();
    assert.deepEqual(units.map(({ id }: { id: string }) => id), [`src.a/${unit}`], target);
  }
});

test("why puts the unit's own changes first, then the declaration that changed and how it is reached", async (t) => {
  const folder = project(t, FILES);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  write(folder, {
    "src/base.ts": "export const BASE = 3;\n",
    "src/math.ts": read(folder, "src/math.ts").replace("double(-1)", "double(-2)").replace(" * -2", " * -4"),
    "vibesafe.toml": `${read(folder, "vibesafe.toml")}seed = 1\n`,
  });
  const [unit] = JSON.parse((await vibe(folder, ["why", "--json", "src.math"])).out).units;
  assert.deepEqual([...new Set(unit.causes.map(({ scope }: { scope: string }) => scope))], ["own", "dependency", "settings"]);
  const found = unit.causes.find(({ scope }: { scope: string }) => scope === "dependency");
  assert.deepEqual([found.field, found.path], ["deps.src/base#BASE", ["scale", "BASE"]]);
  assert.equal(unit.next, "vibe compile --target src.math/double");
  const { out } = await vibe(folder, ["why", "src.math"]);
  assert.match(out, /changed in the unit itself:\n[^]*changed in what it names:\n {4}- Modified dependency BASE in src\/base \(used via scale -> BASE\)[^]*changed around it:\n {4}- Seed/);
});
