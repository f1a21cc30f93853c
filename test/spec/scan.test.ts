/**
 * Which files of a project are scanned, and what two of them may not share.
 */

import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { parseConfig } from "../../lib/project/config.ts";
import { findSpec, scanProject, sourceFiles } from "../../lib/spec/scan.ts";
import { unitIdOf } from "../../lib/spec/unit-id.ts";
import { createWorkspace, type Workspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";

const spec = (name: string, doc: string = ""): string =>
  `import { vibesafe, VibesafeHandled } from "vibesafe";\n${doc}export const ${name} = vibesafe.func(function ${name}(): void { throw new VibesafeHandled(); });\n`;

function write(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

function open(root: string, config: string = ""): Workspace {
  const parsed = parseConfig(config, "vibesafe.toml");
  return createWorkspace({ root, config: parsed, storeDir: join(root, parsed.paths.store) });
}

function scan(t: TestContext, files: Record<string, string | Uint8Array>, config: string = ""): { ids: string[]; problems: string[] } {
  const root = tempDir(t);
  write(root, files);
  const { specs, problems } = scanProject(open(root, config));
  return { ids: specs.map(({ id }) => id), problems: problems.map(({ error }) => error.message) };
}

test("specs of all files, sorted by id whatever the files' order", (t) => {
  const files = { "b.ts": spec("z"), "B.ts": spec("y"), "a/c.ts": spec("f"), "a.ts": spec("g") + spec("e").split("\n")[1], "ä.ts": spec("f"), "plain.ts": "let a" };
  assert.deepEqual(scan(t, files), { ids: ["B/y", "a.c/f", "a/e", "a/g", "b/z", "ä/f"], problems: [] });
});

test("include and exclude; folders that never count", (t) => {
  const files = {
    "src/a.ts": spec("f"),
    "src/a.test.ts": spec("f"),
    "src/b.tsx": spec("f"),
    "src/c.md": "vibesafe",
    "dist/a.ts": spec("f"),
    "src/types.d.ts": 'import "vibesafe"; oops(',
    "node_modules/p/a.ts": spec("f"),
    "src/node_modules/p/a.ts": spec("f"),
    ".hidden/a.ts": spec("f"),
    "src/.hidden.ts": spec("f"),
    ".vibesafe/tmp/x/a.ts": spec("f"),
    "__generated__/a.ts": spec("f"),
    "spec-tests/a.ts": spec("f"),
  };
  assert.deepEqual(scan(t, files).ids, ["src.a.test/f", "src.a/f"]);
  assert.deepEqual(scan(t, files, '[project]\nexclude = ["**/*.test.ts"]').ids, ["src.a/f"]);
  assert.deepEqual(scan(t, files, '[project]\ninclude = ["src"]').ids, ["src.a.test/f", "src.a/f", "src.b/f"]);
  assert.deepEqual(scan(t, files, '[project]\ninclude = ["**/*.tsx"]').ids, ["src.b/f"]);
  assert.deepEqual(scan(t, files, '[project]\ninclude = ["none/**"]'), { ids: [], problems: [] });
  const moved = { "store (1)/a.ts": spec("f"), "out/a.ts": spec("f"), "t/a.ts": spec("f"), "spec-tests/a.ts": spec("f") };
  assert.deepEqual(scan(t, moved, '[paths]\nstore = "store (1)"\ngenerated = "./out/"\ntests = "t"').ids, ["spec-tests.a/f"]);
  assert.deepEqual(scan(t, { "a.ts": spec("f") }, '[paths]\ntests = "."').ids, ["a/f"]);
});

test("links are not followed, loops and links out of the project least of all", (t) => {
  const root = tempDir(t);
  write(root, { "out/a.ts": spec("f"), "project/src/a.ts": spec("f"), "project/b.ts/c.ts": spec("f") });
  const project = join(root, "project");
  symlinkSync(join(root, "out"), join(project, "linked"));
  symlinkSync(project, join(project, "src", "loop"));
  symlinkSync(".", join(project, "self"));
  symlinkSync(join(root, "out", "a.ts"), join(project, "link.ts"));
  symlinkSync("nowhere.ts", join(project, "dangling.ts"));
  symlinkSync("src/a.ts", join(project, "twin.ts"));
  const workspace = open(project);
  assert.deepEqual(scanProject(workspace).specs.map(({ id }) => id), ["b.ts.c/f", "src.a/f"]);
  for (const file of ["link.ts", "linked/a.ts", "twin.ts", "src/loop/src/a.ts"]) assert.equal(findSpec(workspace, unitIdOf(file, "f")), undefined);
});

test("a file that mentions vibesafe and cannot be read as code is a problem, any other is not", (t) => {
  const bad = { "a.ts": "vibesafe (", "b.ts": "no mention (", "c.ts": Buffer.from("vibesafe \xff", "latin1"), "d.ts": Buffer.from("\xff", "latin1"), "e.ts": "vibesafe\0", "good.ts": spec("f") };
  const { ids, problems } = scan(t, bad);
  assert.deepEqual(ids, ["good/f"]);
  assert.deepEqual(problems.map((message) => message.split(" ")[0]), ["a.ts:1:11:", "c.ts:1:1:", "e.ts:1:9:"]);
});

test("nothing of a file runs", (t) => {
  const { ids } = scan(t, { "a.ts": `${spec("f")}process.exit(3); throw new Error("ran");` });
  assert.deepEqual(ids, ["a/f"]);
});

test("two files of one module path: each is told of the other, the rest is scanned", (t) => {
  const files = { "a/b.ts": spec("f"), "a.b.ts": spec("g"), "a/b.mts": "export const other = 1;", "c.ts": spec("f") };
  const { ids, problems } = scan(t, files);
  assert.deepEqual(ids, ["c/f"]);
  assert.deepEqual(problems, [
    "a.b.ts: its specs have the same ids as those of a/b.ts: both are module a.b",
    "a/b.ts: its specs have the same ids as those of a.b.ts: both are module a.b",
  ]);
  assert.deepEqual(scan(t, { "a.ts": spec("f"), "a.tsx": spec("g") }, '[project]\ninclude = ["**/*"]').problems.length, 2);
});

test("broken specs do not stop the others", (t) => {
  const { ids, problems } = scan(t, { "a.ts": spec("f") + spec("g").split("\n")[1]?.replace(": void", ""), "b.ts": spec("f") });
  assert.deepEqual(ids, ["a/f", "b/f"]);
  assert.deepEqual(problems, ["a.ts:3:45: the result has no type"]);
});

test("files outside the root and with control characters in their names are problems", (t) => {
  const root = tempDir(t);
  write(root, { "a.ts": spec("f"), "project/b\n.ts": spec("f"), "project/c.ts": spec("f") });
  const { specs, problems } = scanProject(open(join(root, "project"), '[project]\ninclude = ["**/*.ts", "../*.ts"]'));
  assert.deepEqual(specs.map(({ id }) => id), ["c/f"]);
  assert.equal(problems.length, 2);
});

test("one unit is found without a scan, in whichever file holds it", (t) => {
  const root = tempDir(t);
  write(root, { "a/b.c/d.ts": spec("f"), "a/b/c.d.ts": "let x", "skip/x.ts": spec("f"), "broken.ts": spec("f") + spec("g").replace(": void", ""), "x/y.ts": spec("f"), "x.y.ts": spec("f") });
  const workspace = open(root, '[project]\nexclude = ["skip/**"]');
  const find = (file: string, name: string): string | undefined => findSpec(workspace, unitIdOf(file, name))?.file;
  assert.equal(find("a/b/c/d.ts", "f"), "a/b.c/d.ts");
  assert.equal(find("skip/x.ts", "f"), "skip/x.ts");
  assert.equal(find("a/b/c/d.ts", "g"), undefined);
  assert.equal(find("nowhere.ts", "f"), undefined);
  assert.equal(find("broken.ts", "f"), "broken.ts");
  assert.throws(() => find("broken.ts", "g"), /the result has no type/);
  assert.throws(() => find("x/y.ts", "f"), VibesafeTypeError);
});

test("this project's own examples are whole", () => {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const workspace = open(root, '[project]\ninclude = ["examples/**/*.ts"]');
  const { specs, problems } = scanProject(workspace);
  assert.deepEqual(problems, []);
  assert.ok(specs.some(({ id }) => id === "examples.math.ops/sumStr"));
  assert.ok(specs.every(({ examples }) => examples.length > 0));
  assert.ok(sourceFiles(workspace).includes("examples/main.ts"));
});
