import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeConfigError } from "../../lib/errors.ts";
import { effectiveMode, modeFile } from "../../lib/project/mode.ts";
import { openProject, type Project } from "../../lib/project/project.ts";
import { tempDir } from "../temp.ts";

function project(t: { after(cleanUp: () => void): void }, { file, config }: { file?: string; config?: string }): Project {
  const root = tempDir(t);
  writeFileSync(join(root, "vibesafe.toml"), config === undefined ? "" : `[project]\nenv = "${config}"\n`);
  mkdirSync(join(root, ".vibesafe"));
  if (file !== undefined) writeFileSync(join(root, ".vibesafe", "mode"), file);
  return openProject(root);
}

test("each source of the mode overrides those after it", (t) => {
  const all = project(t, { file: "dev\n", config: "prod" });
  assert.deepEqual(effectiveMode(all, { VIBESAFE_ENV: "prod", NODE_ENV: "test" }), { mode: "prod", source: "VIBESAFE_ENV" });
  assert.deepEqual(effectiveMode(all, { NODE_ENV: "production" }), { mode: "dev", source: modeFile(all) });
  assert.deepEqual(effectiveMode(project(t, { config: "dev" }), { NODE_ENV: "production" }), { mode: "dev", source: "vibesafe.toml" });
  assert.deepEqual(effectiveMode(project(t, {}), { NODE_ENV: "production" }), { mode: "prod", source: "NODE_ENV" });
  assert.deepEqual(effectiveMode(project(t, {}), { NODE_ENV: "staging" }), { mode: "dev", source: "the default" });
});

test("a value that is neither dev nor prod is an error that names its source, never dev", (t) => {
  const named = (source: RegExp) => (error: unknown) => error instanceof VibesafeConfigError && source.test(error.message);
  for (const value of ["production", "PROD", "", " prod", "1"]) {
    assert.throws(() => effectiveMode(project(t, { config: "dev" }), { VIBESAFE_ENV: value }), named(/^VIBESAFE_ENV is "/), value);
    if (value !== " prod") assert.throws(() => effectiveMode(project(t, { config: "dev", file: value }), {}), named(/mode is "/), value);
  }
});

test("what Node says of the terminal, the REPL or an inspector does not count", (t) => {
  const prod = project(t, { config: "prod" });
  assert.equal(effectiveMode(prod, { NODE_OPTIONS: "--inspect -i", NODE_REPL_MODE: "sloppy", TERM: "xterm", PYTHONINSPECT: "1" }).mode, "prod");
});
