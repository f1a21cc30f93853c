/**
 * `--watch` tells what an edit changes, whatever file it is in, and nothing else.
 */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { main } from "../../lib/cli/main.ts";
import { DOUBLE, IDENTITY, project, read, reply, vibe, write, type Files } from "./vibe.ts";

const FILES: Files = {
  ...DOUBLE,
  "src/math.ts": `import { scale } from "./lib/scale.ts";\n${(DOUBLE["src/math.ts"] ?? "").replace("throw new", "scale(n);\n  throw new")}`,
  "replies/src.math/double.md": reply('import { scale } from "./lib/scale.ts";\nexport function double(n: number): number {\n  scale(n);\n  return 2 * n;\n}'),
  "src/lib/scale.ts": "export function scale(n: number): number {\n  return n;\n}\n",
};

/** Output of a command that runs until it is told to stop. */
function start(folder: string, argv: readonly string[]): { until(text: RegExp): Promise<string>; stop(): Promise<number> } {
  const abort = new AbortController();
  let out = "";
  const add = (text: string): void => void (out += text);
  const ended = main(argv, {
    cwd: folder,
    env: { ...IDENTITY, HOME: folder },
    out: add,
    outBytes: () => undefined,
    input: (async function* () {})(),
    err: add,
    outIsTerminal: false,
    errIsTerminal: false,
    signal: abort.signal,
  });
  return {
    async until(text) {
      for (let tries = 0; !text.test(out); tries++) {
        assert.ok(tries < 1000, `no ${text} in ${out}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const seen = out;
      out = "";
      return seen;
    },
    stop() {
      abort.abort();
      return ended;
    },
  };
}

test("scan --watch: an edit in the unit, a helper, the configuration, the template, a new file", async (t) => {
  const folder = project(t, FILES);
  await vibe(folder, ["compile"]);
  await vibe(folder, ["save"]);
  const watching = start(folder, ["scan", "--watch"]);
  await watching.until(/checkpoint active\nwatching; Ctrl-C ends it\n/);
  const helper = read(folder, "src/lib/scale.ts");
  write(folder, { "src/lib/scale.ts": `// only a comment\n${helper}` });
  write(folder, { "src/lib/scale.ts": helper.replace("return n;", "return n + 0;") });
  assert.equal(await watching.until(/\n/), "~ src.math/double  ⚠ drift detected, was active\n");
  write(folder, { "src/lib/scale.ts": helper });
  assert.equal(await watching.until(/\n/), "~ src.math/double  ✓ checkpoint active, was drift\n");
  write(folder, { "vibesafe.toml": `${read(folder, "vibesafe.toml")}model = "other"\n` });
  await watching.until(/drift detected, was active\n/);
  write(folder, { "vibesafe.toml": "[provider.default]\nkind = 7\n" });
  await watching.until(/vibesafe\.toml:2/);
  write(folder, { "vibesafe.toml": '[provider.default]\nkind = "replay"\n' });
  await watching.until(/checkpoint active, was drift\n/);
  write(folder, { "prompts/function.njk": "{{ name }}\n" });
  await watching.until(/drift detected, was active\n/);
  write(folder, { "src/new/more.ts": FILES["src/math.ts"]?.replace("./lib", "../lib") ?? "" });
  assert.equal(await watching.until(/\n/), "+ src.new.more/double  ⚠ no checkpoint\n");
  write(folder, { "src/new/more.ts": 'import "vibesafe"; (' });
  await watching.until(/src\/new\/more\.ts:1/);
  rmSync(join(folder, "src/new"), { recursive: true });
  write(folder, { "src/math.ts": "export {};\n" });
  await watching.until(/- src\.math\/double {2}gone\n/);
  assert.equal(await watching.stop(), 0);
});

test("compile --watch compiles what an edit made stale, once", async (t) => {
  const folder = project(t, FILES);
  const watching = start(folder, ["compile", "--watch"]);
  await watching.until(/✓ src\.math\/double[^]*watching/);
  write(folder, { "src/lib/scale.ts": "export function scale(n: number): number {\n  return n + 0;\n}\n" });
  const said = await watching.until(/compiled, .*\n/);
  assert.equal(said.match(/✓ src\.math\/double/g)?.length, 1);
  assert.equal(await watching.stop(), 0);
  assert.equal((await vibe(folder, ["scan", "--json"])).json().units[0].status, "candidate");
  assert.equal((await vibe(folder, ["scan", "--watch", "--json"])).status, 2);
});

test("test --watch judges again what an edit changes", async (t) => {
  const folder = project(t, DOUBLE);
  await vibe(folder, ["compile"]);
  await vibe(folder, ["save"]);
  const running = start(folder, ["test", "--watch", "--no-harness"]);
  await running.until(/\[PASS\] src\.math\/double\nwatching/);
  write(folder, { "src/math.ts": read(folder, "src/math.ts").replace(" * 4\n", " * 5\n") });
  const out = await running.until(/\[FAIL\] src\.math\/double/);
  assert.match(out, /Example 1\/2 failed: double\(2\)[^]*expected: 5\n[^]*received: 4/);
  assert.equal(await running.stop(), 0);
});
