/**
 * Whatever production reads is changed while a program starts: before each single file that it opens, and after the last one, between
 * verification and execution. What was changed before it was read is refused, what was changed after it has no effect, and changed code
 * never runs.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs, { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { VibesafeError } from "../../lib/errors.ts";
import { openProject } from "../../lib/project/project.ts";
import { endBurst } from "../../lib/runtime/burst.ts";
import { findById } from "../../lib/runtime/find.ts";
import { start } from "../../lib/runtime/prod.ts";
import { forgetQuickProjects } from "../../lib/runtime/quick-project.ts";
import { forgetBundles } from "../../lib/runtime/sealed.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import type { ObjectId, TreeId } from "../../lib/store/id.ts";
import { readCommit, readTree } from "../../lib/store/read.ts";
import { formatStored } from "../../lib/store/stored.ts";
import { TREE_MODE } from "../../lib/store/tree.ts";
import { tempDir } from "../temp.ts";
import { makeProject, save, type Saved } from "./project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor } from "./helper.ts";
import { times } from "times";

/**
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  const by = times(factor(), 1);
  throw new VibesafeHandled();
});
`;
const HELPER = "export function factor(): number { return 2; }\n";
const CONFIG = '[provider.default]\nkind = "replay"\nseed = 1\n';
const TIMES = '{"name":"times","version":"1.0.0","type":"module","exports":"./index.js"}\n';
const FILES = {
  "vibesafe.toml": CONFIG,
  "prompts/function.njk": "Write {{ name }}\n",
  "src/ops.ts": SPEC,
  "src/helper.ts": HELPER,
  "node_modules/times/package.json": TIMES,
  "node_modules/times/index.js": "export const times = (a, b) => a * b;\n",
  "node_modules/times/index.d.ts": "export declare function times(a: number, b: number): number;\n",
};
const IMPL = "export const double = (n: number): number => n * 2;\n";
const EVIL = '"use strict"; exports.double = () => 666;\n';

const id = parseUnitId("src.ops/double");

/** What is changed, and which errors are right for it. */
interface Target {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly codes: readonly string[];
}

interface Case {
  readonly root: string;
  readonly targets: Readonly<Record<string, Target>>;
}

let cleanUp: (() => void)[] = [];
const cases: Record<string, Case> = {};

before(async () => {
  process.env["VIBESAFE_ENV"] = "prod";
  const t = { after: (clean: () => void) => void cleanUp.push(clean) };
  const root = makeProject(t, FILES);
  const saved = await save(root, "src/ops.ts", "double", IMPL);
  cases["the short way"] = { root, targets: targetsOf(root, saved, ["commit", "root tree", "build/", "checkpoint/", "build/impl.js", "verification.json"]) };

  const old = tempDir(t);
  cpSync(root, old, { recursive: true, verbatimSymlinks: true });
  const again = await save(old, "src/ops.ts", "double", IMPL, { witness: false });
  const every = ["commit", "root tree", "build/", "checkpoint/", "build/impl.js", "checkpoint/impl.ts", "checkpoint/prompt.md", "checkpoint/spec.cbor", "provenance.json", "verification.json"];
  cases["the long way"] = { root: old, targets: targetsOf(old, again, every) };

  const bundled = tempDir(t);
  cpSync(root, bundled, { recursive: true, verbatimSymlinks: true });
  const { bytes } = makeBundle(createWorkspace(openProject(bundled)));
  writeFileSync(join(bundled, "vibesafe.bundle"), bytes);
  rmSync(join(bundled, ".vibesafe"), { recursive: true });
  cases["a bundle beside sources"] = { root: bundled, targets: { ...sources(bundled), ...bundleTargets(bundled) } };

  const alone = tempDir(t);
  writeFileSync(join(alone, "vibesafe.bundle"), bytes);
  cases["a bundle alone"] = { root: alone, targets: bundleTargets(alone) };
});
after(() => cleanUp.forEach((clean) => clean()));

function sources(root: string): Record<string, Target> {
  const target = (file: string, text: string): Target => ({ path: join(root, file), bytes: Buffer.from(text), codes: ["HASH_MISMATCH"] });
  return {
    spec: target("src/ops.ts", SPEC.replace("double(n: number)", "double(n: string)")),
    helper: target("src/helper.ts", HELPER.replace("return 2", "return 3")),
    configuration: target("vibesafe.toml", CONFIG.replace("seed = 1", "seed = 2")),
    template: target("prompts/function.njk", "Write {{ name }}!\n"),
    "version of a package": target("node_modules/times/package.json", TIMES.replace("1.0.0", "1.0.1")),
  };
}

/** Objects replaced by others that inflate and parse, and have another hash. */
function targetsOf(root: string, { store, commitId, unit }: Saved, names: readonly string[]): Record<string, Target> {
  const found = new Map<string, ObjectId>([["commit", commitId]]);
  const walk = (tree: TreeId, path: string): void => {
    found.set(path === "" ? "root tree" : path, tree);
    for (const entry of readTree(store, tree)) {
      if (entry.mode === TREE_MODE) walk(entry.id as TreeId, `${path}${entry.name}/`);
      else found.set(`${path}${entry.name}`, entry.id);
    }
  };
  walk(readCommit(store, commitId).tree, "");
  const object = (name: string): Target => {
    const hex = found.get(name) ?? assert.fail(name);
    const type = name === "commit" ? "commit" : name.endsWith("/") || name === "root tree" ? "tree" : "blob";
    const content = Buffer.from(name === "build/impl.js" ? EVIL : "another content\n");
    const bytes = formatStored([Buffer.from(`${type} ${content.length}\0`), content]);
    return { path: join(store.dir, "objects", hex.slice(0, 2), hex.slice(2)), bytes, codes: ["HASH_MISMATCH"] };
  };
  return {
    ref: { path: join(store.dir, unitRef(unit)), bytes: Buffer.from(`${"1".repeat(64)}\n`), codes: ["STORE_BROKEN"] },
    ...Object.fromEntries(names.map((name) => [name, object(name)])),
    ...sources(root),
  };
}

function bundleTargets(root: string): Record<string, Target> {
  const path = join(root, "vibesafe.bundle");
  const whole = readFileSync(path);
  const at = (text: string): number => {
    const found = whole.indexOf(text);
    assert.notEqual(found, -1, text);
    return found;
  };
  const flipped = (offset: number): Target => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
    return { path, bytes, codes: ["HASH_MISMATCH", "STORE_BROKEN"] };
  };
  return {
    "index of the bundle": flipped(at('"units"') + 20),
    "code in the bundle": flipped(at('"use strict"') + 14),
    "witness in the bundle": flipped(at('"witness": {') + 2),
    "commit in the bundle": flipped(at("Vibesafe-Unit: ") + 16),
    "seal of the bundle": flipped(20),
  };
}

/** Calls `step` before each file that is opened below `root`; gives the paths in order. */
function watched<T>(root: string, step: (path: string) => void, body: () => T): T {
  const { openSync, readFileSync: read } = fs;
  let inside = false;
  const tell = (path: unknown): void => {
    const file = path instanceof URL ? path.pathname : path;
    if (!inside && typeof file === "string" && file.startsWith(root)) {
      inside = true;
      try {
        step(file);
      } finally {
        inside = false;
      }
    }
  };
  const wrap = (original: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]): unknown {
      tell(args[0]);
      const before = inside;
      inside = true;
      try {
        return Reflect.apply(original, this, args);
      } finally {
        inside = before;
      }
    };
  Object.assign(fs, { openSync: wrap(openSync), readFileSync: wrap(read) });
  syncBuiltinESMExports();
  try {
    return body();
  } finally {
    Object.assign(fs, { openSync, readFileSync: read });
    syncBuiltinESMExports();
  }
}

type Outcome = { readonly result: unknown } | { readonly error: VibesafeError };

/** What a start of the program does; `between` is called when the unit is verified and not yet run. */
function load(root: string, between: () => void = () => {}): Outcome {
  forgetQuickProjects();
  forgetBundles();
  endBurst();
  try {
    const found = findById(id, root);
    assert.ok("code" in found);
    between();
    return { result: Reflect.apply(start(found.code, { name: "double", length: 1 }), undefined, [21]) };
  } catch (error) {
    if (error instanceof VibesafeError) return { error };
    throw error;
  }
}

function replace(path: string, bytes: Uint8Array): void {
  if (existsSync(path)) chmodSync(path, 0o644);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

for (const name of ["the short way", "the long way", "a bundle beside sources", "a bundle alone"]) {
  test(`${name}: what is changed at any moment of a start`, () => {
    const { root, targets } = cases[name] ?? assert.fail(name);
    const opened: string[] = [];
    assert.deepEqual(watched(root, (path) => void opened.push(path), () => load(root)), { result: 42 });
    const moments = opened.length;
    assert.ok(moments >= 1);
    for (const [what, { path, bytes, codes }] of Object.entries(targets)) {
      const first = opened.indexOf(path);
      const last = opened.lastIndexOf(path);
      const original = readFileSync(path);
      for (let moment = 0; moment <= moments; moment++) {
        let step = 0;
        const tamper = (): void => {
          if (step++ === moment) replace(path, bytes);
        };
        const outcome = watched(root, tamper, () => load(root, tamper));
        replace(path, original);
        const where = `${name}, ${what}, before opening ${opened[moment] ?? "nothing more"}: ${"error" in outcome ? String(outcome.error) : ""}`;
        // The resolver reads some files by itself, so one that is not seen here is read at an unknown moment.
        if (last !== -1 && moment > last) assert.deepEqual(outcome, { result: 42 }, where);
        else if (first !== -1 && moment <= first) assert.ok("error" in outcome, where);
        if ("error" in outcome) {
          assert.ok(codes.includes(outcome.error.code), where);
          assert.notEqual(outcome.error.remedy, "", where);
          // Of a bundle whose list of units is broken nobody knows what it holds.
          if (!/^(?:index|seal) of the bundle$/.test(what)) assert.equal(outcome.error.unit, id, where);
        } else assert.equal(outcome.result, 42, where);
      }
    }
    assert.deepEqual(load(root), { result: 42 });
  });
}

test("another process swaps files all the while: a start gives the verified code or an error", async (t) => {
  const { root, targets } = cases["the short way"] ?? assert.fail();
  const swapped = ["build/impl.js", "ref", "spec", "helper"].map((name) => targets[name] ?? assert.fail(name));
  const script = join(tempDir(t), "swap.mjs");
  const plan = swapped.map(({ path, bytes }) => [path, [readFileSync(path).toString("base64"), Buffer.from(bytes).toString("base64")]]);
  for (const { path } of swapped) chmodSync(path, 0o644);
  writeFileSync(
    script,
    `import { renameSync, writeFileSync } from "node:fs";
const plan = ${JSON.stringify(plan)};
const put = (path, text) => { writeFileSync(path + ".new", Buffer.from(text, "base64")); renameSync(path + ".new", path); };
process.on("SIGTERM", () => { for (const [path, [good]] of plan) put(path, good); process.exit(0); });
process.stdout.write("ready");
let turn = 0;
const swap = () => { const [path, texts] = plan[turn % plan.length]; put(path, texts[1]); put(path, texts[0]); turn++; setImmediate(swap); };
swap();
`,
  );
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  let [good, refused] = [0, 0];
  for (let i = 0; i < Number(process.env["VIBESAFE_RUNS"] ?? 150); i++) {
    const outcome = load(root);
    if ("error" in outcome) refused += 1;
    else {
      assert.equal(outcome.result, 42);
      good += 1;
    }
  }
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("close", resolve));
  assert.ok(good > 0, `${good} good, ${refused} refused`);
  assert.deepEqual(load(root), { result: 42 });
});
