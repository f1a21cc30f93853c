import assert from "node:assert/strict";
import fs, { existsSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { formatCommit } from "../../lib/store/commit.ts";
import type { ObjectId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { hasSavedObject, readObject } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { openStore } from "../../lib/store/store.ts";
import { formatTree, type TreeEntry } from "../../lib/store/tree.ts";
import { migrateObjects, writeObject, writeObjects, type NewObject } from "../../lib/store/write.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

const blob = (text: string): NewObject => ({ type: "blob", payload: Buffer.from(text) });

test("many objects at once: one sync a folder, or one pack; git reads either", (t) => {
  const store = newStore(t);
  const objects = Array.from({ length: 99 }, (_, index) => blob(`loose ${index}`));
  const { fsyncSync } = fs;
  let syncs = 0;
  Object.assign(fs, {
    fsyncSync: (file: number) => {
      syncs += 1;
      fsyncSync(file);
    },
  });
  syncBuiltinESMExports();
  t.after(() => {
    Object.assign(fs, { fsyncSync });
    syncBuiltinESMExports();
  });
  const ids = writeObjects(store, objects);
  const folders = new Set(ids.map((id) => id.slice(0, 2)));
  // A new folder is synced into its parent, then itself.
  assert.equal(syncs, ids.length + 2 * folders.size);
  syncs = 0;
  const packed = writeObjects(store, Array.from({ length: 3000 }, (_, index) => blob(`packed ${index}`)));
  assert.ok(syncs < 8, `${syncs} syncs`);
  assert.deepEqual(writeObjects(store, objects), ids);
  assert.deepEqual(writeObjects(store, [blob("twice"), blob("twice")]).length, 2);
  assert.ok(gitText(store.dir, ["count-objects", "-v"]).includes("in-pack: 3000\n"));
  const printed = git(store.dir, ["cat-file", "--batch"], [...ids, ...packed].join("\n")).toString();
  assert.ok(printed.includes("packed 2999") && printed.includes("loose 98") && !printed.includes("missing"));
  for (const id of packed) assert.equal(readObject(store, id).type, "blob");
  assert.equal(gitFsck(store.dir), "");
});

test("packs of any content pass git verify-pack and read back, here and there", (t) => {
  const store = newStore(t);
  const sizes = fc.constantFrom(0, 1, 15, 16, 127, 128, 2047, 2048, 5000, 300_000, 1_100_000);
  const some = fc.array(fc.tuple(sizes, fc.integer()), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(some, (parts) => {
      const objects = parts.map(([size, seed]): NewObject => ({ type: "blob", payload: Buffer.alloc(size, `${seed} abc`) }));
      const ids = writeObjects(store, objects, { packFrom: 1 });
      for (const [index, id] of ids.entries()) assert.deepEqual(Buffer.from(readObject(store, id).payload), objects[index]?.payload);
    }),
    { numRuns: 12 },
  );
  const folder = join(store.dir, "objects", "pack");
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".idx"))) git(store.dir, ["verify-pack", join(folder, name)]);
  assert.equal(gitFsck(store.dir), "");
});

test("an old object that is written again is young again, loose and packed", (t) => {
  const store = newStore(t);
  const old = new Date(Date.now() - 30 * 86_400_000);
  const loose = writeObject(store, "blob", Buffer.from("loose"));
  const [packed] = writeObjects(store, [blob("packed")], { packFrom: 1 });
  const folder = join(store.dir, "objects", "pack");
  const pack = join(folder, readdirSync(folder).find((name) => name.endsWith(".pack")) ?? "");
  const paths = [loosePath(join(store.dir, "objects"), loose), pack];
  for (const path of paths) utimesSync(path, old, old);
  writeObject(store, "blob", Buffer.from("loose"));
  assert.equal(writeObject(store, "blob", Buffer.from("packed")), packed);
  for (const path of paths) assert.ok(Date.now() - statSync(path).mtimeMs < 60_000, path);
});

for (const files of [1, 200]) {
  test(`a save of ${files} files takes its objects out of the cache, so that git gc and a deleted cache lose nothing`, (t) => {
    const store = newStore(t);
    const first = writeSave(store, "first", [], "cache");
    const objects = Array.from({ length: files }, (_, index) => blob(`file ${index}`));
    const ids = writeObjects(store, objects, { area: "cache" });
    const entries = ids.map((id, index): TreeEntry => ({ mode: "100644", name: `f${index}`, id }));
    const tree = writeObject(store, "tree", formatTree(entries), "cache");
    const commit = formatCommit({ tree, parents: [first], author: WHO, committer: WHO, message: "tip\n" });
    const tip = writeObject(store, "commit", commit, "cache");
    migrateObjects(store, [tip]);
    for (const id of [first, tip, ...ids] as ObjectId[]) assert.ok(hasSavedObject(store, id));
    updateRefs(store, [{ name: "refs/units/m/f", to: tip }], { who: WHO, message: "save" });
    git(store.dir, ["gc", "-q", "--prune=now"]);
    git(store.dir, ["gc", "-q", "--prune=now"]);
    rmSync(join(store.dir, "cache"), { recursive: true });
    rmSync(join(store.dir, "objects", "info"), { recursive: true, force: true });
    assert.equal(gitFsck(store.dir), "");
    assert.equal(readObject(openStore(store.dir), tip).type, "commit");
    assert.ok(!existsSync(join(store.dir, "cache")));
  });
}
