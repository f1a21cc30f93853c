import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { readActive, readCandidate, unitStatus } from "../../lib/spec/status.ts";
import type { HashedSpec } from "../../lib/spec/types.ts";
import { candidateRef, parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { initStore } from "../../lib/store/init.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import type { Store } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { newWorkspace, specIn, unitFile, type Cleanup } from "./projects.ts";
import { PARTS, WHO, writeSave } from "./saves.ts";

const UNIT = parseUnitId("src.unit/f");

function hashed(t: Cleanup, body: string): HashedSpec {
  const workspace = newWorkspace(t, { "src/unit.ts": unitFile({ body }) });
  return hashSpec(workspace, specIn(workspace, "src/unit.ts"));
}

function newStore(t: Cleanup): Store {
  return initStore(join(tempDir(t), ".vibesafe"));
}

function point(store: Store, ref: string, to: CommitId): void {
  updateRefs(store, [{ name: ref, to }], { who: WHO, message: "test" });
}

function save(store: Store, spec: HashedSpec, impl: string = "export function f() {}\n"): CommitId {
  return writeSave(store, { ...PARTS, impl, spec: spec.bytes }, { unit: spec.spec.id }).commitId;
}

test("without a store, and without a ref, a unit is missing", (t) => {
  const spec = hashed(t, "");
  for (const store of [undefined, newStore(t)]) {
    const status = unitStatus(store, spec);
    assert.equal(status.status, "missing");
    assert.equal(status.active, undefined);
    assert.deepEqual(status.changes, []);
  }
});

test("a save of this very spec is active, of another it has drifted", (t) => {
  const store = newStore(t);
  const [before, after] = [hashed(t, "a + 1;"), hashed(t, "a + 2;")];
  point(store, unitRef(UNIT), save(store, before));
  assert.equal(unitStatus(store, before).status, "active");
  assert.deepEqual(unitStatus(store, before).changes, []);
  const drifted = unitStatus(store, after);
  assert.equal(drifted.status, "drift");
  assert.equal(drifted.active?.specHash, before.specHash);
  assert.deepEqual(drifted.changes.map(({ text }) => text), ["Modified pre-hole code: a + 1; -> a + 2;"]);
  assert.equal(drifted.changes, drifted.changes);
});

test("a candidate counts while it is of this very spec and not what is active", (t) => {
  const store = newStore(t);
  const [before, after] = [hashed(t, "a + 1;"), hashed(t, "a + 2;")];
  point(store, candidateRef(UNIT), save(store, before));
  assert.equal(unitStatus(store, before).status, "candidate");
  assert.equal(unitStatus(store, after).status, "missing");
  point(store, unitRef(UNIT), save(store, before));
  assert.equal(unitStatus(store, before).status, "active");
  assert.equal(unitStatus(store, before).candidate, undefined);
  point(store, candidateRef(UNIT), save(store, after));
  const waiting = unitStatus(store, after);
  assert.equal(waiting.status, "candidate");
  assert.equal(waiting.changes.length, 1);
  point(store, candidateRef(UNIT), save(store, before, "export function f() { return 2; }\n"));
  const better = unitStatus(store, before);
  assert.equal(better.status, "active");
  assert.equal(better.candidate?.impl, "export function f() { return 2; }\n");
});

test("a candidate's ref that outlived its cache is no candidate; a save's ref without its commit is damage", (t) => {
  const store = newStore(t);
  const spec = hashed(t, "");
  const commitId = save(store, spec);
  point(store, candidateRef(UNIT), commitId);
  point(store, unitRef(UNIT), commitId);
  rmSync(join(store.dir, "objects", commitId.slice(0, 2), commitId.slice(2)));
  assert.equal(readCandidate(store, UNIT), undefined);
  assert.throws(() => readActive(store, UNIT), VibesafeStoreError);
});

test("a candidate that lost a part is none, one with a broken part is damage", (t) => {
  for (const [damage, expected] of [["missing", undefined], ["broken", VibesafeHashMismatch]] as const) {
    const store = newStore(t);
    const spec = hashed(t, "");
    point(store, candidateRef(UNIT), save(store, spec));
    const path = join(store.dir, "objects", spec.specHash.slice(0, 2), spec.specHash.slice(2));
    rmSync(path);
    if (damage === "broken") writeFileSync(path, deflateSync("blob 1\0x"));
    if (expected === undefined) assert.equal(readCandidate(store, UNIT), undefined);
    else assert.throws(() => readCandidate(store, UNIT), expected);
  }
});

test("another unit's save in a unit's ref is refused", (t) => {
  const store = newStore(t);
  point(store, unitRef(UNIT), writeSave(store, PARTS).commitId);
  assert.throws(() => unitStatus(store, hashed(t, "")), (error) => error instanceof VibesafeHashMismatch && error.unit === UNIT);
});
