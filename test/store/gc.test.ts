import assert from "node:assert/strict";
import fs, { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import { countObjects } from "../../lib/store/count-objects.ts";
import { applyDelta } from "../../lib/store/delta.ts";
import { makeDelta } from "../../lib/store/delta-make.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { gc } from "../../lib/store/gc.ts";
import type { CommitId, ObjectId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { hasObject, hasSavedObject, readCommit, readObject } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { formatTree } from "../../lib/store/tree.ts";
import { migrateObjects, writeObject, writeObjects } from "../../lib/store/write.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

const log = { who: WHO, message: "save" };
const MONTH = 30 * 86_400;

function allObjects(store: Store): Map<string, string> {
  const rows = gitText(store.dir, ["cat-file", "--batch-all-objects", "--batch-check"]).split("\n").filter(Boolean);
  return new Map(rows.map((row) => [row.slice(0, 64), row]));
}

function age(store: Store, id: ObjectId, seconds: number = MONTH, area: string = "objects"): void {
  const then = Date.now() / 1000 - seconds;
  utimesSync(loosePath(join(store.dir, area), id), then, then);
}

/** A history of `length` saves of a unit. */
function history(store: Store, unit: string, length: number, text: (round: number) => string): CommitId {
  let tip: CommitId | undefined;
  for (let round = 0; round < length; round += 1) {
    tip = writeSave(store, text(round), tip === undefined ? [] : [tip]);
    updateRefs(store, [{ name: `refs/units/m/${unit}`, to: tip }], log);
  }
  assert.ok(tip !== undefined);
  return tip;
}

const long = (round: number): string => Array.from({ length: 80 }, (_, line) => `line ${line} is ${line === round ? "new" : line * 7919}`).join("\n");

test("what refs and logs reach is packed, smaller than git packs it or nearly so, and reads the same", (t) => {
  const store = newStore(t);
  for (const unit of ["a", "b", "c"]) history(store, unit, 20, (round) => `${unit}\n${long(round)}`);
  updateRefs(store, [{ name: "refs/units/m/c", to: null }], log);
  const before = allObjects(store);
  const contents = new Map([...before.keys()].map((id) => [id, Buffer.from(readObject(store, id as ObjectId).payload)]));
  const dry = gc(store, { dryRun: true });
  assert.equal(dry.packed, before.size);
  assert.equal(countObjects(store).count, before.size);
  const report = gc(store);
  assert.deepEqual([report.packed, report.pruned, report.kept], [before.size, 0, 0]);
  assert.ok(report.bytesAfter < report.bytesBefore, JSON.stringify(report));
  const count = countObjects(store);
  assert.deepEqual([count.count, count.inPack, count.packs, count.garbage], [0, before.size, 1, 0]);
  assert.deepEqual(readdirSync(join(store.dir, "objects")).toSorted(), ["pack"]);
  for (const [id, content] of contents) assert.deepEqual(Buffer.from(readObject(openStore(store.dir), id as ObjectId).payload), content);
  assert.deepEqual(allObjects(store), before);
  assert.equal(gitFsck(store.dir), "");
  assert.ok(fsck(openStore(store.dir)).ok);
  const folder = join(store.dir, "objects", "pack");
  const [name = ""] = readdirSync(folder).filter((file) => file.endsWith(".idx"));
  assert.match(gitText(store.dir, ["verify-pack", "-v", join(folder, name)]), /chain length = \d+/);
  assert.deepEqual(gc(store), { ...report, packed: 0, bytesBefore: report.bytesAfter });
  const { size } = statSync(join(folder, name.replace(".idx", ".pack")));
  git(store.dir, ["repack", "-adfq"]);
  const [theirs = ""] = readdirSync(folder).filter((file) => file.endsWith(".pack"));
  const ratio = size / statSync(join(folder, theirs)).size;
  assert.ok(ratio < 1.5, `${ratio} times git's pack`);
});

test("unreachable objects go when the grace period is over, with what only they name; not before", (t) => {
  const store = newStore(t);
  history(store, "a", 2, long);
  const young = writeSave(store, "young");
  const old = writeSave(store, "old");
  const { tree } = readCommit(store, old);
  const named = writeSave(store, "named by a young one");
  const heir = writeSave(store, "heir", [named]);
  for (const id of [old, tree, named]) age(store, id);
  const before = new Set(allObjects(store).keys());
  assert.deepEqual([gc(store, { dryRun: true }).pruned, gc(store, { dryRun: true, graceSeconds: 0, now: Date.now() / 1000 + 1 }).pruned], [2, 12]);
  assert.deepEqual(new Set(allObjects(store).keys()), before);
  const report = gc(store);
  assert.deepEqual([report.packed, report.pruned, report.kept], [6, 2, 10]);
  const fresh = openStore(store.dir);
  assert.ok(!hasObject(fresh, old) && !hasObject(fresh, tree));
  for (const id of [young, heir, named]) assert.equal(readObject(fresh, id).type, "commit");
  const all = gc(store, { graceSeconds: 0, now: Date.now() / 1000 + 1 });
  assert.deepEqual([all.packed, all.pruned, all.kept], [0, 10, 0]);
  assert.equal(gitFsck(store.dir), "");
});

test("what becomes unreachable in a pack stays for the grace period, as old as the pack, and is then dropped", (t) => {
  const store = newStore(t);
  const tip = history(store, "a", 3, long);
  history(store, "b", 2, (round) => `b${round}`);
  gc(store);
  updateRefs(store, [{ name: "refs/units/m/a", to: null }], log);
  rmSync(join(store.dir, "logs/refs/units/m/a"));
  assert.deepEqual(gc(store).kept, 9);
  assert.ok(hasObject(openStore(store.dir), tip));
  assert.equal(countObjects(store).count, 9);
  const later = Date.now() / 1000 + MONTH;
  assert.deepEqual([gc(store, { now: later }).pruned, countObjects(store).count, countObjects(store).inPack], [9, 0, 6]);
  assert.equal(gitFsck(store.dir), "");
});

test("candidates and their cache are left alone, unless asked for", (t) => {
  const store = newStore(t);
  const candidate = (text: string, seconds: number): CommitId => {
    const id = writeSave(store, text, [], "cache");
    updateRefs(store, [{ name: "refs/candidates/m/f", to: id }], { who: { ...WHO, seconds }, message: "compile" });
    return id;
  };
  const now = Math.floor(Date.now() / 1000);
  const first = candidate("first", now - 2 * MONTH);
  const second = candidate("second", now - MONTH);
  const third = candidate("third", now);
  for (const id of allObjects(store).keys()) age(store, id as ObjectId, MONTH, "cache/objects");
  const report = gc(store);
  assert.deepEqual([report.packed, report.pruned], [0, 0]);
  for (const id of [first, second, third]) assert.ok(hasObject(openStore(store.dir), id));
  assert.equal(gc(store, { cache: true, dryRun: true }).pruned, 6);
  assert.equal(gc(store, { cache: true }).pruned, 6);
  const fresh = openStore(store.dir);
  assert.deepEqual([first, second, third].map((id) => hasObject(fresh, id)), [false, false, true]);
  assert.equal(gitFsck(store.dir), "");
  assert.deepEqual(fsck(fresh).problems, []);
});

test("saved objects lose their copies in the cache before they are packed; git gc then loses nothing", (t) => {
  const store = newStore(t);
  const tip = writeSave(store, "both", [], "cache");
  const cache = join(store.dir, "cache");
  cpSync(cache, `${cache}-copy`, { recursive: true });
  migrateObjects(store, [tip]);
  cpSync(`${cache}-copy`, cache, { recursive: true });
  rmSync(`${cache}-copy`, { recursive: true });
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }], log);
  assert.equal(gc(store).cacheCopies, 3);
  git(store.dir, ["gc", "-q", "--prune=now"]);
  rmSync(cache, { recursive: true });
  assert.ok(hasSavedObject(openStore(store.dir), tip));
  assert.equal(readCommit(openStore(store.dir), tip).message, "both\n");
});

test("a damaged or missing object stops gc before anything is removed", (t) => {
  const store = newStore(t);
  const tip = history(store, "a", 2, long);
  const old = writeSave(store, "old");
  age(store, old);
  const path = loosePath(join(store.dir, "objects"), readCommit(store, tip).tree);
  const whole = readFileSync(path);
  chmodSync(path, 0o644);
  writeFileSync(path, whole.subarray(3));
  assert.throws(() => gc(openStore(store.dir)), VibesafeHashMismatch);
  rmSync(path);
  assert.throws(() => gc(openStore(store.dir)), VibesafeStoreError);
  assert.ok(hasObject(openStore(store.dir), old));
  writeFileSync(path, whole);
  writeFileSync(join(store.dir, "logs/refs/units/m/a"), "nonsense\n");
  assert.throws(() => gc(openStore(store.dir)), /bad reflog/);
  assert.ok(hasObject(openStore(store.dir), old));
});

test("git's gc and ours take turns, with kept packs, graphs and indexes of several packs", (t) => {
  const store = newStore(t);
  history(store, "a", 4, long);
  git(store.dir, ["gc", "-q"]);
  const folder = join(store.dir, "objects", "pack");
  const kept = readdirSync(folder).find((name) => name.endsWith(".pack")) ?? "";
  writeFileSync(join(folder, kept.replace(".pack", ".keep")), "");
  history(store, "b", 4, (round) => `b${long(round)}`);
  git(store.dir, ["repack", "-dq"]);
  history(store, "c", 4, (round) => `c${long(round)}`);
  git(store.dir, ["repack", "-dq"]);
  git(store.dir, ["multi-pack-index", "write"]);
  git(store.dir, ["commit-graph", "write", "--reachable"]);
  const before = allObjects(store);
  assert.equal(gc(store).packed, 24);
  assert.ok(existsSync(join(folder, kept)));
  assert.equal(gitFsck(store.dir), "");
  assert.deepEqual(allObjects(store), before);
  updateRefs(store, [{ name: "refs/units/m/b", to: null }], log);
  rmSync(join(store.dir, "logs"), { recursive: true });
  assert.equal(gc(store, { now: Date.now() / 1000 + 2 * MONTH }).pruned, 12);
  assert.equal(gitFsck(store.dir), "");
  git(store.dir, ["gc", "-q", "--aggressive", "--prune=now"]);
  assert.ok(fsck(openStore(store.dir)).ok);
});

test("an old object that is re-used while gc runs stays", (t) => {
  const store = newStore(t);
  history(store, "a", 1, long);
  const old = writeSave(store, "old", [], "cache");
  migrateObjects(store, [old]);
  for (const id of allObjects(store).keys()) age(store, id as ObjectId);
  const { renameSync } = fs;
  let saved: CommitId | undefined;
  let moves = 0;
  const set = (rename: typeof renameSync): void => {
    Object.assign(fs, { renameSync: rename });
    syncBuiltinESMExports();
  };
  t.after(() => set(renameSync));
  // When gc has moved one object aside somebody else saves the same content again.
  set((from, to) => {
    if (String(to).includes("pruned-objects")) moves += 1;
    if (moves === 2 && saved === undefined) {
      const other = openStore(store.dir);
      saved = old;
      saved = writeSave(other, "old");
      updateRefs(other, [{ name: "refs/units/m/old", to: saved }], log);
    }
    renameSync(from, to);
  });
  gc(store);
  assert.equal(saved, old);
  assert.equal(gitFsck(store.dir), "");
  assert.equal(readObject(openStore(store.dir), old).type, "commit");
  assert.ok(fsck(openStore(store.dir)).ok);
});

test("count-objects counts as git does", (t) => {
  const store = newStore(t);
  history(store, "a", 3, long);
  gc(store);
  history(store, "b", 3, long);
  writeObjects(store, [{ type: "blob", payload: Buffer.alloc(9000, "x") }], { packFrom: 1 });
  writeObject(store, "blob", Buffer.from("loose"));
  writeFileSync(join(store.dir, "objects/pack/pack-1.junk"), "x".repeat(3000));
  const rows = gitText(store.dir, ["count-objects", "-v"]).split("\n").map((row) => row.split(": "));
  const theirs = Object.fromEntries(rows.filter(([key]) => key !== "alternate").map(([key, value]) => [key, Number(value)]));
  const { count, size, inPack, packs, sizePack, prunePackable, garbage, sizeGarbage } = countObjects(store);
  const [kib, kibPack, kibGarbage] = [size, sizePack, sizeGarbage].map((bytes) => Math.floor(bytes / 1024));
  const ours = { count, size: kib, "in-pack": inPack, packs, "size-pack": kibPack, "prune-packable": prunePackable, garbage, "size-garbage": kibGarbage };
  assert.deepEqual(ours, theirs);
});

test("deltas make what they are of, whatever the two are", () => {
  const text = fc.array(fc.constantFrom("one line\n", "another line of text\n", "x", "0123456789abcdef", "ü\n"), { maxLength: 60 }).map((parts) => Buffer.from(parts.join("")));
  const any = fc.oneof(text, fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(any, any, (base, target) => {
      const delta = makeDelta(base, target, Infinity);
      assert.ok(delta !== undefined);
      assert.deepEqual(Buffer.from(applyDelta(base, delta, 1 << 20)), Buffer.from(target));
    }),
  );
  const big = Buffer.alloc(300_000, "some pattern of text, ");
  const changed = Buffer.concat([Buffer.from("new"), big.subarray(0, 150_001), Buffer.from("!"), big]);
  const delta = makeDelta(big, changed, Infinity);
  assert.ok(delta !== undefined && delta.length < 200);
  assert.deepEqual(Buffer.from(applyDelta(big, delta, 1 << 20)), changed);
  assert.equal(makeDelta(big, Buffer.from("no likeness at all"), 10), undefined);
});

test("trees of many versions and large blobs survive packing", (t) => {
  const store = newStore(t);
  const large = writeObject(store, "blob", Buffer.alloc(3_000_000, Buffer.from(crypto.getRandomValues(new Uint8Array(50_000)))));
  let parents: CommitId[] = [];
  for (let round = 0; round < 5; round += 1) {
    const ids = Array.from({ length: 40 }, (_, index) => writeObject(store, "blob", Buffer.from(`${index === round ? round : ""} of ${index}`)));
    const entries = ids.map((id, index) => ({ mode: "100644" as const, name: `file-${index}.ts`, id }));
    const tree = writeObject(store, "tree", formatTree([...entries, { mode: "100644", name: "large", id: large }]));
    parents = [writeObject(store, "commit", formatCommit({ tree, parents, author: WHO, committer: WHO, message: `${round}\n` }))];
  }
  const [tip] = parents;
  assert.ok(tip !== undefined);
  updateRefs(store, [{ name: "refs/units/m/t", to: tip }], log);
  const before = allObjects(store);
  gc(store);
  assert.deepEqual(allObjects(store), before);
  assert.equal(readObject(openStore(store.dir), large).payload.length, 3_000_000);
  assert.equal(gitFsck(store.dir), "");
});
