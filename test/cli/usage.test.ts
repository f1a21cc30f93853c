import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { EXIT_STATUS, highest } from "../../lib/cli/exit-status.ts";
import * as errors from "../../lib/errors.ts";
import { tempDir } from "../temp.ts";
import { project, vibe } from "./vibe.ts";

test("every error class has an exit status", () => {
  const codes = Object.values(errors).flatMap((value) => {
    if (typeof value !== "function" || value === errors.VibesafeError) return [];
    const Class = value as new (message: string, options: { remedy: string; failure: "auth"; busy: boolean }) => errors.VibesafeError;
    return [false, true].map((busy) => new Class("m", { remedy: "r", failure: "auth", busy }).code);
  });
  assert.deepEqual([...new Set(codes)].sort(), Object.keys(EXIT_STATUS).sort());
  assert.equal(highest([0, 3, 1]), 3);
  assert.equal(highest([]), 0);
});

test("help is for people and exits 0, wrong usage exits 2 and says what to do", async (t) => {
  const folder = tempDir(t);
  assert.equal((await vibe(folder, ["--help"])).status, 0);
  assert.equal((await vibe(folder, [])).status, 2);
  for (const { name } of COMMANDS) {
    const { status, out } = await vibe(folder, [name, "--help"]);
    assert.equal(status, 0, name);
    assert.match(out, new RegExp(`^vibe ${name}\\b`), name);
    assert.match(out, /Examples:/, name);
    const unknown = await vibe(folder, [name, "--frobnicate"]);
    assert.deepEqual([unknown.status, unknown.out], [2, ""], name);
    assert.match(unknown.err, /frobnicate[^]*fix: run `vibe /, name);
  }
  const near = await vibe(folder, ["complie"]);
  assert.equal(near.status, 2);
  assert.match(near.err, /vibe compile/);
});

test("with --json an error is one document on stdout and nothing else", async (t) => {
  const outside = tempDir(t);
  for (const argv of [["--json", "scna"], ["scan", "--json"], ["scan", "--json", "--bogus"], ["-C", "no-such-folder", "scan", "--json"]]) {
    const { status, json, err } = await vibe(outside, argv);
    assert.equal(status, 2, argv.join(" "));
    assert.deepEqual(Object.keys(json().error), ["code", "message", "remedy"], argv.join(" "));
    assert.equal(err, "");
  }
});

test("-C runs in another folder, flags may stand before the command", async (t) => {
  const folder = project(t, {});
  const { status, json } = await vibe(tempDir(t), ["-C", folder, "--json", "scan"]);
  assert.equal(status, 0);
  assert.deepEqual(json(), { units: [], errors: [] });
});

test("a stack is printed with --debug alone", async (t) => {
  const folder = tempDir(t);
  assert.doesNotMatch((await vibe(folder, ["scan"])).err, /\n\s+at /);
  assert.match((await vibe(folder, ["scan", "--debug"])).err, /\n\s+at /);
});

test("a mode that is neither dev nor prod stops every command that opens the project", async (t) => {
  const folder = project(t, { ".vibesafe/mode": "production\n" });
  for (const command of ["scan", "compile", "test", "save", "diff", "status", "check"]) {
    const { status, err } = await vibe(folder, [command], { env: { VIBESAFE_ENV: "production" } });
    assert.equal(status, 2, command);
    assert.match(err, /VIBESAFE_ENV/, command);
  }
  const file = await vibe(folder, ["scan"]);
  assert.equal(file.status, 2, "from the file");
  assert.equal((await vibe(folder, ["mode", "--clear"])).status, 0, "the mode command can mend it");
  assert.equal((await vibe(folder, ["scan"])).status, 0);
});

test("a check that finds nothing to check fails, unless it may", async (t) => {
  const folder = project(t, {});
  for (const command of ["compile", "test", "save", "diff", "check"]) {
    assert.equal((await vibe(folder, [command])).status, 1, command);
    assert.equal((await vibe(folder, [command, "--allow-empty"])).status, 0, command);
  }
  for (const command of ["scan", "status", "log"]) assert.equal((await vibe(folder, [command])).status, 0, command);
});
