/**
 * What code imports and its spec does not name: no part of H_spec, but of what was verified.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { git, IMPORT, project, read, reply, step, vibe, write, type Files } from "./vibe.ts";

const ID = "src.words/shout";

/** `mark` and `lib` are imported by the code alone, `loud` by the spec too; `rest` by nobody. */
const WORDS: Files = {
  "src/words.ts": `import { loud } from "./loud.ts";\nimport * as marks from "./marks.ts";\nimport { add } from "lib";\n${IMPORT}
/**
 * Shouts.
 *
 * >>> shout("a")
 * 'A!'
 */
export const shout = vibesafe.func(function shout(text: string): string {
  const upper = loud(text);
  throw new VibesafeHandled();
});
`,
  "src/loud.ts": "export const loud = (text: string): string => text.toUpperCase();\n",
  "src/marks.ts": 'import { sign } from "./sign.ts";\nexport const mark = (): string => sign;\nexport const rest = 1;\n',
  "src/sign.ts": 'export const sign = "!";\n',
  "src/main.ts": 'import { shout } from "./words.ts";\nconsole.log(shout("hi"));\n',
  "node_modules/lib/package.json": '{ "name": "lib", "version": "1.0.0", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
  "node_modules/lib/index.js": "export const add = (a, b) => a + b;\n",
  "node_modules/lib/index.d.ts": "export declare const add: (a: string, b: string) => string;\n",
  "replies/src.words/shout.md": reply(
    'import { loud } from "./loud.ts";\nimport * as marks from "./marks.ts";\nimport { add } from "lib";\n\nexport function shout(text: string): string {\n  const upper = loud(text);\n  return add(upper, marks.mark());\n}',
  ),
};

function prod(folder: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), "src/main.ts"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, VIBESAFE_ENV: "prod" },
  });
  return stdout + stderr;
}

test("code is verified, and runs in production, with the helpers and packages that it imports", async (t) => {
  const folder = project(t, WORDS);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  const from = git(folder, "rev-parse", `refs/units/${ID}`).trim();
  const { uses, files } = JSON.parse(git(folder, "cat-file", "-p", `${from}:verification.json`)).witness;
  assert.deepEqual(Object.keys(uses), ["./marks.ts#mark", "lib#add"]);
  assert.ok(["src/marks.ts", "src/sign.ts", "node_modules/lib/package.json"].every((file) => file in files), Object.keys(files).join());
  const { specHash } = (await vibe(folder, ["scan", "--json"])).json().units[0];

  // What neither spec nor code names may change.
  write(folder, { "src/marks.ts": read(folder, "src/marks.ts").replace("rest = 1", "rest = 2 // other") });
  assert.match((await step(folder, 0, "status", "--json")).out, /"coverage": 100,\s+"next": \[\]/);

  write(folder, { "src/sign.ts": 'export const sign = "?";\n' });
  const moved = /Modified mark of \.\/marks\.ts, which the code imports \(src\/marks\.ts, src\/sign\.ts\)/;
  const remedy = /vibe accept --intent-changed --target src\.words\/shout/;
  const [unit] = (await vibe(folder, ["scan", "--json"])).json().units;
  assert.equal(unit.specHash, specHash);
  assert.match(JSON.stringify(unit.changes), moved);
  for (const [exit, command, heading] of [[0, "scan", /its code imports what changed/], [0, "status", /1 whose code imports what changed/], [1, "diff", /\[DRIFT\]/], [0, "why", /changed in what its code imports/]] as const) {
    const { out } = await step(folder, exit, command, ...(command === "why" ? [ID] : []));
    for (const text of [heading, moved, remedy]) assert.match(out, text, command);
  }
  assert.match((await step(folder, 0, "status", "--json")).out, /"moved": 1[^}]*\}[^}]*"coverage": 0,\s+"next": \[\s+"vibe accept --intent-changed/);
  assert.match(prod(folder), /VibesafeHashMismatch: what the code of src\.words\/shout imports is not what it was verified with:\n {2}- mark of \.\/marks\.ts/);
  assert.match((await step(folder, 1, "check")).out, /- mark of \.\/marks\.ts\n.*vibe accept --intent-changed --target src\.words\/shout/);
  // The verdict that was kept is of the old helper.
  assert.match((await step(folder, 1, "accept", "--intent-changed", ID)).err, /does not pass/);

  write(folder, {
    "src/sign.ts": 'export const sign = ["!"].join();\n',
    "node_modules/lib/package.json": read(folder, "node_modules/lib/package.json").replace("1.0.0", "1.0.1"),
  });
  assert.match((await step(folder, 1, "accept", ID)).err, /Modified mark of \.\/marks\.ts, which the code imports \(src\/marks\.ts, src\/sign\.ts\)\n {2}- Modified add of lib/);
  const { commit, checkpointHash } = (await step(folder, 0, "accept", "--intent-changed", ID, "--json")).json().results[0];
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}`).trim(), commit);
  assert.equal(git(folder, "rev-parse", `${from}:checkpoint`).trim(), checkpointHash);
  assert.match((await step(folder, 0, "accept", "--intent-changed", ID)).out, /^Nothing to accept/);
});
