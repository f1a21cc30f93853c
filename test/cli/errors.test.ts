/** Every class of error, provoked through the command line, with its exit status, its text and its JSON. */

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { test } from "node:test";
import { DOUBLE, IMPORT, project, read, reply, spec, vibe, write } from "./vibe.ts";

const ID = "src.math/double";

test("VibesafeUsageError exits 2", async (t) => {
  const folder = project(t, DOUBLE);
  const { status, err } = await vibe(folder, ["compile", "--target", "src.math/doubel"]);
  assert.equal(status, 2);
  assert.match(err, /^error: .*doubel.*\n {2}fix: did you mean src\.math\/double/);
  assert.equal((await vibe(folder, ["compile", "--max-attempts", "0"])).status, 2);
  assert.equal((await vibe(folder, ["log", "src.math/double@{7}"])).status, 2);
});

test("VibesafeConfigError exits 2 and names file, line and the nearest key", async (t) => {
  const folder = project(t, { ...DOUBLE, "vibesafe.toml": '[provider.default]\nkind = "replay"\ntemprature = 0\n' });
  const { status, err } = await vibe(folder, ["scan"]);
  assert.equal(status, 2);
  assert.match(err, /vibesafe\.toml:3: .*temprature[^]*fix: .*temperature/);
  const none = await vibe(project(t, { ...DOUBLE, "vibesafe.toml": "" }), ["compile", "--json"]);
  assert.equal(none.status, 2);
  assert.deepEqual([none.json().results[0].error?.code, none.json().results[0].error?.stage], ["CONFIG_INVALID", "spec"]);
});

test("VibesafeTypeError exits 1, with file and line, and does not stop the other units", async (t) => {
  const folder = project(t, {
    ...DOUBLE,
    "src/broken.ts": "export const = 1; // vibesafe\n",
    "src/untyped.ts": `${IMPORT}export const f = vibesafe.func(function f(a: number) {\n  throw new VibesafeHandled();\n});\n`,
  });
  const { status, out, err, json } = await vibe(folder, ["scan"]);
  assert.equal(status, 1);
  assert.match(out, /src\.math\/double/);
  assert.match(err, /error: src\/broken\.ts:1:\d+/);
  assert.match(err, /error: src\/untyped\.ts:3:\d+.*\n {2}fix: /);
  assert.throws(json);
  const document = (await vibe(folder, ["scan", "--json"])).json();
  assert.deepEqual(document.errors.map(({ file, line, code }) => [file, line, code]).sort(), [["src/broken.ts", 1, "TYPE_ERROR"], ["src/untyped.ts", 3, "TYPE_ERROR"]]);
  const compiled = await vibe(folder, ["compile", "--json"]);
  assert.equal(compiled.status, 1);
  assert.deepEqual(compiled.json().results.map(({ status: one, error }) => [one, error?.stage]), [["compiled", undefined], ["failed", "spec"], ["failed", "spec"]]);
  assert.equal((await vibe(folder, ["compile", "--target", ID])).status, 0, "broken files concern who asks for them");
});

test("VibesafeValidationError exits 1", async (t) => {
  const folder = project(t, { ...DOUBLE, "replies/src.math/double.md": reply("export function double(n: number): number {\n  return eval(`2 * ${n}`);\n}") });
  const { status, json } = await vibe(folder, ["compile", "--json"]);
  assert.equal(status, 1);
  assert.deepEqual([json().results[0].error?.code, json().results[0].error?.stage], ["VALIDATION_FAILED", "policy"]);
  write(folder, { "replies/src.math/double.md": "I would rather not.\n" });
  assert.equal((await vibe(folder, ["compile", "--json"])).json().results[0].error?.stage, "validate");
});

test("VibesafeProviderError exits 3", async (t) => {
  const folder = project(t, { "src/math.ts": DOUBLE["src/math.ts"] ?? "" });
  const { status, out, json } = await vibe(folder, ["compile"]);
  assert.equal(status, 3);
  assert.match(out, /no recorded reply[^]*fix: write the reply to replies\/src\.math\/double\.md/);
  assert.throws(json);
});

test("VibesafeMissingDoctest exits 1", async (t) => {
  const folder = project(t, { ...DOUBLE, "src/math.ts": IMPORT + spec("double", "(n: number): number", []) });
  assert.equal((await vibe(folder, ["compile"])).status, 0);
  const { status, err } = await vibe(folder, ["save"]);
  assert.equal(status, 1);
  assert.match(err, /has no example \(src\/math\.ts:\d+\)\n {2}fix: add one/);
});

test("VibesafeCheckpointMissing exits 1", async (t) => {
  const folder = project(t, DOUBLE);
  for (const command of ["test", "save"]) {
    const { status, json } = await vibe(folder, [command, "--json"]);
    assert.equal(status, 1, command);
    assert.equal(json().results[0].error?.code, "CHECKPOINT_MISSING", command);
  }
});

test("VibesafeHashMismatch and VibesafeStoreError exit 4", async (t) => {
  const folder = project(t, DOUBLE);
  await vibe(folder, ["compile"]);
  const saved = (await vibe(folder, ["save", "--json"])).json().results[0];
  const damage = (id: string): void => {
    const object = join(folder, ".vibesafe/objects", id.slice(0, 2), id.slice(2));
    chmodSync(object, 0o644);
    writeFileSync(object, deflateSync("tree 0\0"));
  };
  const refuse = async (commands: readonly string[]): Promise<void> => {
    for (const command of commands) {
      const { status, json } = await vibe(folder, [command, "--json", ...(command === "why" ? [ID] : [])]);
      assert.equal(status, 4, command);
      assert.equal(json().error.code, "HASH_MISMATCH", command);
    }
  };
  damage(saved.checkpointHash);
  await refuse(["check", "test", "save", "why"]);
  // Where a unit stands is told by its commit alone.
  damage(saved.commit);
  await refuse(["scan", "status", "diff", "compile"]);
  const ref = join(folder, ".vibesafe/refs/units/src.math/double");
  writeFileSync(ref, "no id\n");
  for (const command of ["scan", "log"]) {
    const { status, json } = await vibe(folder, [command, "--json"]);
    assert.equal(status, 4, command);
    assert.equal(json().error.code, "STORE_BROKEN", command);
  }
  writeFileSync(join(folder, ".vibesafe/config"), "[core]\n\trepositoryformatversion = 0\n");
  assert.equal((await vibe(folder, ["status"])).status, 4, "a repository of another kind");
  assert.match(read(folder, ".vibesafe/HEAD"), /^ref: /);
});
