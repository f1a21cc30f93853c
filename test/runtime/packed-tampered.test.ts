/**
 * A store whose objects lie in a pack and whose refs lie in `packed-refs`, as gc leaves it, ours or git's: bytes of it are changed, and
 * production runs the verified code or refuses.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { VibesafeError } from "../../lib/errors.ts";
import { endBurst } from "../../lib/runtime/burst.ts";
import { findById } from "../../lib/runtime/find.ts";
import { start } from "../../lib/runtime/prod.ts";
import { forgetQuickProjects } from "../../lib/runtime/quick-project.ts";
import { forgetBundles } from "../../lib/runtime/sealed.ts";
import { parseUnitId } from "../../lib/spec/unit-id.ts";
import { gc } from "../../lib/store/gc.ts";
import type { CommitId, ObjectId, TreeId } from "../../lib/store/id.ts";
import { readCommit, readTree } from "../../lib/store/read.ts";
import { openStore } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { makeProject, save, type Saved } from "./project.ts";

const id = parseUnitId("src.ops/double");
const spec = (name: string): string => `/**\n * >>> ${name}(2)\n */\nexport const ${name} = vibesafe.func(function ${name}(n: number): number {\n  throw new VibesafeHandled();\n});\n`;

const roots: Record<string, string> = {};
let elsewhere: string;
let double: Saved;
let twice: Saved;
const cleanUp: (() => void)[] = [];

before(async () => {
  process.env["VIBESAFE_ENV"] = "prod";
  const t = { after: (clean: () => void) => void cleanUp.push(clean) };
  const loose = makeProject(t, { "src/ops.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";\n\n${spec("double")}\n${spec("twice")}` });
  double = await save(loose, "src/ops.ts", "double", "export const double = (n: number): number => n * 2;\n");
  twice = await save(loose, "src/ops.ts", "twice", "export const twice = (n: number): number => n * 666;\n");
  const copy = (): string => {
    const root = tempDir(t);
    cpSync(loose, root, { recursive: true, verbatimSymlinks: true });
    return root;
  };
  roots["vibe gc"] = copy();
  gc(openStore(join(roots["vibe gc"], ".vibesafe")), { packRefs: true });
  const byGit = copy();
  const { status } = spawnSync("git", ["--git-dir", join(byGit, ".vibesafe"), "gc", "--quiet", "--prune=now"], { env: { PATH: process.env["PATH"], HOME: byGit, GIT_CONFIG_NOSYSTEM: "1" } });
  if (status === 0) roots["git gc"] = byGit;
  elsewhere = copy();
  gc(openStore(join(elsewhere, ".vibesafe")));
});
after(() => cleanUp.forEach((clean) => clean()));

/** What a start answers. */
function answer(root: string): { result?: unknown; error?: VibesafeError } {
  forgetQuickProjects();
  forgetBundles();
  endBurst();
  try {
    const found = findById(id, root);
    assert.ok("code" in found);
    return { result: Reflect.apply(start(found.code, { name: "double", length: 1 }), undefined, [21]) };
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    assert.notEqual(error.remedy, "");
    return { error };
  }
}

function filesOf(root: string): string[] {
  const store = join(root, ".vibesafe");
  return readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/hooks|logs/.test(entry.parentPath))
    .map(({ parentPath, name }) => join(parentPath, name));
}

function put(path: string, bytes: Uint8Array): void {
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}

const RIGHT = ["HASH_MISMATCH", "STORE_BROKEN", "CHECKPOINT_MISSING"];

/** Bytes of each file that are tried. */
const SAMPLES = Number(process.env["VIBESAFE_RUNS"] ?? 30);

for (const by of ["vibe gc", "git gc"]) {
  test(`a byte changed anywhere in a store after ${by}`, async (t) => {
    const root = roots[by];
    if (root === undefined) return t.skip("needs git with SHA-256");
    assert.deepEqual(answer(root), { result: 42 });
    const files = filesOf(root);
    const refused = new Map<string, number>();
    for (const path of files) {
      // Packs of stores that are done with are closed between two turns.
      await setImmediate();
      const whole = readFileSync(path);
      const kind = /\.pack$|\.idx$|packed-refs$/.exec(path)?.[0] ?? "";
      // Of the others, which production does not read or which say little, a few.
      const step = Math.max(1, whole.length / (kind === "" ? Math.min(5, SAMPLES) : SAMPLES));
      for (let at = 0; at < whole.length; at += step) {
        const bytes = Buffer.from(whole);
        bytes[Math.floor(at)] = (bytes[Math.floor(at)] ?? 0) ^ (1 << Math.floor(at) % 8);
        put(path, bytes);
        const { result, error } = answer(root);
        const where: string = `${relative(root, path)} at ${Math.floor(at)}: ${String(error)}`;
        if (error === undefined) assert.equal(result, 42, where);
        else assert.ok(RIGHT.includes(error.code) || kind === "", where);
        if (error !== undefined) refused.set(kind, (refused.get(kind) ?? 0) + 1);
      }
      for (const length of [0, Math.floor(whole.length / 2), whole.length - 1]) {
        put(path, whole.subarray(0, length));
        const { result, error } = answer(root);
        if (kind !== "") assert.ok(error !== undefined && RIGHT.includes(error.code), `${relative(root, path)} cut to ${length}: ${String(error)}`);
        else if (error === undefined) assert.equal(result, 42);
      }
      put(path, whole);
    }
    for (const kind of [".pack", ".idx", "packed-refs"]) assert.ok((refused.get(kind) ?? 0) > 0, kind);
    assert.deepEqual(answer(root), { result: 42 });
  });
}

function copyOf(t: { after(clean: () => void): void }): { root: string; store: string; stem: string } {
  const root = tempDir(t);
  cpSync(roots["vibe gc"] ?? assert.fail(), root, { recursive: true, verbatimSymlinks: true });
  const store = join(root, ".vibesafe");
  return { root, store, stem: stemIn(store) };
}

function stemIn(store: string): string {
  const [pack = assert.fail(), ...more] = readdirSync(join(store, "objects", "pack")).filter((name) => name.endsWith(".pack"));
  assert.deepEqual(more, []);
  return join(store, "objects", "pack", pack.slice(0, -".pack".length));
}

function buildOf({ store: { dir } }: Saved, root: string, commit: CommitId): ObjectId {
  const store = openStore(dir.endsWith(".vibesafe") ? join(root, ".vibesafe") : dir);
  const entry = (tree: TreeId, name: string): ObjectId => readTree(store, tree).find((each) => each.name === name)?.id ?? assert.fail(name);
  return entry(entry(readCommit(store, commit).tree, "build") as TreeId, "impl.js");
}

test("an index that gives one object for another", (t) => {
  const { root, stem } = copyOf(t);
  const idx = readFileSync(`${stem}.idx`);
  const count = idx.readUInt32BE(8 + 255 * 4);
  const namesAt = 8 + 1024;
  const rank = (name: string): number => Array.from({ length: count }, (_, i) => idx.toString("hex", namesAt + i * 32, namesAt + (i + 1) * 32)).indexOf(name);
  const offsetAt = (name: string): number => namesAt + count * 32 + count * 4 + rank(name) * 4;
  const [mine, other] = [double, twice].map((saved) => offsetAt(buildOf(saved, root, saved.commitId)));
  assert.ok(mine !== undefined && other !== undefined && mine !== other);
  const [a, b] = [idx.readUInt32BE(mine), idx.readUInt32BE(other)];
  idx.writeUInt32BE(b, mine);
  idx.writeUInt32BE(a, other);
  createHash("sha256").update(idx.subarray(0, -32)).digest().copy(idx, idx.length - 32);
  put(`${stem}.idx`, idx);
  const { error } = answer(root);
  assert.deepEqual([error?.code, error?.unit], ["HASH_MISMATCH", id]);
});

test("another whole pack in the place of the pack, with and without its index", async (t) => {
  const { root, stem } = copyOf(t);
  const other = makeProject(t, { "src/ops.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";\n\n${spec("double")}` });
  await save(other, "src/ops.ts", "double", "export const double = (): number => 666;\n");
  gc(openStore(join(other, ".vibesafe")));
  const from = stemIn(join(other, ".vibesafe"));
  for (const [end, message] of [[".pack", /not the pack of its index|its index/], [".idx", /is missing/]] as const) {
    rmSync(`${stem}${end}`);
    copyFileSync(`${from}${end}`, `${stem}${end}`);
    const { error } = answer(root);
    assert.deepEqual([error?.code, error?.unit], ["STORE_BROKEN", id]);
    assert.match(error?.message ?? "", message);
  }
});

test("packed refs that lead to the save of another unit, or nowhere", (t) => {
  const { root, store } = copyOf(t);
  const path = join(store, "packed-refs");
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, whole.replaceAll(double.commitId, twice.commitId));
  assert.deepEqual([answer(root).error?.code, answer(root).error?.unit], ["HASH_MISMATCH", id]);
  writeFileSync(path, whole.replaceAll(double.commitId, "1".repeat(64)));
  assert.equal(answer(root).error?.code, "STORE_BROKEN");
  writeFileSync(path, whole.replaceAll(/^.*double\n/gm, ""));
  assert.equal(answer(root).error?.code, "CHECKPOINT_MISSING");
});

test("alternates that lead elsewhere give what hashes to its name, or nothing", (t) => {
  const { root, store, stem } = copyOf(t);
  const alternates = join(store, "objects", "info", "alternates");
  mkdirSync(dirname(alternates), { recursive: true });
  for (const end of [".pack", ".idx"]) renameSync(`${stem}${end}`, join(root, `gone${end}`));
  const lead = (folder: string): ReturnType<typeof answer> => {
    writeFileSync(alternates, `${folder}\n`);
    return answer(root);
  };
  assert.deepEqual([lead(join(root, "nowhere")).error?.code, lead(join(root, "nowhere")).error?.unit], ["STORE_BROKEN", id]);
  assert.deepEqual(lead(join(elsewhere, ".vibesafe", "objects")), { result: 42 });
  const evil = tempDir(t);
  const commit = double.commitId;
  mkdirSync(join(evil, commit.slice(0, 2)));
  copyFileSync(join(double.store.dir, "objects", twice.commitId.slice(0, 2), twice.commitId.slice(2)), join(evil, commit.slice(0, 2), commit.slice(2)));
  assert.equal(lead(evil).error?.code, "HASH_MISMATCH");
});
