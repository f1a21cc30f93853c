/**
 * Whatever production reads is changed, one thing at a time: the generated code never runs, and the error says what is wrong.
 * `prod.test.ts` shows the same from outside, in programs of their own.
 */

import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  VibesafeCheckpointMissing,
  type VibesafeError,
  VibesafeHashMismatch,
  VibesafeStoreError,
  VibesafeTypeError,
  type VibesafeErrorOptions,
} from "../../lib/errors.ts";
import { endBurst } from "../../lib/runtime/burst.ts";
import { verifiedCode } from "../../lib/runtime/full.ts";
import { start as run } from "../../lib/runtime/prod.ts";
import { unitNamed } from "../../lib/runtime/unit.ts";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { readCommit, readTree } from "../../lib/store/read.ts";
import { openStore } from "../../lib/store/store.ts";
import { TREE_MODE } from "../../lib/store/tree.ts";
import type { ObjectId, TreeId } from "../../lib/store/id.ts";
import { tempDir } from "../temp.ts";
import { makeProject, pointRef, save, writeFiles, type Saved } from "./project.ts";

const SPEC = `import { vibesafe, VibesafeHandled } from "vibesafe";
import { factor } from "./helper.ts";
import { times } from "times";

/**
 * Doubles.
 *
 * >>> double(2)
 * 4
 */
export const double = vibesafe.func(function double(n: number): number {
  times(factor(), 1);
  throw new VibesafeHandled();
});

/**
 * Halves.
 *
 * >>> half(2)
 * 1
 */
export const half = vibesafe.func(function half(n: number): number {
  throw new VibesafeHandled();
});
`;

const FILES = {
  "package.json": '{"type":"module","dependencies":{"times":"1.0.0"}}\n',
  "vibesafe.toml": '[provider.default]\nkind = "replay"\nseed = 1\n',
  "prompts/function.njk": "Write {{ name }}\n",
  "src/ops.ts": SPEC,
  "src/helper.ts": "export function factor(): number { return 2; }\n",
  "node_modules/times/package.json": '{"name":"times","version":"1.0.0","type":"module","exports":"./index.js"}\n',
  "node_modules/times/index.js": "export const times = (a, b) => a * b;\n",
  "node_modules/times/index.d.ts": "export declare function times(a: number, b: number): number;\n",
};

const DOUBLE = `import { times } from "times";
import { factor } from "./helper.ts";
Object.defineProperty(factor, "generatedCodeRan", { value: true });
export function double(n: number): number { times(factor(), 1); return n * factor(); }
`;

let template: string;
let saved: Saved;
let half: Saved;
let cleanUp = (): void => {};

before(async () => {
  template = makeProject({ after: (clean) => (cleanUp = clean) }, FILES);
  half = await save(template, "src/ops.ts", "half", "export function half(n: number): number { return n / 2; }\n");
  saved = await save(template, "src/ops.ts", "double", DOUBLE);
});
after(() => cleanUp());

function copy(t: { after(clean: () => void): void }): string {
  const root = tempDir(t);
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  return root;
}

interface Outcome {
  readonly error: unknown;
  /** Its first result. */
  readonly result: unknown;
}

/** What importing the spec does in production; any code that was not verified would return something else. */
function start(root: string): Outcome {
  endBurst();
  try {
    const double = run(verifiedCode(unitNamed(parseUnitId("src.ops/double"), root)), { name: "double", length: 1 });
    return { result: Reflect.apply(double, undefined, [21]), error: undefined };
  } catch (error) {
    return { error, result: undefined };
  }
}

type ErrorClass = new (message: string, options: VibesafeErrorOptions) => VibesafeError;

function refused({ error, result }: Outcome, Kind: ErrorClass, message: RegExp): void {
  assert.equal(result, undefined);
  if (!(error instanceof Kind)) throw error;
  assert.equal(error.unit, "src.ops/double");
  assert.match(`${error.message}\n${error.remedy}`, message);
  assert.notEqual(error.remedy, "");
}

/** Every object that the start of the program reads, with what it is. */
function objectsOf(root: string, { commitId }: Saved): Map<string, ObjectId> {
  const store = openStore(join(root, ".vibesafe"));
  const found = new Map<string, ObjectId>([["commit", commitId]]);
  const walk = (id: TreeId, path: string): void => {
    found.set(path === "" ? "root tree" : path, id);
    for (const entry of readTree(store, id)) {
      const name = `${path}${entry.name}`;
      if (entry.mode === TREE_MODE) walk(entry.id as TreeId, `${name}/`);
      else found.set(name, entry.id);
    }
  };
  walk(readCommit(store, commitId).tree, "");
  return found;
}

const objectFile = (root: string, id: ObjectId): string => join(root, ".vibesafe", "objects", id.slice(0, 2), id.slice(2));

test("untouched, it runs", (t) => {
  assert.deepEqual(start(copy(t)), { result: 42, error: undefined });
});

test("one flipped byte in any object that is read", (t) => {
  const root = copy(t);
  const objects = objectsOf(root, saved);
  assert.deepEqual(
    [...objects.keys()].sort(),
    ["build/", "build/impl.js", "checkpoint/", "checkpoint/impl.ts", "checkpoint/prompt.md", "checkpoint/spec.cbor", "commit", "provenance.json", "root tree", "verification.json"],
  );
  for (const [what, id] of objects) {
    const path = objectFile(root, id);
    const whole = readFileSync(path);
    const flipped = Buffer.from(whole);
    const at = flipped.length - 6;
    flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
    rmSync(path);
    writeFileSync(path, flipped);
    const { result, error } = start(root);
    assert.equal(result, undefined, what);
    // A flipped bit of a compressed object is most often one that no longer inflates: damage of the store, or else of the content.
    assert.ok(error instanceof VibesafeStoreError || error instanceof VibesafeHashMismatch, `${what}: ${String(error)}`);
    assert.equal(error.unit, "src.ops/double");
    assert.match(error.message, new RegExp(`${id}|${id.slice(2)}`), what);
    rmSync(path);
    writeFileSync(path, whole);
  }
  assert.equal(start(root).result, 42);
});

test("an object replaced by another whole one", (t) => {
  const root = copy(t);
  const mine = objectsOf(root, saved).get("build/impl.js");
  const other = objectsOf(root, half).get("build/impl.js");
  assert.ok(mine !== undefined && other !== undefined);
  const path = objectFile(root, mine);
  rmSync(path);
  cpSync(objectFile(root, other), path);
  refused(start(root), VibesafeHashMismatch, new RegExp(mine));
});

test("an object that is gone", (t) => {
  const root = copy(t);
  rmSync(objectFile(root, saved.commitId));
  refused(start(root), VibesafeStoreError, new RegExp(`${saved.commitId} is missing`));
});

test("no ref, and no store at all: the commands that mend it", (t) => {
  const root = copy(t);
  pointRef(openStore(join(root, ".vibesafe")), unitRef(saved.unit), null);
  const commands = /run `vibe compile --target src\.ops\/double`, then `vibe save --target src\.ops\/double`/;
  refused(start(root), VibesafeCheckpointMissing, commands);
  rmSync(join(root, ".vibesafe"), { recursive: true });
  refused(start(root), VibesafeCheckpointMissing, commands);
});

test("a ref that holds no id", (t) => {
  const root = copy(t);
  writeFileSync(join(root, ".vibesafe", unitRef(saved.unit)), `${saved.commitId.slice(0, 63)}\n`);
  refused(start(root), VibesafeStoreError, /refs\/units/);
});

test("the save of another unit in the ref", (t) => {
  const root = copy(t);
  pointRef(openStore(join(root, ".vibesafe")), unitRef(saved.unit), half.commitId);
  refused(start(root), VibesafeHashMismatch, /a save of src\.ops\/half/);
});

test("a tree or a blob in the ref instead of a commit", (t) => {
  const root = copy(t);
  writeFileSync(join(root, ".vibesafe", unitRef(saved.unit)), `${saved.treeId}\n`);
  refused(start(root), VibesafeStoreError, /is a tree, not a commit/);
});

test("a candidate, a save without examples, and one whose gates failed", async (t) => {
  const root = copy(t);
  const gate = { name: "examples", passed: false, tool: "vibesafe", version: "0", durationMs: 1, details: [] };
  await save(root, "src/ops.ts", "double", DOUBLE, { verification: null });
  refused(start(root), VibesafeCheckpointMissing, /a candidate that was never saved/);
  await save(root, "src/ops.ts", "double", DOUBLE, { verification: { unverified: "the spec has no example" } });
  refused(start(root), VibesafeCheckpointMissing, /the spec has no example/);
  await save(root, "src/ops.ts", "double", DOUBLE, { verification: { passed: false, gates: [gate] } });
  refused(start(root), VibesafeCheckpointMissing, /its gates did not pass/);
  await save(root, "src/ops.ts", "double", DOUBLE, { verification: { gates: [gate] } });
  refused(start(root), VibesafeCheckpointMissing, /its gates did not pass/);
});

test("a candidate beside the save changes nothing", async (t) => {
  const root = copy(t);
  await save(root, "src/ops.ts", "double", "export function double(): number { return 666; }\n", {
    ref: "candidate",
    verdict: { passed: true, unverified: false },
  });
  assert.equal(start(root).result, 42);
});

const CHANGES: Readonly<Record<string, { readonly files: Readonly<Record<string, string>>; readonly cause: RegExp }>> = {
  "the signature": {
    files: { "src/ops.ts": SPEC.replace("double(n: number)", "double(n: number | bigint)") },
    cause: /Modified parameter annotation: n: number -> number \| bigint/,
  },
  "an example": { files: { "src/ops.ts": SPEC.replace("double(2)\n * 4", "double(2)\n * 5") }, cause: /example/i },
  "pre-hole code": { files: { "src/ops.ts": SPEC.replace("times(factor(), 1);", "times(factor(), 2);") }, cause: /pre-hole code/ },
  "a helper": { files: { "src/helper.ts": "export function factor(): number { return 3; }\n" }, cause: /factor/ },
  "the template": { files: { "prompts/function.njk": "Write {{ name }}!\n" }, cause: /Template changed/ },
  "the configuration": { files: { "vibesafe.toml": FILES["vibesafe.toml"].replace("seed = 1", "seed = 2") }, cause: /Seed: 1 -> 2/ },
  "the version of a package": {
    files: { "node_modules/times/package.json": FILES["node_modules/times/package.json"].replace("1.0.0", "1.0.1") },
    cause: /times/,
  },
};

for (const [what, { files, cause }] of Object.entries(CHANGES)) {
  test(`the spec as deployed is not the one that was saved: ${what}`, (t) => {
    const root = copy(t);
    writeFiles(root, files);
    const outcome = start(root);
    refused(outcome, VibesafeHashMismatch, cause);
    assert.match(String(outcome.error), new RegExp(`current [0-9a-f]{64}, expected ${saved.specHash}`));
  });
}

test("comments and layout may change", (t) => {
  const root = copy(t);
  writeFiles(root, { "src/ops.ts": `// deployed\n${SPEC.replace("times(factor(), 1);", "times( factor(), 1 )  // why")}` });
  assert.equal(start(root).result, 42);
});

test("a spec that is broken, or gone", (t) => {
  const root = copy(t);
  writeFiles(root, { "src/ops.ts": SPEC.replace("export const half", "export const half =") });
  assert.ok(start(root).error instanceof VibesafeTypeError);
  writeFiles(root, { "src/ops.ts": SPEC.replaceAll("double", "triple") });
  assert.match(String(start(root).error), /src\/ops\.ts has no spec src\.ops\/double/);
});
