import assert from "node:assert/strict";
import fs, { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeStoreError } from "../../lib/errors.ts";
import { gc } from "../../lib/store/gc.ts";
import type { ObjectId } from "../../lib/store/id.ts";
import { packRefs } from "../../lib/store/pack-refs.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs, readRefTarget } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { formatTag } from "../../lib/store/tag.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

const move = (store: Store, name: string, to: ObjectId | null): void => updateRefs(store, [{ name, to }], { who: WHO, message: "m" });

function withRefs(t: { after(cleanUp: () => void): void }): { store: Store; first: ObjectId; second: ObjectId } {
  const store = newStore(t);
  const first = writeSave(store, "first");
  const second = writeSave(store, "second", [first]);
  for (const name of ["refs/units/m/a", "refs/units/m.n/b", "refs/units/ü/Klasse.f", "refs/tags/light"]) move(store, name, first);
  const tag = writeObject(store, "tag", formatTag({ object: first, type: "commit", name: "v1", tagger: WHO, message: "one\n" }));
  const outer = writeObject(store, "tag", formatTag({ object: tag, type: "tag", name: "v2", tagger: WHO, message: "two\n" }));
  move(store, "refs/tags/v1", tag);
  move(store, "refs/tags/v2", outer);
  return { store, first, second };
}

const lines = (dir: string): string[] => readFileSync(join(dir, "packed-refs"), "utf8").split("\n").filter((line) => !line.startsWith("#"));

test("refs are packed as git packs them, and read the same; what was packed before stays", (t) => {
  const { store, second } = withRefs(t);
  for (const round of [1, 2]) {
    const theirs = join(tempDir(t), "store");
    cpSync(store.dir, theirs, { recursive: true });
    const before = listRefs(store);
    const shown = gitText(store.dir, ["show-ref", "-d"]);
    assert.equal(packRefs(store), round === 1 ? 6 : 2);
    git(theirs, ["pack-refs", "--all", "--prune"]);
    assert.deepEqual(lines(store.dir), lines(theirs));
    assert.deepEqual(listRefs(openStore(store.dir)), before);
    assert.equal(gitText(store.dir, ["show-ref", "-d"]), shown);
    assert.equal(gitFsck(store.dir), "");
    assert.deepEqual(readdirSync(join(store.dir, "refs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()), []);
    // Moves, new refs and deletions go on as before.
    move(store, "refs/units/m/a", second);
    move(store, "refs/units/m/new", second);
    move(store, "refs/tags/light", null);
    assert.equal(gitText(store.dir, ["rev-parse", "refs/units/m/a"]), second);
  }
  assert.equal(packRefs(store), 0);
});

test("candidates and symbolic refs keep their files; a damaged ref, or one to nothing, stops it before anything changes", (t) => {
  const { store, first } = withRefs(t);
  move(store, "refs/candidates/m/a", first);
  writeFileSync(join(store.dir, "refs/tags/other"), "ref: refs/tags/v1\n");
  for (const nonsense of ["nonsense\n", `${"0".repeat(63)}1\n`]) {
    writeFileSync(join(store.dir, "refs/units/m/bad"), nonsense);
    assert.throws(() => packRefs(store), VibesafeStoreError);
    assert.ok(!existsSync(join(store.dir, "packed-refs")));
  }
  rmSync(join(store.dir, "refs/units/m/bad"));
  assert.equal(gc(store, { packRefs: true, dryRun: true }).packedRefs, 6);
  assert.ok(!existsSync(join(store.dir, "packed-refs")));
  assert.equal(gc(store, { packRefs: true }).packedRefs, 6);
  assert.equal(gc(store).packedRefs, 0);
  const files = readdirSync(join(store.dir, "refs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.deepEqual(files.map(({ name }) => name).toSorted(), ["a", "other"]);
  assert.equal(readRefTarget(store, "refs/candidates/m/a"), first);
});

test("a ref that is moved, deleted, made or locked while refs are packed is as its mover left it", (t) => {
  const { store, first, second } = withRefs(t);
  const rename = fs.renameSync;
  let moved = false;
  // The moment when all are packed and still have their files.
  fs.renameSync = (from, to) => {
    rename(from, to);
    if (moved || !String(to).endsWith("packed-refs")) return;
    moved = true;
    move(store, "refs/units/m/a", second);
    move(store, "refs/units/m/late", second);
    writeFileSync(join(store.dir, "refs/tags/light.lock"), "");
  };
  syncBuiltinESMExports();
  try {
    packRefs(store);
  } finally {
    fs.renameSync = rename;
    syncBuiltinESMExports();
  }
  assert.ok(moved);
  rmSync(join(store.dir, "refs/tags/light.lock"));
  const held = new Map(listRefs(store).map(({ name, id }) => [name, id]));
  assert.equal(held.get("refs/units/m/a"), second);
  assert.equal(held.get("refs/units/m/late"), second);
  assert.equal(held.get("refs/units/m.n/b"), first);
  assert.ok(existsSync(join(store.dir, "refs/tags/light")), "a ref that somebody has locked keeps its file");
  assert.equal(gitText(store.dir, ["rev-parse", "refs/units/m/a"]), second);
  assert.equal(gitFsck(store.dir), "");
});
