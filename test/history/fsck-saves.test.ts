import assert from "node:assert/strict";
import { test } from "node:test";
import { BUILD_VERSIONS, buildImpl } from "../../lib/generate/build.ts";
import { checkSaves } from "../../lib/history/fsck-saves.ts";
import { candidateRef, parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import type { SaveParts } from "../../lib/spec/checkpoint.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import type { Store } from "../../lib/store/store.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { formatTree } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { PLAIN } from "../spec/maps.ts";
import { PARTS, PROVENANCE, VERIFICATION, WHO, writeSave } from "../spec/saves.ts";
import { newStore } from "../store/git.ts";
import { VERSION } from "../../lib/version.ts";

const UNIT = parseUnitId(`examples.math.ops/${PLAIN.name}`);
const IMPL = `export function ${PLAIN.name}(a: string, b: string): string {\n  return a + b;\n}\n`;

async function sound(): Promise<SaveParts> {
  const { js: buildJs } = await buildImpl(IMPL);
  const provider = { ...PROVENANCE.provider, kind: PLAIN.provider.kind };
  return { ...PARTS, impl: IMPL, buildJs, provenance: { ...PROVENANCE, vibesafe: VERSION, provider, versions: { ...BUILD_VERSIONS } } };
}

function point(store: Store, name: string, to: CommitId): void {
  updateRefs(store, [{ name, to }], { who: WHO, message: "test" });
}

async function kinds(store: Store): Promise<string[]> {
  assert.deepEqual(fsck(store).problems, [], "git would find nothing");
  return (await checkSaves(store)).map(({ kind, detail }) => `${kind}: ${detail}`);
}

test("a sound save has no problem, nor has a commit of somebody's own", async (t) => {
  const store = newStore(t);
  point(store, unitRef(UNIT), writeSave(store, await sound(), { unit: UNIT }).commitId);
  const tree = writeObject(store, "tree", formatTree([]));
  point(store, "refs/heads/notes", writeObject(store, "commit", formatCommit({ tree, parents: [], author: WHO, committer: WHO, message: "mine\n" })));
  assert.deepEqual(await kinds(store), []);
});

const FAULTS: readonly (readonly [string, RegExp, (parts: SaveParts) => Partial<SaveParts>])[] = [
  ["a build of other code", /^foreign-build: build\/impl\.js is not what impl\.ts compiles to$/, () => ({ buildJs: "module.exports = {};\n" })],
  ["a build that was touched by one byte", /^foreign-build: /, ({ buildJs }) => ({ buildJs: buildJs.replace("a + b", "a - b") })],
  ["an older vibesafe's build of other code", /^foreign-build: .*source/, ({ provenance }) => ({ provenance: { ...provenance, vibesafe: "0.0.1" }, buildJs: "module.exports = {};\n" })],
  ["code that exports another name", /^parts-disagree: its impl\.ts does not export/, () => ({ impl: "export const other = 1;\n" })],
  ["code that does not parse", /^parts-disagree: its impl\.ts is no TypeScript$/, () => ({ impl: "export const = ;\n" })],
  ["another provider", /^parts-disagree: its provenance\.json says provider command/, ({ provenance }) => ({ provenance: { ...provenance, provider: { ...provenance.provider, kind: "command" } } })],
  ["gates that do not add up", /^parts-disagree: its verification\.json/, () => ({ verification: { ...VERIFICATION, gates: VERIFICATION.gates.map((gate) => ({ ...gate, passed: false })) } })],
  ["gates that did not pass", /^wrong-save: leads to .* did not pass its gates$/, () => ({ verification: { ...VERIFICATION, passed: false, gates: VERIFICATION.gates.map((gate) => ({ ...gate, passed: false })) } })],
  ["no verification", /^wrong-save: leads to .* is a candidate$/, () => ({ verification: undefined })],
  ["a spec that is no CBOR", /^bad-save: /, () => ({ spec: Buffer.from("spec") })],
];

for (const [name, expected, change] of FAULTS) {
  test(`found, though every object is whole: ${name}`, async (t) => {
    const store = newStore(t);
    const parts = await sound();
    point(store, unitRef(UNIT), writeSave(store, { ...parts, ...change(parts) }, { unit: UNIT }).commitId);
    const found = await kinds(store);
    assert.ok(found.some((problem) => expected.test(problem)), found.join("\n"));
  });
}

test("an older vibesafe's build is let pass where it carries the source", async (t) => {
  const store = newStore(t);
  const parts = await sound();
  const provenance = { ...parts.provenance, vibesafe: "0.0.1" };
  const buildJs = `"use strict"; /* as another esbuild wrote it */\n${parts.buildJs}`;
  point(store, unitRef(UNIT), writeSave(store, { ...parts, provenance, buildJs }, { unit: UNIT }).commitId);
  assert.deepEqual(await kinds(store), []);
});

test("found: a save under another unit's ref, a tree that lacks a part, a snapshot of what are not its parents, also in history alone", async (t) => {
  const store = newStore(t);
  const parts = await sound();
  const { commitId } = writeSave(store, parts, { unit: UNIT });
  const other = parseUnitId("examples.math.ops/other");
  point(store, unitRef(other), commitId);
  const lacking = writeObject(store, "tree", formatTree([]));
  const bad = writeSave(store, parts, { unit: UNIT, treeId: lacking }).commitId;
  point(store, unitRef(UNIT), bad);
  point(store, unitRef(UNIT), commitId);
  point(store, candidateRef(UNIT), commitId);
  const units = writeObject(store, "blob", Buffer.from(`{\n  "${UNIT}": "${commitId}"\n}\n`));
  const tree = writeObject(store, "tree", formatTree([{ mode: "100644", name: "units.json", id: units }]));
  point(store, "refs/tags/v1", writeObject(store, "commit", formatCommit({ tree, parents: [bad], author: WHO, committer: WHO, message: "v1\n" })));
  const found = await kinds(store);
  assert.equal(found.length, 3, found.join("\n"));
  assert.match(found[0] ?? "", /^bad-save: commit [0-9a-f]{64} is no save of vibesafe: its tree has no build\//);
  assert.match(found[1] ?? "", /^bad-snapshot: .*which is no parent of it/);
  assert.match(found[2] ?? "", /^wrong-save: leads to [0-9a-f]{64}, a save of examples\.math\.ops\//);
});
