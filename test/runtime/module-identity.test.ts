/**
 * Generated code and the spec's file must see one instance of each module, whatever loads TypeScript. The fixture is a program that
 * is started as users start theirs; the suite runs it on the Node that runs the suite, `npm run test:node-matrix` on the others.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { tempDir } from "../temp.ts";

const evaluateTs = new URL("../../lib/runtime/evaluate.ts", import.meta.url);
const tsx = import.meta.resolve("tsx");
const stripsTypes = Reflect.get(process.features, "typescript") === "strip";

const POINT = `export class Point { x: number; constructor(x: number) { this.x = x; } }
export let loads = 0;
loads++;
(globalThis as Record<string, unknown>)["pointLoads"] = 1 + Number((globalThis as Record<string, unknown>)["pointLoads"] ?? 0);
`;

const DUAL = {
  "node_modules/dual/package.json": JSON.stringify({ name: "dual", version: "1.0.0", exports: { import: "./a.mjs", require: "./a.cjs" } }),
  "node_modules/dual/a.mjs": "export class Dual {}\n",
  "node_modules/dual/a.cjs": "exports.Dual = class Dual {};\n",
};

/** What the build makes of generated code: CommonJS. */
const IMPL = transformSync(
  `import { Point } from "./lib/point.ts";
import { Dual } from "dual";
import { basename } from "node:path";
import path from "node:path";
export function make(x: number): unknown[] { return [new Point(x), new Dual(), basename(path.join("a", "b"))]; }
`,
  { loader: "ts", format: "cjs", target: "es2022" },
).code;

/** The spec's file. It asks for the code while it is being loaded, as `vibesafe.func` does in prod. */
const MAIN = `import { Point } from "./lib/point.ts";
import { Dual } from "dual";
import { callSiteOf } from "EVALUATE/../call-site.ts";
import { evaluateEarly } from "EVALUATE/../evaluate.ts";
function site() { return callSiteOf(site); }
const at = site();
if (!("file" in at)) throw new Error(at.script);
const make = evaluateEarly({ unit: "main/make", name: "make", checkpoint: "0".repeat(64), js: JS, importer: at });
const [point, dual, name] = (make as (x: number) => unknown[])(3);
console.log(JSON.stringify({ point: point instanceof Point, dual: dual instanceof Dual, name, loads: (globalThis as Record<string, unknown>)["pointLoads"] }));
`;

const SAME = { point: true, dual: true, name: "b", loads: 1 };

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function run(cwd: string, args: readonly string[]): unknown {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

function fixture(t: { after(cleanUp: () => void): void }, manifest: string, evaluate: URL): string {
  const root = tempDir(t);
  const main = MAIN.replaceAll("EVALUATE/..", new URL(".", evaluate).href.replace(/\/$/, "")).replace("JS", () => JSON.stringify(IMPL));
  write(root, { "package.json": manifest, "lib/point.ts": POINT, "main.ts": main, ...DUAL });
  return root;
}

test("tsx, ES modules", (t) => {
  assert.deepEqual(run(fixture(t, '{"type":"module"}', evaluateTs), ["--import", tsx, "main.ts"]), SAME);
});

test("tsx, a package without type (CommonJS)", (t) => {
  assert.deepEqual(run(fixture(t, "{}", evaluateTs), ["--import", tsx, "main.ts"]), SAME);
});

test("node's own type stripping", { skip: !stripsTypes && "this Node strips no types" }, (t) => {
  assert.deepEqual(run(fixture(t, '{"type":"module"}', evaluateTs), ["main.ts"]), SAME);
});

test("a program compiled to JavaScript, sources left behind or not", (t) => {
  const root = fixture(t, '{"type":"module"}', evaluateTs);
  // Compiled beside its sources, and to a folder of its own; generated code still says "./lib/point.ts".
  for (const out of [root, join(root, "dist")]) {
    const toJs = (text: string) => transformSync(text, { loader: "ts", format: "esm", target: "es2022" }).code.replaceAll("./lib/point.ts", "./lib/point.js");
    const main = MAIN.replaceAll("EVALUATE/..", new URL(".", evaluateTs).href.replace(/\/$/, ""));
    write(out, { "lib/point.js": toJs(POINT), "main.js": toJs(main.replace("JS", "IMPL")).replace("IMPL", () => JSON.stringify(IMPL)) });
    // tsx is there for our own sources only: it leaves JavaScript as it is.
    assert.deepEqual(run(root, ["--import", tsx, join(out, "main.js")]), SAME);
  }
});

test("asking for a module that is not loaded loads nothing", (t) => {
  const root = tempDir(t);
  write(root, {
    "package.json": '{"type":"module"}',
    "later.ts": "console.log('loaded'); export const x = 1;\n",
    "main.ts": `import { loadedInstance } from ${JSON.stringify(new URL("es-instance.ts", evaluateTs).href)};
const file = ${JSON.stringify(join(root, "later.ts"))};
console.log(String(loadedInstance(file)));
const first = await import(${JSON.stringify(pathToFileURL(join(root, "later.ts")).href)});
console.log(loadedInstance(file) === first);
`,
  });
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, "main.ts"], { cwd: root, encoding: "utf8" });
  assert.equal(stdout, "undefined\nloaded\ntrue\n", stderr);
});
