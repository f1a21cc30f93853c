import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fsck } from "../../lib/store/fsck.ts";
import { gc } from "../../lib/store/gc.ts";
import { parseId, type CommitId, type ObjectId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { indexPack } from "../../lib/store/pack-reindex.ts";
import { readCommit, readObject, readTree } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readRef } from "../../lib/store/refs.ts";
import { repair } from "../../lib/store/repair.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

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
  assert.deepEqual(report, { restored: [tip, tree, blob].toSorted(), indexes: [], refs: [], aside: [], after: { ok: true, objects: ids.length, problems: [], notices: [] } });
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
  for (const [name, at] of [[pack, 40], [pack, 5]] as const) {
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

test("a packed-refs and a HEAD that are nonsense come back from their lines, the logs and the project's repository", (t) => {
  const { store, tip } = make(t, false);
  const [own, gone] = [writeSave(store, "own"), writeSave(store, "gone")];
  updateRefs(store, [{ name: "refs/tags/v1", to: own }], { who: WHO, message: "tag" });
  updateRefs(store, [{ name: "refs/units/m/gone", to: gone }], { who: WHO, message: "made" });
  updateRefs(store, [{ name: "refs/units/m/gone", to: null }], { who: WHO, message: "deleted" });
  git(store.dir, ["pack-refs", "--all"]);
  const packed = readFileSync(join(store.dir, "packed-refs"), "utf8");
  rmSync(join(store.dir, "logs/refs/tags/v1"));
  const says = (name: string): string | undefined => (name === "packed-refs" ? `${packed}${gone} refs/units/m/gone\n` : undefined);
  for (const [damaged, committed] of [[packed.replace(`${tip} refs/units`, `${tip}!refs/units`), undefined], [packed.replace(tip, "f".repeat(64)).slice(0, -1), undefined], ["\0rubbish\n", says]] as const) {
    writeFileSync(join(store.dir, "packed-refs"), damaged);
    writeFileSync(join(store.dir, "HEAD"), "nonsense\n");
    assert.deepEqual(fsck(openStore(store.dir)).problems.map(({ id }) => id).sort(), ["HEAD", "packed-refs"]);
    const when = new Date(now.getTime() + 1000 * damaged.length);
    const report = repair(openStore(store.dir), { now: when, ...(committed !== undefined && { committed }) });
    assert.deepEqual([report.refs, report.after.problems, report.aside.length], [["HEAD", "packed-refs"], [], 2]);
    assert.deepEqual(report.aside.map((path) => readFileSync(join(store.dir, path), "utf8")), ["nonsense\n", damaged]);
    assert.equal(gitText(store.dir, ["for-each-ref", "--format=%(objectname) %(refname)"]), `${own} refs/tags/v1\n${tip} refs/units/m/f`);
    assert.equal(gitFsck(store.dir), "");
  }
  // A conflict is nobody's to guess.
  writeFileSync(join(store.dir, "refs/tags/v2"), `<<<<<<< ours\n${tip}\n=======\n${own}\n>>>>>>> theirs\n`);
  assert.deepEqual(repair(openStore(store.dir), { now, committed: () => tip }).refs, []);
  rmSync(join(store.dir, "refs/tags/v2"));
  writeFileSync(join(store.dir, "packed-refs"), `<<<<<<< ours\n${packed}=======\n>>>>>>> theirs\n`);
  assert.deepEqual(repair(openStore(store.dir), { now }).refs, []);
});

test("a whole store is left as it is", (t) => {
  const { store, ids } = make(t, false);
  assert.deepEqual(repair(store, { now }), { restored: [], indexes: [], refs: [], aside: [], after: { ok: true, objects: ids.length, problems: [], notices: [] } });
  assert.ok(!existsSync(join(store.dir, "lost")));
});

test("an index that is damaged or gone is made again from its pack, as git makes it", (t) => {
  const { store, ids } = make(t, true);
  let text = "line\n".repeat(200);
  for (let round = 0; round < 5; round += 1) {
    text = text.replace("line", `round ${round}`);
    updateRefs(store, [{ name: `refs/units/m/g${round}`, to: writeSave(store, text) }], { who: WHO, message: "m" });
  }
  // Deltas of both kinds, as git packs them.
  for (const settings of [["-c", "repack.useDeltaBaseOffset=true"], ["-c", "repack.useDeltaBaseOffset=false"]]) {
    git(store.dir, [...settings, "repack", "-adfq"]);
    git(store.dir, ["prune-packed"]);
    const folder = join(store.dir, "objects", "pack");
    const index = readdirSync(folder).find((name) => name.endsWith(".idx")) ?? "";
    const whole = readFileSync(join(folder, index));
    for (const damage of ["gone", "cut", 3, 1100, whole.length - 1]) {
      const dir = join(tempDir(t), "store");
      cpSync(store.dir, dir, { recursive: true });
      const path = join(dir, "objects/pack", index);
      if (damage === "gone") rmSync(path);
      else if (damage === "cut") truncateSync((chmodSync(path, 0o644), path), 500);
      else flip(path, Number(damage));
      const before = fsck(openStore(dir));
      assert.equal(before.ok, false, `${damage}`);
      assert.equal(before.notices.some(({ kind }) => kind === "no-index"), damage === "gone");
      const report = repair(openStore(dir), { now });
      assert.deepEqual(report.indexes, [`objects/pack/${index}`]);
      assert.deepEqual(report.aside, damage === "gone" ? [] : [`${LOST}/objects/pack/${index}`]);
      assert.deepEqual([report.restored, report.after.problems], [[], []]);
      assert.deepEqual(readFileSync(path), whole);
      assert.equal(gitFsck(dir), "");
    }
  }
  assert.ok(ids.length > 0);
});

test("a pack that is not whole gives no index; one whose index still waits is no matter", (t) => {
  const { store } = make(t, true);
  const folder = join(store.dir, "objects", "pack");
  const index = readdirSync(folder).find((name) => name.endsWith(".idx")) ?? "";
  const stem = join(folder, index.replace(/\.idx$/, ""));
  const waiting = join(store.dir, "tmp", index);
  cpSync(`${stem}.idx`, waiting, { recursive: true });
  rmSync(`${stem}.idx`);
  assert.deepEqual(fsck(openStore(store.dir)).notices, []);
  rmSync(waiting);
  const pack = readFileSync(`${stem}.pack`);
  for (let at = 0; at < pack.length; at += 7) {
    flip(`${stem}.pack`, at);
    assert.equal(indexPack(`${stem}.pack`, "x"), undefined, `byte ${at}`);
    writeFileSync(`${stem}.pack`, pack);
  }
  for (const size of [0, 11, 40, pack.length - 1]) {
    writeFileSync(`${stem}.pack`, pack.subarray(0, size));
    assert.equal(indexPack(`${stem}.pack`, "x"), undefined, `${size} bytes`);
  }
  // A trailer that fits whatever was done before it: only what the entries themselves say can show it.
  let refused = 0;
  for (let at = 0; at < pack.length - 32; at += 3) {
    const changed = Buffer.from(pack);
    changed[at] = (changed[at] ?? 0) ^ 0x11;
    createHash("sha256").update(changed.subarray(0, -32)).digest().copy(changed, changed.length - 32);
    writeFileSync(`${stem}.pack`, changed);
    if (indexPack(`${stem}.pack`, "x") === undefined) refused += 1;
  }
  assert.ok(refused > 0);
  assert.equal(indexPack(`${stem}.none`, "x"), undefined);
});
