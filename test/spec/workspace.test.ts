/**
 * Files as one command sees them.
 */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { parseConfig } from "../../lib/project/config.ts";
import { createWorkspace, fromRoot, readSpecs, type Workspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";

function workspaceOf(root: string, files: Record<string, string | Uint8Array>, config: string = ""): Workspace {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(root, file, ".."), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return createWorkspace({ root, config: parseConfig(config, "vibesafe.toml"), storeDir: join(root, ".vibesafe") });
}

test("a file is read and parsed once, under any spelling of its path", (t) => {
  const root = tempDir(t);
  const workspace = workspaceOf(root, { "src/a.ts": "\uFEFFconst a = 1;" });
  const module = workspace.module("src/a.ts");
  assert.equal(module?.file, "src/a.ts");
  writeFileSync(join(root, "src/a.ts"), "changed(");
  assert.equal(workspace.module(join(root, "src", "..", "src", "a.ts")), module);
  assert.equal(workspace.text("./src/a.ts"), "\uFEFFconst a = 1;");
});

test("what is not there is undefined, also after it appears", (t) => {
  const root = tempDir(t);
  const workspace = workspaceOf(root, { "a.ts": "" });
  mkdirSync(join(root, "folder.ts"));
  for (const file of ["b.ts", "a.ts/b.ts", "folder.ts", "a\0b.ts".slice(0, 1)]) {
    assert.equal(workspace.text(file), undefined);
    assert.equal(workspace.module(file), undefined);
    assert.equal(workspace.mentions(file, "x"), false);
    assert.deepEqual(readSpecs(workspace, file), { specs: [], problems: [] });
  }
  writeFileSync(join(root, "b.ts"), "");
  assert.equal(workspace.text("b.ts"), undefined);
});

test("what is not UTF-8, not readable or does not parse is an error each time, and a problem", (t) => {
  const root = tempDir(t);
  const workspace = workspaceOf(root, { "latin.ts": Buffer.from("// caf\xe9", "latin1"), "utf16.ts": Buffer.from("\uFEFFlet a", "utf16le"), "broken.ts": "let 1" });
  for (const file of ["latin.ts", "utf16.ts", "broken.ts"]) {
    for (let i = 0; i < 2; i++) assert.throws(() => workspace.module(file), VibesafeTypeError);
    const [problem] = readSpecs(workspace, file).problems;
    assert.match(problem?.error.message ?? "", new RegExp(`^${file}:1:`));
    assert.equal(problem?.file, file);
  }
  assert.throws(() => workspace.text("latin.ts"), /is not UTF-8/);
  assert.equal(workspace.text("broken.ts"), "let 1");
});

test("a file that may not be read is a problem", { skip: process.getuid?.() === 0 && "root reads all" }, (t) => {
  const root = tempDir(t);
  const workspace = workspaceOf(root, { "a.ts": "vibesafe" });
  chmodSync(join(root, "a.ts"), 0);
  assert.match(readSpecs(workspace, "a.ts").problems[0]?.error.message ?? "", /^a\.ts:1:1: cannot be read \(EACCES\)/);
  assert.equal(workspace.mentions("a.ts", "vibesafe"), true);
});

test("a word is found in bytes, whether or not they are text", (t) => {
  const root = tempDir(t);
  const workspace = workspaceOf(root, { "a.ts": "import 'vibesafe'", "b.ts": "", "video.ts": Buffer.from([0x47, 0xff, 0xfe, 0x00]) });
  assert.deepEqual(["a.ts", "b.ts", "video.ts"].map((file) => workspace.mentions(file, "vibesafe")), [true, false, false]);
  rmSync(join(root, "a.ts"));
  assert.equal(workspace.text("a.ts"), "import 'vibesafe'");
  assert.equal(workspace.mentions("a.ts", "vibesafe"), true);
});

test("the project's allow list is in scope of examples", (t) => {
  const source = `import { vibesafe, VibesafeHandled } from "vibesafe";\n/** >>> f()\n * Buffer */\nexport const f = vibesafe.func((): void => { throw new VibesafeHandled(); });`;
  const expression = (config: string): unknown => {
    const expected = readSpecs(workspaceOf(tempDir(t), { "a.ts": source }, config), "a.ts").specs[0]?.examples[0]?.expected;
    return expected?.kind === "output" && expected.expression;
  };
  assert.equal(expression(""), false);
  assert.equal(expression('[policy]\nallow = ["Buffer"]'), true);
});

test("a file outside the project has no unit", (t) => {
  const root = tempDir(t);
  const source = `import { vibesafe, VibesafeHandled } from "vibesafe";\nexport const f = vibesafe.func((): void => { throw new VibesafeHandled(); });`;
  const workspace = workspaceOf(join(root, "project"), { "../a.ts": source });
  assert.equal(fromRoot(workspace.project, join(root, "a.ts")), "../a.ts");
  const { specs, problems } = readSpecs(workspace, "../a.ts");
  assert.deepEqual(specs, []);
  assert.match(problems[0]?.error.message ?? "", /^\.\.\/a\.ts:1:1: no unit may live here: \.\.\/a\.ts is no path inside the project/);
});
