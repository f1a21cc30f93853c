/**
 * The project is its own first user: what its store and `spec-tests/` hold is what compile, test and save make of `examples/` today.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readSave, type Save } from "../../lib/spec/checkpoint.ts";
import { unitRef, UNIT_REFS } from "../../lib/spec/unit-id.ts";
import { hashObject } from "../../lib/store/id.ts";
import { listRefs } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const bin = join(root, "dist", "bin", "vibe.js");

let copy = "";
before((t) => {
  copy = tempDir(t as { after(cleanUp: () => void): void });
  for (const name of ["examples", "vibesafe.toml", "prompts", ".oxlintrc.json", "tsconfig.json", "package.json"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  mkdirSync(join(copy, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name), "junction");
  }
  symlinkSync(root, join(copy, "node_modules", "vibesafe"), "junction");
  for (const command of ["compile", "test", "save"]) vibe(command);
});

function vibe(...args: string[]): string {
  const { VIBESAFE_ENV: _, NODE_ENV: __, NODE_OPTIONS: ___, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: copy, encoding: "utf8", env });
  assert.equal(status, 0, `vibe ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

function savesOf(store: Store): Map<string, Save> {
  return new Map(listRefs(store, UNIT_REFS).map(({ name, id }) => [name, readSave(store, id)]));
}

test("the committed checkpoints are what compile and save make today", () => {
  const committed = savesOf(openStore(join(root, ".vibesafe")));
  const made = savesOf(openStore(join(copy, ".vibesafe")));
  assert.deepEqual([...committed.keys()], [...made.keys()]);
  assert.ok(made.size >= 8);
  for (const [ref, save] of made) {
    const old = committed.get(ref);
    assert.equal(ref, unitRef(save.unit));
    assert.equal(old?.specHash, save.specHash, `${ref}: H_spec`);
    assert.equal(old.prompt, save.prompt, `${ref}: prompt`);
    assert.equal(old.impl, save.impl, `${ref}: code`);
    assert.equal(old.checkpointHash, save.checkpointHash, `${ref}: H_chk`);
    const buildId = (js: string) => hashObject("blob", new TextEncoder().encode(js));
    assert.equal(buildId(old.buildJs), buildId(save.buildJs), `${ref}: build/impl.js`);
  }
});

test("isPrime was repaired: its prompt tells what the first reply got wrong", () => {
  const store = openStore(join(root, ".vibesafe"));
  const save = [...savesOf(store).values()].find(({ unit }) => unit === "examples.math.ops/isPrime");
  assert.equal(save?.provenance.attempts.length, 2);
  assert.match(save.prompt, /\[-7, 0, 1, 4, 9, 91, 7917\]/);
});

test("the committed harness files are what save writes today", () => {
  const list = (folder: string) =>
    readdirSync(join(folder, "spec-tests"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".mjs")).sort();
  assert.deepEqual(list(root), list(copy));
  for (const name of list(copy)) {
    assert.equal(readFileSync(join(root, "spec-tests", name), "utf8"), readFileSync(join(copy, "spec-tests", name), "utf8"), name);
  }
});

test("git finds the project's own store sound", () => {
  const { status, stderr } = spawnSync("git", ["--git-dir=.vibesafe", "fsck", "--strict", "--full"], { cwd: root, encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("a program of the examples runs in production, and the harness of a unit runs alone", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "examples/main.ts"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, VIBESAFE_ENV: "prod" },
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Hello, Ada!\n2 \+ 3 = 5\n/);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const harness = spawnSync(process.execPath, ["--test", "spec-tests/examples.quickstart/greet.test.mjs"], { cwd: root, encoding: "utf8", env });
  assert.equal(harness.status, 0, harness.stdout);
  writeFileSync(join(copy, "examples", "quickstart.ts"), readFileSync(join(copy, "examples", "quickstart.ts"), "utf8").replace("'Hello, Ada!'", "'Hi, Ada!'"));
  const failing = spawnSync(process.execPath, ["--test", "spec-tests/examples.quickstart/greet.test.mjs"], { cwd: copy, encoding: "utf8", env });
  assert.notEqual(failing.status, 0, "a harness fails where its example does");
});
