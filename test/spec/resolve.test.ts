import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeTypeError } from "../../lib/errors.ts";
import { resolveImport, tsconfigOf } from "../../lib/spec/resolve.ts";
import { newWorkspace } from "./projects.ts";

const PACKAGE = (name: string, rest: string = ""): string => `{ "name": "${name}", "version": "1.2.3"${rest} }`;

test("relative specifiers find TypeScript by any of its spellings", (t) => {
  const workspace = newWorkspace(t, {
    "src/a.ts": "",
    "src/m.mts": "",
    "src/c.cts": "",
    "src/x.tsx": "",
    "src/d.d.ts": "",
    "src/j.js": "",
    "src/dir/index.ts": "",
    "src/data.json": "{}",
    "src/both.ts": "",
    "src/both.js": "",
  });
  const expected = {
    "./a": "src/a.ts",
    "./a.ts": "src/a.ts",
    "./a.js": "src/a.ts",
    "./m.mjs": "src/m.mts",
    "./c.cjs": "src/c.cts",
    "./x.js": "src/x.tsx",
    "./x.jsx": "src/x.tsx",
    "./d": "src/d.d.ts",
    "./d.js": "src/d.d.ts",
    "./j.js": "src/j.js",
    "./dir": "src/dir/index.ts",
    "./dir/index.js": "src/dir/index.ts",
    "./data.json": "src/data.json",
    "./both.js": "src/both.ts",
    "../src/a.ts": "src/a.ts",
  };
  for (const [specifier, file] of Object.entries(expected)) {
    assert.deepEqual(resolveImport(workspace, specifier, "src/unit.ts"), { kind: "file", file }, specifier);
  }
});

test("JavaScript with declarations beside it is both files", (t) => {
  const workspace = newWorkspace(t, { "src/j.js": "", "src/j.d.ts": "" });
  assert.deepEqual(resolveImport(workspace, "./j.js", "src/unit.ts"), { kind: "file", file: "src/j.js", types: "src/j.d.ts" });
});

test("tsconfig paths, through extends, of the nearest tsconfig", (t) => {
  const workspace = newWorkspace(t, {
    "tsconfig.json": '{ "extends": "./base.json" }',
    "base.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    "app/tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./own/*"] } } }',
    "src/a.ts": "",
    "app/own/a.ts": "",
    "app/deep/b.ts": "",
  });
  assert.deepEqual(resolveImport(workspace, "@/a", "src/unit.ts"), { kind: "file", file: "src/a.ts" });
  assert.deepEqual(resolveImport(workspace, "@/a", "app/deep/b.ts"), { kind: "file", file: "app/own/a.ts" });
  assert.equal(tsconfigOf(workspace, "app/deep/b.ts"), "app/tsconfig.json");
  assert.equal(tsconfigOf(workspace, "src/a.ts"), "tsconfig.json");
});

test("a tsconfig above the project root does not count", (t) => {
  const workspace = newWorkspace(t, { "src/a.ts": "" });
  writeFileSync(join(workspace.project.root, "..", "tsconfig.json"), '{ "compilerOptions": { "paths": { "@/*": ["./project/src/*"] } } }');
  assert.equal(tsconfigOf(workspace, "src/a.ts"), undefined);
  assert.throws(() => resolveImport(workspace, "@/a", "src/unit.ts"), VibesafeTypeError);
});

test("packages by the name and version that are installed", (t) => {
  const workspace = newWorkspace(t, {
    "node_modules/zod/package.json": PACKAGE("zod", ', "main": "lib/index.js"'),
    "node_modules/zod/lib/index.js": "",
    // Without name and version: only says what kind of modules lie below it.
    "node_modules/zod/lib/package.json": '{ "type": "module" }',
    "node_modules/alias/package.json": PACKAGE("real"),
    "node_modules/alias/index.js": "",
    "node_modules/@scope/p/package.json": PACKAGE("@scope/p", ', "exports": { "./sub": { "types": "./s.d.ts", "import": "./s.js" } }'),
    "node_modules/@scope/p/s.js": "",
    "node_modules/@scope/p/s.d.ts": "",
    "node_modules/@types/only/package.json": PACKAGE("@types/only", ', "types": "index.d.ts"'),
    "node_modules/@types/only/index.d.ts": "",
    "node_modules/unbuilt/package.json": PACKAGE("unbuilt", ', "types": "index.d.ts", "main": "dist/not-there.js"'),
    "node_modules/unbuilt/index.d.ts": "",
  });
  const found = (specifier: string): unknown => resolveImport(workspace, specifier, "src/unit.ts");
  assert.deepEqual(found("zod"), { kind: "package", name: "zod", version: "1.2.3", manifest: "node_modules/zod/package.json" });
  assert.deepEqual(found("alias"), { kind: "package", name: "real", version: "1.2.3", manifest: "node_modules/alias/package.json" });
  assert.deepEqual(found("@scope/p/sub"), { kind: "package", name: "@scope/p", version: "1.2.3", manifest: "node_modules/@scope/p/package.json" });
  assert.deepEqual(found("only"), { kind: "package", name: "@types/only", version: "1.2.3", manifest: "node_modules/@types/only/package.json" });
  assert.deepEqual(found("unbuilt"), { kind: "package", name: "unbuilt", version: "1.2.3", manifest: "node_modules/unbuilt/package.json" });
  assert.throws(() => found("@scope/p"), VibesafeTypeError);
});

test("the types of a package that another declares, and those that a workspace package has elsewhere", (t) => {
  const workspace = newWorkspace(t, {
    "node_modules/p/package.json": PACKAGE("p"),
    "node_modules/p/index.js": "",
    "node_modules/@types/p/package.json": PACKAGE("@types/p", ', "types": "index.d.ts"'),
    "node_modules/@types/p/index.d.ts": "",
    "packages/ws/package.json": PACKAGE("ws", ', "exports": { "types": "./src/main.ts", "require": "./dist/main.cjs", "import": "./dist/main.js" }'),
    "packages/ws/src/main.ts": "",
    "packages/ws/dist/main.js": "",
    "packages/ws/dist/main.cjs": "",
    "node_modules/ws": "-> ../packages/ws",
  });
  const found = resolveImport(workspace, "p", "src/unit.ts");
  assert.deepEqual(found.kind === "package" && [found.name, found.types?.name, found.types?.manifest], ["p", "@types/p", "node_modules/@types/p/package.json"]);
  assert.deepEqual(resolveImport(workspace, "ws", "src/unit.ts"), { kind: "file", file: "packages/ws/dist/main.js", types: "packages/ws/src/main.ts" });
  assert.deepEqual(resolveImport(workspace, "ws", "src/old.cts"), { kind: "file", file: "packages/ws/dist/main.cjs", types: "packages/ws/src/main.ts" });
});

test("a linked package is files inside the project, a package outside it", (t) => {
  const workspace = newWorkspace(t, {
    "packages/ws/package.json": PACKAGE("ws", ', "exports": "./index.ts"'),
    "packages/ws/index.ts": "",
    "node_modules/ws": "-> ../packages/ws",
  });
  const outside = join(workspace.project.root, "..", "elsewhere");
  mkdirSync(outside);
  writeFileSync(join(outside, "package.json"), PACKAGE("linked", ', "exports": "./index.ts"'));
  writeFileSync(join(outside, "index.ts"), "");
  symlinkSync(outside, join(workspace.project.root, "node_modules/linked"));
  assert.deepEqual(resolveImport(workspace, "ws", "src/unit.ts"), { kind: "file", file: "packages/ws/index.ts" });
  const linked = resolveImport(workspace, "linked", "src/unit.ts");
  assert.ok(linked.kind === "package" && linked.name === "linked" && linked.version === "1.2.3");
  assert.deepEqual(resolveImport(workspace, "../../elsewhere/index.ts", "src/unit.ts"), { kind: "file", file: "../elsewhere/index.ts" });
});

test("rootDirs: what lies beside the importing file goes first, so that its folder's listing tells", (t) => {
  const config = '{ "compilerOptions": { "rootDirs": ["other", "src"] } }';
  const found = (specifier: string, files: Readonly<Record<string, string>>): unknown => resolveImport(newWorkspace(t, { "tsconfig.json": config, ...files }), specifier, "src/unit.ts");
  assert.deepEqual(found("./a", { "src/a.ts": "", "other/a.ts": "" }), { kind: "file", file: "src/a.ts" });
  assert.deepEqual(found("./a.js", { "src/a.js": "", "other/a.ts": "", "other/a.d.ts": "" }), { kind: "file", file: "src/a.js" });
  assert.deepEqual(found("./lib", { "src/lib/index.ts": "", "other/lib.ts": "", "other/lib.d.ts": "" }), { kind: "file", file: "src/lib/index.ts" });
  assert.deepEqual(found("./lib", { "src/a.ts": "", "other/lib.ts": "" }), { kind: "file", file: "other/lib.ts" });
});

test("the package's own imports and its own name", (t) => {
  const workspace = newWorkspace(t, {
    "package.json": PACKAGE("me", ', "imports": { "#lib/*": "./src/*.ts", "#dep": "zod" }, "exports": { "./*": { "import": "./src/*.ts" } }'),
    "src/a.ts": "",
    "node_modules/zod/package.json": PACKAGE("zod"),
    "node_modules/zod/index.js": "",
  });
  assert.deepEqual(resolveImport(workspace, "#lib/a", "src/unit.ts"), { kind: "file", file: "src/a.ts" });
  assert.deepEqual(resolveImport(workspace, "me/a", "src/unit.ts"), { kind: "file", file: "src/a.ts" });
  assert.equal(resolveImport(workspace, "#dep", "src/unit.ts").kind, "package");
});

test("built-ins have one name", (t) => {
  const workspace = newWorkspace(t, {});
  for (const specifier of ["fs", "node:fs"]) assert.deepEqual(resolveImport(workspace, specifier, "src/unit.ts"), { kind: "builtin", name: "node:fs" });
  assert.deepEqual(resolveImport(workspace, "fs/promises", "src/unit.ts"), { kind: "builtin", name: "node:fs/promises" });
});

test("what is not found is named, with file, line and remedy, without the machine's paths", (t) => {
  const workspace = newWorkspace(t, { "package.json": PACKAGE("me") });
  for (const specifier of ["./nope", "../nope.js", "nope", "@scope/nope/x", "#nope", "node:nope", "https://example.com/x.js", "./nope.json"]) {
    assert.throws(
      () => resolveImport(workspace, specifier, "src/unit.ts", 7),
      (error) =>
        error instanceof VibesafeTypeError &&
        error.message.startsWith(`src/unit.ts:7: cannot resolve "${specifier}": `) &&
        !error.message.includes(workspace.project.root) &&
        error.remedy !== "",
      specifier,
    );
  }
});
