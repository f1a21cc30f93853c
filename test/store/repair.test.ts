import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fsck } from "../../lib/store/fsck.ts";
import { gc } from "../../lib/store/gc.ts";
import { parseId, type CommitId, type ObjectId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { readCommit, readObject, readTree } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readRef } from "../../lib/store/refs.ts";
import { repair } from "../../lib/store/repair.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { WHO, gitFsck, gitText, newStore, writeSave } from "./git.ts";

type Test = { after(cleanUp: () => void): void };
const now = new Date("2026-01-02T03:04:05Z");
const LOST = "lost/20260102T030405Z";

interface Made {
  readonly store: Store;
  readonly tip: CommitId;
  readonly ids: readonly ObjectId[];
  /** A whole copy of the store. */
  readonly copy: string;
}

function make(t: Test, packed: boolean): Made {
  const store = newStore(t);
  const first = writeSave(store, "first");
  updateRefs(store, [{ name: "refs/units/m/f", to: first }], { who: WHO, message: "one" });
  const tip = writeSave(store, "second", [first]);
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }], { who: WHO, message: "two" });
  if (packed) gc(store);
  const copy = join(tempDir(t), "copy");
  cpSync(store.dir, copy, { recursive: true });
  const ids = gitText(store.dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).split("\n").map((id) => parseId(id));
  return { store, tip, ids, copy };
}

function flip(path: string, at: number): Buffer {
  const whole = readFileSync(path);
  const changed = Buffer.from(whole);
  changed[at] = (changed[at] ?? 0) ^ 0x20;
  chmodSync(path, 0o644);
  writeFileSync(path, changed);
  return changed;
}

test("damaged and missing loose objects come back from another store, and the damaged files stay for a look", (t) => {
  const { store, tip, ids, copy } = make(t, false);
  const { tree } = readCommit(store, tip);
  const blob = readTree(store, tree)[0]?.id ?? tip;
  const path = (id: ObjectId): string => loosePath("objects", id);
  const changed = flip(join(store.dir, path(tip)), 30);
  rmSync(join(store.dir, path(tree)));
  rmSync(join(store.dir, path(blob)));
  const alone = repair(openStore(store.dir), { now });
  assert.deepEqual([alone.restored, alone.aside, alone.after.ok], [[], [`${LOST}/${path(tip)}`], false]);
  const report = repair(openStore(store.dir), { now, sources: [copy] });
  assert.deepEqual(report, { restored: [tip, tree, blob].toSorted(), refs: [], aside: [], after: { ok: true, objects: ids.length, problems: [], notices: [] } });
  assert.deepEqual(readFileSync(join(store.dir, LOST, path(tip))), changed);
  assert.equal(gitFsck(store.dir), "");
});

test("a copy in the cache or in a pack is enough", (t) => {
  const { store, tip } = make(t, true);
  const { type, payload } = readObject(store, tip);
  const loose = loosePath(join(store.dir, "objects"), tip);
  const other = newStore(t);
  cpSync(loosePath(join(other.dir, "objects"), writeObject(other, type, payload)), loose, { recursive: true });
  flip(loose, 12);
  assert.equal(fsck(openStore(store.dir)).ok, false);
  assert.deepEqual(repair(openStore(store.dir), { now }).after.problems, []);
  const blob = writeObject(store, "blob", Buffer.from("in both"));
  cpSync(loosePath(join(store.dir, "objects"), blob), loosePath(join(store.dir, "cache/objects"), blob), { recursive: true });
  truncateSync(loosePath(join(store.dir, "objects"), blob), 3);
  const report = repair(openStore(store.dir), { now });
  assert.deepEqual([report.restored, report.after.ok], [[blob], true]);
});

test("of a damaged pack everything comes back that another store has, and without one all but what was hit", (t) => {
  const { store, ids, copy } = make(t, true);
  const folder = join(store.dir, "objects", "pack");
  const pack = readdirSync(folder).find((name) => name.endsWith(".pack")) ?? "";
  for (const [name, at] of [[pack, 40], [pack, 5], [pack.replace(".pack", ".idx"), 1100], [pack.replace(".pack", ".idx"), 3]] as const) {
    const dir = join(tempDir(t), "store");
    cpSync(store.dir, dir, { recursive: true });
    flip(join(dir, "objects", "pack", name), at);
    const alone = repair(openStore(dir), { now });
    assert.ok(alone.aside.includes(`${LOST}/objects/pack/${pack}`), name);
    // The second commit is a delta of the first one in the pack.
    if (at === 40) assert.equal(alone.restored.length, ids.length - 2);
    assert.equal(repair(openStore(dir), { now, sources: [join(copy, "objects")] }).after.ok, true, `${name} ${at}`);
    assert.equal(gitFsck(dir), "");
    assert.ok(existsSync(join(dir, LOST, "objects/pack", pack)));
  }
});

test("a ref that holds nonsense gets back what its log says last; a torn log keeps its whole lines", (t) => {
  const { store, tip } = make(t, false);
  writeFileSync(join(store.dir, "refs/units/m/f"), "nonsense\n");
  const log = join(store.dir, "logs/refs/units/m/f");
  const whole = readFileSync(log, "utf8");
  writeFileSync(log, `${whole}torn line`);
  const report = repair(openStore(store.dir), { now });
  assert.deepEqual([report.refs, report.aside], [["refs/units/m/f"], [`${LOST}/refs/units/m/f`, `${LOST}/logs/refs/units/m/f`]]);
  assert.deepEqual(report.after.problems, []);
  assert.equal(readRef(store, "refs/units/m/f"), tip);
  assert.equal(readFileSync(log, "utf8"), whole);
  assert.equal(readFileSync(join(store.dir, LOST, "refs/units/m/f"), "utf8"), "nonsense\n");
  assert.equal(gitFsck(store.dir), "");
});

test("a whole store is left as it is", (t) => {
  const { store, ids } = make(t, false);
  assert.deepEqual(repair(store, { now }), { restored: [], refs: [], aside: [], after: { ok: true, objects: ids.length, problems: [], notices: [] } });
  assert.ok(!existsSync(join(store.dir, "lost")));
});
