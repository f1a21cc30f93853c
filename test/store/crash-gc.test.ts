import assert from "node:assert/strict";
import { cpSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { countObjects } from "../../lib/store/count-objects.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { gc } from "../../lib/store/gc.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { readCommit } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { migrateObjects } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";
import { STEP, buildWorkers, runWorker } from "./workers.ts";

const workers = buildWorkers(["crash-gc"]);

/** A store with everything that gc acts on: loose, packed, doubly kept, unreachable and old, unreachable and young, candidates, copies. */
function littered(t: TestContext): Store {
  const store = newStore(t);
  const save = (unit: string, text: string, parents: readonly CommitId[] = []): CommitId => {
    const id = writeSave(store, text, parents);
    updateRefs(store, [{ name: `refs/units/m/${unit}`, to: id }], { who: WHO, message: text });
    return id;
  };
  const first = save("a", "first");
  const gone = save("gone", "was packed, then nothing led to it");
  git(store.dir, ["gc", "-q"]);
  updateRefs(store, [{ name: "refs/units/m/gone", to: null }], { who: WHO, message: "delete" });
  rmSync(join(store.dir, "logs/refs/units/m/gone"));
  save("a", "second", [first]);
  const both = writeSave(store, "in the cache and saved", [], "cache");
  cpSync(join(store.dir, "cache"), join(store.dir, "copy"), { recursive: true });
  migrateObjects(store, [both]);
  cpSync(join(store.dir, "copy"), join(store.dir, "cache"), { recursive: true });
  rmSync(join(store.dir, "copy"), { recursive: true });
  updateRefs(store, [{ name: "refs/units/m/both", to: both }], { who: WHO, message: "both" });
  for (const [text, area] of [["old", "objects"], ["old candidate", "cache"]] as const) {
    const id = writeSave(store, text, [], area);
    for (const part of [id, readCommit(store, id).tree]) {
      utimesSync(loosePath(join(store.dir, area === "cache" ? "cache/objects" : area), part), 1, 1);
    }
  }
  writeSave(store, "young");
  const candidate = writeSave(store, "candidate", [], "cache");
  for (const seconds of [WHO.seconds, Math.floor(Date.now() / 1000)]) {
    const to = seconds === WHO.seconds ? gone : candidate;
    updateRefs(store, [{ name: "refs/candidates/m/a", to }], { who: { ...WHO, seconds }, message: "compile" });
  }
  return store;
}

test("gc killed before any system call loses nothing that a ref leads to, and the next one ends the work", (t) => {
  const template = littered(t);
  const copy = (): string => {
    const dir = join(tempDir(t), "store");
    cpSync(template.dir, dir, { recursive: true, preserveTimestamps: true });
    return dir;
  };
  const finished = copy();
  const total = Number(runWorker(workers, "crash-gc", [finished, "0"]).lines.at(-1)?.replace("calls ", ""));
  assert.ok(total > 60, `${total} calls`);
  const tips = listRefs(template);
  const contents = (dir: string): string[] => gitText(dir, ["rev-list", "--objects", "--all"]).split("\n").toSorted();
  const expected = contents(template.dir);
  const objects = fsck(openStore(finished)).objects;
  for (let at = 1; at <= total; at += STEP) {
    const dir = copy();
    const { status } = runWorker(workers, "crash-gc", [dir, String(at)]);
    assert.equal(status, null, `call ${at} was not reached`);
    const store = openStore(dir);
    const where = `killed before call ${at} of ${total}`;
    assert.deepEqual(listRefs(store), tips, where);
    assert.deepEqual(fsck(store).problems, [], where);
    if (at % 3 === 1) assert.deepEqual(contents(dir), expected, where);
    if (at % 3 === 2) assert.equal(gitFsck(dir), "", where);
    const next = writeSave(store, "next");
    updateRefs(store, [{ name: "refs/units/m/next", to: next }], { who: WHO, message: "after" });
    gc(openStore(dir), { cache: true });
    const after = fsck(openStore(dir));
    assert.deepEqual([after.problems, after.objects], [[], objects + 3], `${where}, then gc`);
    if (at % 3 === 0) assert.equal(gitFsck(dir), "", `${where}, then gc`);
    assert.equal(countObjects(openStore(dir)).garbage, 0, where);
    assert.deepEqual(readdirSync(join(dir, "tmp")).filter((name) => name.startsWith("pruned")).flatMap((name) => readdirSync(join(dir, "tmp", name))), []);
  }
  t.diagnostic(`${Math.ceil(total / STEP)} of ${total} calls`);
});
