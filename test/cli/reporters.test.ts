/**
 * `vibe test`: reporters as programs read them, shards, and only what changed.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { IMPORT, project, read, reply, spec, step, vibe, write } from "./vibe.ts";

const NAMES = ["a", "b", "c"];
const FILES = {
  "src/ops.ts": IMPORT + NAMES.map((name) => spec(name, "(n: number): string", [[`${name}(1)`, "'<1 & \"2\">'"]])).join("\n"),
  ...Object.fromEntries(NAMES.map((name) => [`replies/src.ops/${name}.md`, reply(`export function ${name}(n: number): string {\n  return ${name === "b" ? '"<2>"' : "'<1 & \"2\">'"} + "".repeat(n);\n}`)])),
};

test("tap, junit and github say the same of the same units", async (t) => {
  const folder = project(t, FILES);
  assert.equal((await vibe(folder, ["compile"])).status, 1);
  const tap = await vibe(folder, ["test", "--reporter", "tap"]);
  assert.equal(tap.status, 1);
  assert.match(tap.out, /^TAP version 14\n1\.\.3\n# Subtest: src\.ops\/a\n {4}1\.\.4\n {4}ok 1 - examples: a\(1\)\n/);
  assert.match(tap.out, /\nnot ok 2 - src.ops\/b\n/);
  assert.match(tap.out, /\n {4}not ok 1 - examples: b\(1\)\n {6}---\n {6}message: \|-\n {8}src\/ops.ts:\d+:\n/);

  const junit = await vibe(folder, ["test", "--reporter", "junit"]);
  assert.equal(junit.status, 1);
  assert.match(junit.out, /<testsuites name="vibe test" tests="12" failures="1">/);
  assert.match(junit.out, /<failure message="src\/ops.ts:\d+:">src\/ops.ts:\d+:&#10; {2}b\(1\)&#10;expected: '&lt;1 &amp; &quot;2&quot;&gt;'/);
  // A reader that we did not write, where there is one.
  const path = join(folder, "junit.xml");
  writeFileSync(path, junit.out);
  const python = spawnSync("python3", ["-c", "import sys, xml.etree.ElementTree as t; print(len(t.parse(sys.argv[1]).getroot().findall('.//failure')))", path], { encoding: "utf8" });
  if (python.error === undefined) assert.equal(python.stdout, "1\n", python.stderr);

  const github = await vibe(folder, ["test", "--reporter", "github"]);
  assert.equal(github.status, 1);
  assert.match(github.out, /^::error file=src\/ops.ts,line=\d+,title=vibesafe%3A src.ops\/b::examples: b\(1\)%0A/);
  assert.match(github.out, /\n2\/3 units passed\n$/);
  assert.equal((await vibe(folder, ["test", "--json", "--reporter", "tap"])).status, 2);
});

test("shards part the units: each is in one of them", async (t) => {
  const folder = project(t, FILES);
  await vibe(folder, ["compile"]);
  const seen: string[][] = [];
  for (const part of ["1/2", "2/2"]) seen.push((await vibe(folder, ["test", "--json", "--shard", part])).json().results.map(({ id }) => id));
  assert.deepEqual(seen, [["src.ops/a", "src.ops/c"], ["src.ops/b"]]);
  for (const wrong of ["0/2", "3/2", "1", "1/0", "x/y"]) assert.equal((await vibe(folder, ["test", "--shard", wrong])).status, 2, wrong);
  assert.equal((await vibe(folder, ["test", "--shard", "9/9"])).status, 0);
});

test("--changed tests what is not active as it stands", async (t) => {
  const folder = project(t, { "src/ops.ts": FILES["src/ops.ts"].replace(/(b\(1\)\n \* )'.*'/, "$1'<2>'"), ...Object.fromEntries(Object.entries(FILES).slice(1)) });
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  const none = await step(folder, 0, "test", "--changed");
  assert.match(none.out, /nothing has changed/);
  write(folder, { "src/ops.ts": read(folder, "src/ops.ts").replace("What c does.", "What c really does.") });
  const { results } = (await step(folder, 0, "test", "--changed", "--json")).json();
  assert.deepEqual(results.map(({ id }) => id), ["src.ops/c"]);
});
