/**
 * Saves that are whole, every object under its right name, and yet nothing that production may run: whoever looks, by the short way that
 * parses nothing or by the long one, refuses them. A store that anybody may write to can hold any of these.
 */

import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openProject } from "../../lib/project/project.ts";
import { VibesafeError } from "../../lib/errors.ts";
import { endBurst } from "../../lib/runtime/burst.ts";
import { findById } from "../../lib/runtime/find.ts";
import { start } from "../../lib/runtime/prod.ts";
import { forgetQuickProjects } from "../../lib/runtime/quick-project.ts";
import { formatBundle, type BundledObject } from "../../lib/spec/bundle.ts";
import { makeBundle } from "../../lib/spec/make-bundle.ts";
import { forgetBundles } from "../../lib/runtime/sealed.ts";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { formatCommit, parseCommit } from "../../lib/store/commit.ts";
import type { BlobId, CommitId, ObjectId, TreeId } from "../../lib/store/id.ts";
import { readBlob, readCommit, readObject, readTree } from "../../lib/store/read.ts";
import { formatTree, parseTree, TREE_MODE, type TreeEntry } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { VERSION } from "../../lib/version.ts";
import { tempDir } from "../temp.ts";
import { makeProject, pointRef, save, writeFiles, type Saved } from "./project.ts";

const id = parseUnitId("src.ops/double");

const spec = (name: string): string =>
  `/**\n * >>> ${name}(2)\n * 4\n */\nexport const ${name} = vibesafe.func(function ${name}(n: number): number {\n  throw new VibesafeHandled();\n});\n`;

let template: string;
let saved: Saved;
let twice: Saved;
let cleanUp = (): void => {};

before(async () => {
  process.env["VIBESAFE_ENV"] = "prod";
  template = makeProject({ after: (clean) => (cleanUp = clean) }, { "src/ops.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";\n\n${spec("double")}\n${spec("twice")}` });
  twice = await save(template, "src/ops.ts", "twice", "export const twice = (n: number): number => n + n;\n");
  saved = await save(template, "src/ops.ts", "double", "export const double = (n: number): number => n * 2;\n");
});
after(() => cleanUp());

function answer(root: string): unknown {
  forgetQuickProjects();
  forgetBundles();
  endBurst();
  const found = findById(id, root);
  assert.ok("code" in found);
  return Reflect.apply(start(found.code, { name: "double", length: 1 }), undefined, [21]);
}

function refusal(root: string): string {
  try {
    return `ran: ${String(answer(root))}`;
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    assert.notEqual(error.remedy, "");
    return `${error.code} ${error.message}`;
  }
}

interface Parts {
  readonly message?: (text: string) => string;
  /** Edits a folder of the save, `""` for its root. */
  readonly folder?: Readonly<Record<string, (entries: readonly TreeEntry[]) => readonly TreeEntry[]>>;
  readonly verification?: (text: string) => string;
  readonly js?: string;
}

/** A save like `saved` but for some parts, active. */
function forge(root: string, { message = (text) => text, folder = {}, verification, js }: Parts): void {
  const { store } = openedCopy(root);
  const commit = readCommit(store, saved.commitId);
  const blob = (text: string): BlobId => writeObject(store, "blob", Buffer.from(text));
  const edit = (tree: TreeId, path: string): TreeId => {
    const entries = readTree(store, tree).map((entry): TreeEntry => {
      const place = `${path}${entry.name}`;
      if (entry.mode === TREE_MODE) return { ...entry, id: edit(entry.id as TreeId, `${place}/`) };
      if (place === "verification.json" && verification !== undefined) return { ...entry, id: blob(verification(Buffer.from(readBlob(store, entry.id as BlobId)).toString("utf8"))) };
      return place === "build/impl.js" && js !== undefined ? { ...entry, id: blob(js) } : entry;
    });
    return writeObject(store, "tree", formatTree([...(folder[path]?.(entries) ?? entries)]));
  };
  const tree = edit(commit.tree, "");
  pointRef(store, unitRef(id), writeObject(store, "commit", formatCommit({ ...commit, tree, message: message(commit.message) })));
}

function openedCopy(root: string): Saved {
  return { ...saved, store: { ...saved.store, dir: join(root, ".vibesafe") } };
}

const json = (edit: (value: Record<string, unknown>) => void) => (text: string): string => {
  const value: Record<string, unknown> = JSON.parse(text);
  edit(value);
  return JSON.stringify(value);
};

const ODD: Readonly<Record<string, readonly [Parts, RegExp]>> = {
  "it names another spec": [{ message: (text) => text.replace(/(Vibesafe-Spec: )[0-9a-f]{4}/, "$10000") }, /^HASH_MISMATCH .*its Vibesafe-Spec says 0000/],
  "it names another checkpoint": [{ message: (text) => text.replace(/(Vibesafe-Checkpoint: )[0-9a-f]{4}/, "$10000") }, /^HASH_MISMATCH .*its Vibesafe-Checkpoint says 0000/],
  "it names another unit": [{ message: (text) => text.replace("src.ops/double", "src.ops/twice") }, /^HASH_MISMATCH .*a save of src\.ops\/twice/],
  "it names no unit": [{ message: (text) => text.replace(/Vibesafe-Unit: .*\n/, "") }, /^HASH_MISMATCH /],
  "its gates failed": [{ verification: json((value) => (value["gates"] = [{ name: "examples", passed: false, tool: "x", version: "0", durationMs: 1, details: [] }])) }, /^CHECKPOINT_MISSING .*its gates did not pass/],
  "it did not pass": [{ verification: json((value) => (value["passed"] = false)) }, /^CHECKPOINT_MISSING .*its gates did not pass/],
  "it is unverified": [{ verification: json((value) => (value["unverified"] = "no example")) }, /^CHECKPOINT_MISSING .*no example/],
  "it was never verified": [{ folder: { "": (entries) => entries.filter(({ name }) => name !== "verification.json") } }, /^CHECKPOINT_MISSING .*a candidate that was never saved/],
  "it holds a file more": [{ folder: { "build/": (entries) => [...entries, ...entries.map((entry) => ({ ...entry, name: "other.js" }))] } }, /^HASH_MISMATCH .*build\/other\.js/],
  "its code is a link": [{ folder: { "build/": (entries) => entries.map((entry) => ({ ...entry, mode: "120000" as TreeEntry["mode"] })) } }, /^HASH_MISMATCH .*mode 120000/],
};

for (const [what, [parts, expected]] of Object.entries(ODD)) {
  test(`a save is refused: ${what}`, (t) => {
    const root = tempDir(t);
    cpSync(template, root, { recursive: true, verbatimSymlinks: true });
    assert.equal(answer(root), 42);
    forge(root, parts);
    assert.match(refusal(root), expected);
  });
}

test("a blob where a tree belongs, under its right name", (t) => {
  const root = tempDir(t);
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  forge(root, { folder: { "": (entries) => entries.map((entry) => (entry.name === "build" ? { ...entry, id: entries.find(({ name }) => name === "provenance.json")?.id ?? entry.id } : entry)) } });
  assert.match(refusal(root), /^(?:STORE_BROKEN|HASH_MISMATCH) /);
});

test("a blob that holds the bytes of a tree is none", (t) => {
  const root = tempDir(t);
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  const { store } = openedCopy(root);
  const asBlob = (tree: ObjectId): ObjectId => writeObject(store, "blob", readObject(store, tree).payload);
  for (const name of ["build", "checkpoint"]) {
    forge(root, { folder: { "": (entries) => entries.map((entry) => (entry.name === name ? { ...entry, id: asBlob(entry.id) } : entry)) } });
    assert.match(refusal(root), /^(?:STORE_BROKEN|HASH_MISMATCH) /, name);
  }
});

test("a witness of another version proves nothing: the spec is parsed", (t) => {
  const root = tempDir(t);
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  // A witness that lists no file holds for every source.
  const empty = (vibesafe: string) => json((value) => (value["witness"] = { ...(value["witness"] as object), vibesafe, files: {}, imports: [] }));
  forge(root, { verification: empty("0.0.0") });
  assert.equal(answer(root), 42);
  writeFiles(root, { "src/ops.ts": `import { vibesafe, VibesafeHandled } from "vibesafe";\n\n${spec("double").replace("4", "5")}` });
  assert.match(refusal(root), /^HASH_MISMATCH src\.ops\/double is not the spec that was saved/);
});

test("a bundle that gives a unit the save of another", (t) => {
  const root = tempDir(t);
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  const { units } = makeBundle(createWorkspace(openProject(root)));
  const store = openedCopy(root).store;
  const whole = units.map((unit) => ({ ...unit, commit: twice.commitId, objects: reachable(twice.commitId) }));
  function reachable(commit: CommitId): BundledObject[] {
    const found = new Map<ObjectId, BundledObject>();
    const read = (object: ObjectId): Uint8Array => {
      found.set(object, { id: object, ...readObject(store, object) });
      return readObject(store, object).payload;
    };
    const walk = (tree: TreeId): void => {
      for (const entry of parseTree(read(tree))) {
        if (entry.mode === TREE_MODE) walk(entry.id as TreeId);
        else read(entry.id);
      }
    };
    walk(parseCommit(read(commit)).tree);
    return [...found.values()];
  }
  writeFileSync(join(root, "vibesafe.bundle"), formatBundle(VERSION, whole));
  assert.match(refusal(root), /^HASH_MISMATCH the bundle, sealed by vibesafe .*, has no save of src\.ops\/double that may run/);
  const alone = tempDir(t);
  cpSync(join(root, "vibesafe.bundle"), join(alone, "vibesafe.bundle"));
  assert.match(refusal(alone), /^HASH_MISMATCH the bundle gives a save of src\.ops\/twice for src\.ops\/double/);
});

test("a bundle alone asks for the packages that were frozen, where they are installed", async (t) => {
  const root = tempDir(t);
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  const packages = { "node_modules/dep": { name: "dep", version: "1.0.0", integrity: null, dependencies: {} } };
  const dependencies = { lockfile: { uri: "package-lock.json", digest: { sha256: "0".repeat(64) } }, direct: { dep: "node_modules/dep" }, packages };
  await save(root, "src/ops.ts", "double", "export const double = (n: number): number => n * 2;\n", { verification: { dependencies } });
  const installed = (folder: string, version: string): void => writeFiles(folder, { "node_modules/dep/package.json": JSON.stringify({ name: "dep", version }) });
  installed(root, "1.0.0");
  const alone = tempDir(t);
  writeFileSync(join(alone, "vibesafe.bundle"), makeBundle(createWorkspace(openProject(root))).bytes);
  for (const version of [undefined, "1.0.0"]) {
    if (version !== undefined) installed(alone, version);
    assert.equal(answer(alone), 42, version);
  }
  installed(alone, "1.0.1");
  assert.match(refusal(alone), /^HASH_MISMATCH src\.ops\/double was verified with other packages than are installed/);
});
