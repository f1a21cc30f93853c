import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { VibesafeConfigError, VibesafeTypeError, VibesafeUsageError } from "../../lib/errors.ts";
import { endBurst } from "../../lib/runtime/burst.ts";
import type { CallSite } from "../../lib/runtime/call-site.ts";
import { unitAt as unitInTurn, unitNamed, type Stub, type Unit } from "../../lib/runtime/unit.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import { tempDir } from "../temp.ts";
import { makeProject, writeFiles } from "./project.ts";

const ARROWS = `import { vibesafe, VibesafeHandled } from "vibesafe";

export const one = vibesafe.func((n: number): number => {
  throw new VibesafeHandled();
});

export const two = vibesafe
  .func({ allow: [] },
    (n: number): number => {
      throw new VibesafeHandled();
    });

export const three = vibesafe.func(function three(n: number): number {
  throw new VibesafeHandled();
});
`;

function at(file: string, line: number, column = 1): CallSite {
  endBurst();
  return { file, esm: true, script: pathToFileURL(file).href, line, column };
}

/** Of a program that begins with this call. */
function unitAt(site: CallSite | { readonly script: string }, stub: Stub): Unit {
  return unitInTurn(site, stub, new Map());
}

test("a name of its own, else the place of the call, tells the unit", (t) => {
  const root = makeProject(t, { "src/a.ts": ARROWS });
  const file = join(root, "src", "a.ts");
  const turns = new Map();
  const arrow = { name: "", fn: () => {} };
  const idAt = (line: number, column: number, stub: Stub = arrow): string => unitInTurn(at(file, line, column), stub, turns).id;
  assert.equal(idAt(13, 23, { name: "three" }), "src.a/three");
  for (const column of [20, 29, 34]) assert.equal(idAt(3, column), "src.a/one");
  for (const [line, column] of [[7, 20], [8, 4], [9, 5]] as const) assert.equal(idAt(line, column), "src.a/two");
  assert.throws(() => idAt(1, 1), (error) => error instanceof VibesafeUsageError && /src\/a\.ts:1: cannot tell which spec/.test(error.message) && /name/.test(error.remedy));
  for (const place of [[3, 19], [3, 35], [20, 1], [0, 0]] as const) assert.throws(() => idAt(place[0], place[1]), VibesafeUsageError, String(place));
  // In another text of the file nothing was called yet.
  writeFiles(root, { "src/a.ts": `${ARROWS}// said\n` });
  assert.throws(() => idAt(8, 4), VibesafeUsageError);
  assert.deepEqual([idAt(3, 29), idAt(8, 4)], ["src.a/one", "src.a/two"]);
  // A broken spec may be the one that is called, unless it comes later.
  writeFiles(root, { "src/a.ts": ARROWS.replace("one = vibesafe.func((n: number)", "one = vibesafe.func((n)") });
  assert.throws(() => idAt(8, 4), VibesafeTypeError);
  writeFiles(root, { "src/a.ts": ARROWS.replace("    (n: number): number", "    (n): number") });
  assert.equal(idAt(3, 29), "src.a/one");
});

test("the only function without a name needs no line", (t) => {
  const root = makeProject(t, { "a.ts": ARROWS.replace(/export const two[^]*?\}\);\n/, "") });
  assert.equal(unitAt(at(join(root, "a.ts"), 1), { name: "", fn: () => {} }).id, "a/one");
  // What stands there otherwise could be the one that has a name in the source.
  const unnamed = function () {};
  Object.defineProperty(unnamed, "name", { value: "" });
  assert.throws(() => unitAt(at(join(root, "a.ts"), 1), { name: "", fn: unnamed }), VibesafeUsageError);
  // Not where another function without a name is broken: it could be that one that is called.
  writeFiles(root, { "a.ts": ARROWS.replace("    (n: number): number", "    (n): number") });
  assert.throws(() => unitAt(at(join(root, "a.ts"), 8), { name: "" }), VibesafeTypeError);
});

test("the project is the nearest above the file's real place", (t) => {
  const root = makeProject(t, { "packages/inner/vibesafe.toml": "", "packages/inner/src/a.ts": ARROWS });
  const elsewhere = tempDir(t);
  symlinkSync(join(root, "packages", "inner"), join(elsewhere, "link"), "junction");
  const unit = unitAt(at(join(elsewhere, "link", "src", "a.ts"), 13), { name: "three" });
  assert.deepEqual([unit.id, unit.file], ["src.a/three", "src/a.ts"]);
  writeFileSync(join(elsewhere, "a.ts"), ARROWS);
  assert.throws(() => unitAt(at(join(elsewhere, "a.ts"), 13), { name: "three" }), VibesafeConfigError);
});

test("the unit option names the file where a bundler hides it", (t) => {
  const root = makeProject(t, { "src/my.ops.ts": ARROWS, "dist/bundle.js": "" });
  const bundle = at(join(root, "dist", "bundle.js"), 1);
  const unit = unitAt(bundle, { name: "b3", unit: "src.my.ops/three" });
  assert.deepEqual([unit.id, unit.file, unit.importer.file], ["src.my.ops/three", "src/my.ops.ts", join(root, "src", "my.ops.ts")]);
  assert.throws(() => unitAt(bundle, { name: "three" }), (error) => error instanceof VibesafeUsageError && /bundle\.js has no source map/.test(error.message));
  assert.throws(() => unitAt(bundle, { name: "", unit: "src.nowhere/three" }), VibesafeUsageError);
  assert.throws(() => unitAt(bundle, { name: "", unit: "three" }), VibesafeUsageError);
});

test("two files of one module path are an error that names both", (t) => {
  const root = makeProject(t, { "a.b.ts": ARROWS, "a/b.ts": ARROWS });
  assert.throws(() => unitNamed(parseUnitId("a.b/three"), root), (error) => error instanceof VibesafeUsageError && /a\.b\.ts/.test(error.message) && /a\/b\.ts/.test(error.message));
});

test("a compiled file stands for its source", (t) => {
  const root = makeProject(t, { "src/a.ts": ARROWS });
  const map = { version: 3, sources: ["../src/a.ts"], names: [], mappings: "AAEA" };
  writeFiles(root, { "dist/a.js": "x();\n//# sourceMappingURL=a.js.map\n", "dist/a.js.map": JSON.stringify(map) });
  const unit = unitAt(at(join(root, "dist", "a.js"), 1), { name: "" });
  assert.deepEqual([unit.id, unit.file, unit.importer.file], ["src.a/one", "src/a.ts", join(root, "dist", "a.js")]);
  mkdirSync(join(root, "lone"));
  writeFiles(root, { "lone/a.js": "x();\n//# sourceMappingURL=a.js.map\n", "lone/a.js.map": JSON.stringify({ ...map, sources: ["gone.ts"] }) });
  assert.throws(() => unitAt(at(join(root, "lone", "a.js"), 1), { name: "f" }), /was compiled from .*gone\.ts, which is not there/);
});

test("a call from no file says so", () => {
  assert.throws(() => unitAt({ script: "REPL1" }, { name: "f" }), (error) => error instanceof VibesafeUsageError && /REPL1/.test(error.message));
});

test("in compiled code the line and the name are of one unit, digits of a compiler aside", (t) => {
  const root = makeProject(t, { "src/a.ts": ARROWS });
  writeFiles(root, { "dist/a.js": "x();\n//# sourceMappingURL=a.js.map\n", "dist/a.js.map": JSON.stringify({ version: 3, sources: ["../src/a.ts"], names: [], mappings: "AAYA" }) });
  const compiled = at(join(root, "dist", "a.js"), 1);
  for (const name of ["three", "three2", "three$1", ""]) assert.equal(unitAt(compiled, { name }).id, "src.a/three", name);
  assert.throws(() => unitAt(compiled, { name: "one" }), /src\/a\.ts:13: no spec of the name one begins there: the JavaScript was not compiled from this source/);
});

test("an unknown name in a source that runs as it is stays what it says", (t) => {
  const root = makeProject(t, { "src/a.ts": ARROWS });
  assert.equal(unitAt(at(join(root, "src", "a.ts"), 1), { name: "gone" }).id, "src.a/gone");
});
