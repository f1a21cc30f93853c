import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fsck } from "../../lib/store/fsck.ts";
import { gc } from "../../lib/store/gc.ts";
import { isId, parseId, type ObjectId } from "../../lib/store/id.ts";
import { readObject, tryReadObject } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

/** A store whose unit has many versions of one long text: what git packs of it are deltas. */
function withHistory(t: { after(cleanUp: () => void): void }): Store {
  const store = newStore(t);
  let text = Array.from({ length: 80 }, (_, line) => `line ${line}: ${line * 7919}`).join("\n");
  let tip = writeSave(store, text);
  for (let round = 0; round < 8; round += 1) {
    text = text.replace(`line ${round * 7}:`, `round ${round}:`);
    tip = writeSave(store, text, [tip]);
  }
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }], { who: WHO, message: "m" });
  return store;
}

const idsOf = (dir: string): ObjectId[] => gitText(dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).split("\n").map((id) => parseId(id));

function sameAsGit(dir: string, ids: readonly ObjectId[]): void {
  const store = openStore(dir);
  for (const id of ids) {
    const { type, payload } = readObject(store, id);
    assert.deepEqual(Buffer.from(payload), git(dir, ["cat-file", type, id]));
  }
  assert.deepEqual(fsck(store).problems, []);
  assert.equal(gitFsck(dir), "");
}

test("what git fetches into a store reads, thin packs and loose objects alike, while the store is open", (t) => {
  const there = withHistory(t);
  git(there.dir, ["gc", "-q", "--aggressive"]);
  const store = newStore(t);
  const old = gitText(there.dir, ["rev-parse", "refs/units/m/f~4"]);
  const fetch = (what: string, limit: number): void =>
    void git(store.dir, ["-c", `fetch.unpackLimit=${limit}`, "fetch", "-q", there.dir, what]);
  assert.ok(isId(old));
  assert.equal(tryReadObject(store, old), undefined);
  git(there.dir, ["update-ref", "refs/units/m/old", old]);
  fetch("refs/units/m/old:refs/units/m/f", 1);
  assert.ok(readdirSync(join(store.dir, "objects/pack")).some((name) => name.endsWith(".pack")));
  assert.equal(readObject(store, old).type, "commit");
  assert.equal(readRef(store, "refs/units/m/f"), old);
  // What follows is deltas against what is there: git completes the pack with their bases.
  fetch("refs/units/m/f:refs/units/m/f", 1);
  sameAsGit(store.dir, idsOf(there.dir));
  fetch("refs/units/m/old:refs/tags/unpacked", 1000);
  const more = writeSave(there, "one more", [parseId<"commit">(old)]);
  updateRefs(there, [{ name: "refs/units/m/g", to: more }], { who: WHO, message: "m" });
  fetch("refs/units/m/g:refs/units/m/g", 1000);
  assert.equal(readObject(store, more).type, "commit");
  gc(store);
  sameAsGit(store.dir, idsOf(store.dir));
});

test("objects are read through alternates, absolute and relative, loose and packed; gc takes nothing away there", (t) => {
  for (const absolute of [true, false]) {
    const there = withHistory(t);
    git(there.dir, ["repack", "-adq"]);
    const young = writeSave(there, "loose there");
    const store = newStore(t);
    const info = join(store.dir, "objects", "info");
    mkdirSync(info, { recursive: true });
    const objects = join(there.dir, "objects");
    writeFileSync(join(info, "alternates"), `${absolute ? objects : relative(join(store.dir, "objects"), objects)}\n`);
    const tip = readRef(there, "refs/units/m/f");
    assert.ok(tip !== undefined);
    const mine = writeSave(openStore(store.dir), "mine", [tip, young]);
    updateRefs(store, [{ name: "refs/units/m/f", to: mine }], { who: WHO, message: "m" });
    sameAsGit(store.dir, idsOf(store.dir));
    gc(openStore(store.dir), { graceSeconds: 0 });
    sameAsGit(store.dir, [mine, tip, young]);
    assert.equal(gitFsck(there.dir), "");
    // Without the other the history is missing, and said to be.
    rmSync(there.dir, { recursive: true });
    assert.ok(fsck(openStore(store.dir)).problems.every(({ kind }) => kind === "missing"));
    assert.equal(fsck(openStore(store.dir)).ok, false);
  }
});
