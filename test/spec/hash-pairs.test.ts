/**
 * The corpus of `pairs/`: what changes H_spec (`different`) and what does not (`same`), one small project pair for each fact.
 */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { openProject } from "../../lib/project/project.ts";
import { explainChanges } from "../../lib/spec/explain.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import type { HashedSpec } from "../../lib/spec/types.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";
import { readPair, writeProject, type Entry } from "./pair-file.ts";

const corpus = fileURLToPath(new URL("pairs", import.meta.url));

function hashIn(root: string, files: ReadonlyMap<string, Entry>): HashedSpec {
  writeProject(root, files);
  const workspace = createWorkspace(openProject(root));
  const { specs, problems } = readSpecs(workspace, "src/unit.ts");
  assert.deepEqual(problems.map(({ error }) => error.message), []);
  const [spec] = specs;
  assert.ok(spec !== undefined && specs.length === 1, "src/unit.ts holds one unit");
  return hashSpec(workspace, spec);
}

function both(t: TestContext, path: string): { before: HashedSpec; after: HashedSpec; says: readonly string[] } {
  const pair = readPair(path);
  // Two folders of unlike names: where a project lies is never part of its hashes.
  const root = tempDir(t);
  return {
    before: hashIn(join(root, "before"), pair.before),
    after: hashIn(join(root, "and", "then"), pair.after),
    says: pair.says,
  };
}

for (const name of readdirSync(join(corpus, "same")).sort()) {
  test(`same: ${name.replace(/\.pair$/, "")}`, (t) => {
    const { before, after } = both(t, join(corpus, "same", name));
    assert.deepEqual(after.map, before.map);
    assert.equal(after.specHash, before.specHash);
  });
}

for (const name of readdirSync(join(corpus, "different")).sort()) {
  test(`different: ${name.replace(/\.pair$/, "")}`, (t) => {
    const { before, after, says } = both(t, join(corpus, "different", name));
    assert.notEqual(after.specHash, before.specHash, JSON.stringify(before.map, undefined, 1));
    const texts = explainChanges(before.map, after.map).map(({ text }) => text);
    assert.notDeepEqual(texts, []);
    for (const text of says) assert.ok(texts.includes(text), `${text}\nnot in\n${texts.join("\n")}`);
  });
}
