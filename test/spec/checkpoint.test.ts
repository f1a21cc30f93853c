import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { formatJson } from "../../lib/spec/checkpoint/json.ts";
import { decodeSpecMap, encodeSpecMap } from "../../lib/spec/checkpoint/spec.ts";
import { encodeCheckpoint, encodeSaveTree, formatSaveMessage, isVerified, readSave } from "../../lib/spec/checkpoint.ts";
import { explainChanges } from "../../lib/spec/explain.ts";
import { parseProvenance, parseVerification } from "../../lib/spec/checkpoint/provenance.ts";
import { encodeCbor } from "../../lib/store/cbor.ts";
import { hashObject, type TreeId } from "../../lib/store/id.ts";
import { initStore } from "../../lib/store/init.ts";
import type { Store } from "../../lib/store/store.ts";
import { FILE_MODE, formatTree, parseTree } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { anyMap, PLAIN } from "./maps.ts";
import { PARTS, PROVENANCE, UNIT, VERIFICATION, writeSave } from "./saves.ts";

function newStore(t: { after(cleanUp: () => void): void }): Store {
  return initStore(join(tempDir(t), ".vibesafe"));
}

function git(store: Store, ...args: string[]): string {
  return execFileSync("git", ["--git-dir", store.dir, ...args], { encoding: "utf8", env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" } });
}

test("a save reads back as it was written", (t) => {
  const store = newStore(t);
  const { commitId, checkpointHash } = writeSave(store, PARTS);
  const save = readSave(store, commitId);
  assert.equal(save.unit, UNIT);
  assert.equal(save.checkpointHash, checkpointHash);
  assert.equal(save.specHash, hashObject("blob", PARTS.spec));
  assert.deepEqual(save.spec, PLAIN);
  assert.equal(save.impl, PARTS.impl);
  assert.equal(save.prompt, PARTS.prompt);
  assert.equal(save.buildJs, PARTS.buildJs);
  assert.deepEqual(save.provenance, PROVENANCE);
  assert.deepEqual(save.verification, VERIFICATION);
  assert.equal(isVerified(save), true);
});

test("read lazily, a save is the same, and a part that is gone is missed when it is asked for", (t) => {
  const store = newStore(t);
  const { commitId } = writeSave(store, PARTS);
  assert.deepEqual({ ...readSave(store, commitId, { lazily: true }) }, readSave(store, commitId));
  const blob = hashObject("blob", new TextEncoder().encode(PARTS.prompt));
  rmSync(join(store.dir, "objects", blob.slice(0, 2), blob.slice(2)));
  const save = readSave(store, commitId, { lazily: true });
  assert.equal(save.impl, PARTS.impl);
  assert.throws(() => save.prompt, VibesafeStoreError);
  assert.throws(() => readSave(store, commitId), VibesafeStoreError);
});

test("git reads the tree, the blobs and the trailers of a save", (t) => {
  const store = newStore(t);
  const { commitId, checkpointHash } = writeSave(store, PARTS);
  assert.equal(git(store, "fsck", "--strict", "--full", "--no-dangling").trim(), "");
  assert.equal(
    git(store, "ls-tree", "-r", "--name-only", commitId),
    "build/impl.js\ncheckpoint/impl.ts\ncheckpoint/prompt.md\ncheckpoint/spec.cbor\nprovenance.json\nverification.json\n",
  );
  assert.equal(git(store, "rev-parse", `${commitId}:checkpoint`).trim(), checkpointHash);
  assert.equal(git(store, "show", `${commitId}:checkpoint/impl.ts`), PARTS.impl);
  assert.equal(git(store, "log", "-1", "--format=%(trailers:key=Vibesafe-Unit,valueonly)", commitId).trim(), UNIT);
  assert.equal(git(store, "log", "-1", "--format=%(trailers:key=Vibesafe-Checkpoint,valueonly)", commitId).trim(), checkpointHash);
});

test("H_chk is what an independent hash of git's framing gives, and does not move", () => {
  const object = (type: string, payload: Uint8Array): Uint8Array =>
    sha256(Buffer.concat([Buffer.from(`${type} ${payload.length}\0`), payload]));
  const entry = (name: string, payload: Uint8Array): Uint8Array => Buffer.concat([Buffer.from(`100644 ${name}\0`), object("blob", payload)]);
  const tree = Buffer.concat([
    entry("impl.ts", Buffer.from(PARTS.impl)),
    entry("prompt.md", Buffer.from(PARTS.prompt)),
    entry("spec.cbor", PARTS.spec),
  ]);
  const { checkpointHash } = encodeCheckpoint(PARTS);
  assert.equal(checkpointHash, bytesToHex(object("tree", tree)));
  // Time, usage and verdict lie outside H_chk.
  assert.equal(encodeSaveTree({ ...PARTS, provenance: { ...PROVENANCE, startedAt: "2027-01-01T00:00:00Z" }, verification: undefined }).checkpointHash, checkpointHash);
});

test("a candidate has no verification and is not verified", (t) => {
  const store = newStore(t);
  const save = readSave(store, writeSave(store, { ...PARTS, verification: undefined }).commitId);
  assert.equal(save.verification, undefined);
  assert.equal(isVerified(save), false);
});

test("a gate that failed, or code marked unverified, is not verified", (t) => {
  const store = newStore(t);
  const [gate] = VERIFICATION.gates;
  assert.ok(gate !== undefined);
  for (const verification of [
    { ...VERIFICATION, passed: false },
    { ...VERIFICATION, unverified: "no example" },
    { ...VERIFICATION, gates: [{ ...gate, passed: false }] },
  ]) {
    assert.equal(isVerified(readSave(store, writeSave(store, { ...PARTS, verification }).commitId)), false);
  }
});

test("trailers that name another spec, checkpoint or nothing are refused", (t) => {
  const store = newStore(t);
  const { checkpointHash } = encodeCheckpoint(PARTS);
  const specHash = hashObject("blob", PARTS.spec);
  const foreign = hashObject("tree", formatTree([]));
  const good = { unit: UNIT, specHash, checkpointHash };
  for (const message of [
    "no trailers\n",
    formatSaveMessage("m", { ...good, checkpointHash: foreign }),
    formatSaveMessage("m", { ...good, specHash: hashObject("blob", new Uint8Array()) }),
    `${formatSaveMessage("m", good).trimEnd()}\nVibesafe-Unit: other/unit\n`,
    formatSaveMessage("m", good).replace(UNIT, "no unit"),
    `${formatSaveMessage("m", good)}\nA last paragraph without trailers.\n`,
  ]) {
    assert.throws(() => readSave(store, writeSave(store, PARTS, { message }).commitId), VibesafeHashMismatch, message);
  }
});

test("a person's message cannot forge a trailer", (t) => {
  const store = newStore(t);
  const { checkpointHash } = encodeCheckpoint(PARTS);
  const message = formatSaveMessage("Fix\n\nVibesafe-Unit: evil/unit", { unit: UNIT, specHash: hashObject("blob", PARTS.spec), checkpointHash });
  assert.equal(readSave(store, writeSave(store, PARTS, { message }).commitId).unit, UNIT);
});

test("a part absent, a part too many, a file where a folder belongs: refused", (t) => {
  const store = newStore(t);
  const { treeId, objects } = encodeSaveTree(PARTS);
  for (const { type, payload } of objects) writeObject(store, type, payload);
  const root = parseTree(objects.at(-1)?.payload ?? new Uint8Array());
  const blob = writeObject(store, "blob", new Uint8Array([1]));
  const bad: TreeId[] = [
    ...root.filter(({ name }) => name !== "verification.json").map(({ name }) => writeObject(store, "tree", formatTree(root.filter((one) => one.name !== name)))),
    writeObject(store, "tree", formatTree([...root, { mode: FILE_MODE, name: "extra", id: blob }])),
    writeObject(store, "tree", formatTree(root.map((one) => (one.name === "build" ? { ...one, mode: FILE_MODE, id: blob } : one)))),
    writeObject(store, "tree", formatTree(root.map((one) => (one.name === "provenance.json" ? { ...one, mode: "120000" as const } : one)))),
  ];
  assert.equal(hashObject("tree", formatTree(root)), treeId);
  for (const tree of bad) assert.throws(() => readSave(store, writeSave(store, PARTS, { treeId: tree }).commitId), VibesafeHashMismatch);
});

test("spec maps survive the way to bytes and back", () => {
  fc.assert(
    fc.property(anyMap, (map) => {
      const bytes = encodeSpecMap(map);
      const back = decodeSpecMap(bytes);
      assert.equal(Buffer.compare(encodeSpecMap(back), bytes), 0);
      assert.deepEqual(explainChanges(map, back), []);
    }),
    { numRuns: 300 },
  );
});

test("the id of a spec map is pinned: a change of format must be meant", () => {
  assert.equal(hashObject("blob", encodeSpecMap(PLAIN)), "1533581cfa3f6317f2eb3f2bf168568037ade4ebd2d17edadd6a70b5b000ba37");
});

test("a spec of another format, with a field too many or of a wrong type is refused", () => {
  const { deps, ...rest } = PLAIN;
  for (const odd of [{ ...rest, deps: { ...deps }, format: 2 }, { ...rest, deps: { ...deps }, extra: 1 }, { ...rest }, { ...rest, deps: { ...deps }, doc: 1 }, [], null]) {
    const bytes = encodeCbor(JSON.parse(JSON.stringify(odd)));
    assert.throws(() => decodeSpecMap(bytes), VibesafeStoreError);
  }
});

test("JSON parts have one spelling", () => {
  assert.equal(formatJson({ b: [1, { z: 1, a: "ü" }], a: null }), '{\n  "a": null,\n  "b": [\n    1,\n    {\n      "a": "ü",\n      "z": 1\n    }\n  ]\n}\n');
});

test("provenance and verification of a wrong shape are named by field", () => {
  const at = (value: unknown, path: readonly (string | number)[], edit: unknown): unknown => {
    const [key, ...more] = path;
    if (key === undefined) return edit;
    const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
    Reflect.set(copy as object, key, at(Reflect.get(copy as object, key), more, edit));
    return copy;
  };
  const wrong: [(text: string) => unknown, unknown, (string | number)[], RegExp][] = [
    [parseProvenance, PROVENANCE, ["format"], /format/],
    [parseProvenance, PROVENANCE, ["provider", "model"], /provider\.model/],
    [parseProvenance, PROVENANCE, ["attempts", 1, "usage"], /attempts\[1\]\.usage/],
    [parseProvenance, PROVENANCE, ["attempts", 0, "outcome"], /outcome/],
    [parseProvenance, PROVENANCE, ["responseDigest"], /responseDigest/],
    [parseProvenance, PROVENANCE, ["startedAt"], /startedAt/],
    [parseProvenance, PROVENANCE, ["materials", 0, "digest", "sha256"], /sha256/],
    [parseVerification, VERIFICATION, ["passed"], /passed/],
    [parseVerification, VERIFICATION, ["gates", 0, "details", 0, "title"], /details\[0\]\.title/],
    [parseVerification, VERIFICATION, ["gates", 0, "durationMs"], /durationMs/],
  ];
  for (const [parse, value, path, message] of wrong) {
    for (const edit of ["", undefined, { odd: true }]) {
      if (edit === "" && /model|title/.test(String(path.at(-1)))) continue;
      assert.throws(() => parse(formatJson(at(value, path, edit))), (error) => error instanceof VibesafeStoreError && message.test(error.message), String(path));
    }
  }
  assert.throws(() => parseProvenance("{"), VibesafeStoreError);
});
