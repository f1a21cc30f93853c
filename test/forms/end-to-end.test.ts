/**
 * Methods and tagged declarations through every command, into production, and back out where the spec was edited.
 */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { project, read, step, vibe, write } from "../cli/vibe.ts";
import { runProgram, type Ran } from "../runtime/project.ts";
import { FORMS, IDS } from "./projects.ts";

const SHIM = "__generated__/src/text.ts";
const OUTPUT = "12 5 [ 1, 2, 3 ] 2 4 xx 9 ABAB\n";


const prod = (folder: string): Ran => runProgram(folder, "main.ts", { VIBESAFE_ENV: "prod" });

function edit(folder: string, file: string, from: string, to: string): () => void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  assert.ok(text.includes(from), from);
  writeFileSync(path, text.replace(from, to));
  return () => writeFileSync(path, text);
}

test("scan, compile, test, save, run, and refuse", async (t) => {
  const folder = project(t, FORMS);

  const missing = await vibe(folder, ["check", "src/text.ts", "--json"]);
  assert.equal(missing.status, 1);
  assert.match(missing.out, /__generated__\/src\/text\.ts is missing; run `vibe scan --write-shims`/);
  const unresolved = await vibe(folder, ["scan"]);
  assert.match(unresolved.err, /\.\.\/__generated__\/src\/text\.ts/, "title imports a shim that is not there yet");

  await vibe(folder, ["scan", "--write-shims"]);
  const scanned = (await vibe(folder, ["scan", "--write-shims", "--json"])).json();
  assert.deepEqual(scanned.units.map(({ id }) => id), IDS);

  await step(folder, 0, "compile");
  await step(folder, 0, "test");
  await step(folder, 0, "save", "-m", "forms");
  assert.match(read(folder, "spec-tests/src.shape/Shape.area.test.mjs"), /testUnit\("src\.shape\/Shape\.area"/);

  const ran = prod(folder);
  assert.equal(ran.stderr, "");
  assert.equal(ran.stdout, `${OUTPUT}true [] twice 1\n`);
  assert.equal(runProgram(folder, "main.ts", {}).stdout.split("\n")[0], OUTPUT.trim(), "dev");

  const harmless = edit(folder, "src/shape.ts", "return 4 * this.width;", "return this.width + 3 * this.width;");
  assert.equal(prod(folder).stdout.split("\n")[0], OUTPUT.trim(), "the body of another method is none of a unit's business");
  harmless();

  const refused: readonly (readonly [string, string, string, RegExp])[] = [
    ["src/shape.ts", "readonly width: number;", "readonly width: number | 0;", /VibesafeHashMismatch: src\.shape\/Shape\.of [\s\S]*Modified dependency Shape in src\/shape/],
    ["src/text.ts", "twice(value: string): string;", "twice(value: string): 'xx';", /VibesafeHashMismatch: src\.t(?:ext\/twice|itle\/title) /],
  ];
  for (const [file, from, to, expected] of refused) {
    const undo = edit(folder, file, from, to);
    const { status, stdout, stderr } = prod(folder);
    assert.deepEqual([status, stdout], [1, ""], to);
    assert.match(stderr, expected);
    undo();
  }
  const why = edit(folder, "src/text.ts", "twice(value: string): string;", "twice(value: string): 'xx';");
  const diff = await vibe(folder, ["diff", "src.text/twice"]);
  assert.match(diff.out, /Added overload: function twice\(value: string\): "xx"/);
  why();
});

test("the bare stub says where its shim is", (t) => {
  const folder = project(t, { ...FORMS, "bare.ts": 'import { twice } from "./src/text.ts";\ntry { twice(1); } catch (error) { console.log(String(error)); }\n' });
  assert.match(runProgram(folder, "bare.ts").stdout, /^VibesafeHandled: .*import it from __generated__\/src\/text\.ts, which `vibe scan --write-shims` writes/);
});

test("shims follow the sources, and nothing else is touched", async (t) => {
  const folder = project(t, { ...FORMS, "__generated__/own.ts": "export const mine = 1;\n" });
  const first = await vibe(folder, ["scan", "--write-shims", "--json"]);
  assert.match(first.out, /"path": "__generated__\/src\/text\.ts",\s+"status": "written"/);
  const text = read(folder, SHIM);
  await vibe(folder, ["scan", "--write-shims"]);
  assert.equal(read(folder, SHIM), text);

  const broken = edit(folder, "src/text.ts", "export function twice(value: number): number;", "export function twice(value: number: number;");
  await vibe(folder, ["scan", "--write-shims"]);
  assert.equal(read(folder, SHIM), text, "a file that does not parse now keeps its shim");
  broken();

  const renamed = edit(folder, "src/text.ts", "async function first", "async function eldest");
  write(folder, { "src/text.ts": read(folder, "src/text.ts").replace("first([7, 8])", "eldest([7, 8])") });
  const stale = await vibe(folder, ["check", "--json"]);
  assert.match(stale.out, /__generated__\/src\/text\.ts is not what its specs make now/);
  await vibe(folder, ["scan", "--write-shims"]);
  assert.match(read(folder, SHIM), /export const eldest: typeof spec\.eldest/);
  renamed();

  const untagged = read(folder, "src/text.ts").replaceAll("@vibesafe", "");
  write(folder, { "src/text.ts": untagged });
  const removed = await vibe(folder, ["scan", "--write-shims"]);
  assert.match(removed.out, /removed __generated__\/src\/text\.ts/);
  assert.throws(() => read(folder, SHIM), { code: "ENOENT" });
  assert.equal(read(folder, "__generated__/own.ts"), "export const mine = 1;\n");

  write(folder, { "src/text.ts": FORMS["src/text.ts"] ?? "", [SHIM]: "export const twice = 1;\n" });
  const foreign = await vibe(folder, ["scan", "--write-shims"]);
  assert.equal(foreign.status, 2);
  assert.match(foreign.err, /__generated__\/src\/text\.ts was not written by `vibe scan --write-shims`/);
  assert.equal(read(folder, SHIM), "export const twice = 1;\n");
});
