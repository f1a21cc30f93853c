import assert from "node:assert/strict";
import { chmodSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fsck, type FsckKind } from "../../lib/store/fsck.ts";
import { parseId, type CommitId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { readCommit, readTree } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { findByPrefix } from "../../lib/store/resolve-prefix.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { writeObject } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

type Test = { after(cleanUp: () => void): void };
const log = { who: WHO, message: "save" };

interface Made {
  readonly store: Store;
  readonly first: CommitId;
  readonly tip: CommitId;
  readonly path: (id: CommitId | ReturnType<typeof parseId>) => string;
}

function make(t: Test): Made {
  const store = newStore(t);
  const first = writeSave(store, "first");
  const tip = writeSave(store, "second", [first]);
  updateRefs(store, [{ name: "refs/units/m/f", to: first }], log);
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }, { name: "refs/units/m/g", to: first }], log);
  return { store, first, tip, path: (id) => loosePath(join(store.dir, "objects"), id) };
}

/** Damages a store, and says what of it fsck must name; git must find fault as well, unless it cannot judge. */
const DAMAGES: Readonly<Record<string, { kind: FsckKind; gitBlind?: boolean; damage: (made: Made) => string }>> = {
  "a commit cut short": {
    kind: "corrupt",
    damage: ({ tip, path }) => {
      chmodSync(path(tip), 0o644);
      truncateSync(path(tip), 20);
      return tip;
    },
  },
  "a commit under another's name": {
    kind: "hash-mismatch",
    damage: ({ first, tip, path }) => {
      chmodSync(path(first), 0o644);
      writeFileSync(path(first), readFileSync(path(tip)));
      return first;
    },
  },
  "a missing blob": {
    kind: "missing",
    damage: ({ store, first, path }) => {
      const blob = readTree(store, readCommit(store, first).tree)[0]?.id ?? first;
      rmSync(path(blob));
      return blob;
    },
  },
  "a missing commit that a ref holds": {
    kind: "dangling-ref",
    damage: ({ tip, path }) => {
      rmSync(path(tip));
      return "refs/units/m/f";
    },
  },
  "a tree out of order": {
    kind: "bad-tree",
    damage: ({ store }) => {
      const blob = Buffer.from(writeObject(store, "blob", Buffer.from("x")), "hex");
      const payload = Buffer.concat([Buffer.from("100644 b\0"), blob, Buffer.from("100644 a\0"), blob]);
      return writeObject(store, "tree", payload);
    },
  },
  "a commit without an author's mail": {
    kind: "bad-commit",
    damage: ({ store, first }) => {
      const { tree } = readCommit(store, first);
      return writeObject(store, "commit", Buffer.from(`tree ${tree}\nauthor A 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n`));
    },
  },
  "a commit whose tree is a blob": {
    kind: "wrong-type",
    damage: ({ store, first }) => {
      const blob = readTree(store, readCommit(store, first).tree)[0]?.id ?? first;
      const identity = "A <a@b> 1 +0000";
      const payload = Buffer.from(`tree ${blob}\nauthor ${identity}\ncommitter ${identity}\n\nx\n`);
      const commit = writeObject(store, "commit", payload);
      updateRefs(store, [{ name: "refs/units/m/h", to: commit }], log);
      return blob;
    },
  },
  "a ref that holds nonsense": {
    kind: "bad-ref",
    damage: ({ store }) => {
      writeFileSync(join(store.dir, "refs/units/m/g"), "nonsense\n");
      return "refs/units/m/g";
    },
  },
  "a reflog that names nothing": {
    kind: "bad-reflog",
    damage: ({ store, first }) => {
      const path = join(store.dir, "logs/refs/units/m/g");
      writeFileSync(path, readFileSync(path, "utf8").replace(first, "ab".repeat(32)));
      return "refs/units/m/g";
    },
  },
  "a reflog with a torn line": {
    kind: "bad-reflog",
    gitBlind: true,
    damage: ({ store }) => {
      truncateSync(join(store.dir, "logs/refs/units/m/g"), 100);
      return "refs/units/m/g";
    },
  },
  "a file that is no object": {
    kind: "stray",
    damage: ({ store, first }) => {
      const path = join(store.dir, "objects", first.slice(0, 2), "notes.txt");
      writeFileSync(path, "x");
      return `objects/${first.slice(0, 2)}/notes.txt`;
    },
  },
};

for (const [name, { kind, gitBlind, damage }] of Object.entries(DAMAGES)) {
  test(`fsck finds ${name}`, (t) => {
    const made = make(t);
    assert.deepEqual(fsck(made.store), { ok: true, objects: 6, problems: [], notices: [] });
    const id = damage(made);
    const report = fsck(openStore(made.store.dir));
    assert.equal(report.ok, false);
    assert.ok(report.problems.some((problem) => problem.kind === kind && problem.id === id), JSON.stringify(report.problems));
    if (gitBlind !== true) assert.notEqual(gitFsck(made.store.dir), "");
  });
}

test("fsck reads packs, and names the one that was changed", (t) => {
  const { store } = make(t);
  git(store.dir, ["gc", "-q", "--aggressive"]);
  assert.deepEqual(fsck(openStore(store.dir)), { ok: true, objects: 6, problems: [], notices: [] });
  const folder = join(store.dir, "objects", "pack");
  for (const end of [".pack", ".idx"]) {
    const path = join(folder, readdirSync(folder).find((file) => file.endsWith(end)) ?? "");
    chmodSync(path, 0o644);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 97) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      writeFileSync(path, changed);
      assert.equal(fsck(openStore(store.dir)).ok, false, `${end} byte ${at}`);
    }
    writeFileSync(path, whole);
  }
  renameSync(folder, `${folder}-gone`);
  assert.equal(fsck(openStore(store.dir)).problems.filter((problem) => problem.kind === "dangling-ref").length, 2);
});

test("the cache may be deleted: candidates that went with it are noticed and damage nothing; a save that is gone is a problem", (t) => {
  const store = newStore(t);
  const save = writeSave(store, "saved");
  updateRefs(store, [{ name: "refs/units/m/f", to: save }], log);
  for (const text of ["first", "second"]) updateRefs(store, [{ name: "refs/candidates/m/f", to: writeSave(store, text, [save], "cache") }], log);
  updateRefs(store, [{ name: "refs/candidates/m/g", to: writeSave(store, "other", [], "cache") }], log);
  updateRefs(store, [{ name: "refs/candidates/m/g", to: null }], log);
  rmSync(join(store.dir, "cache"), { recursive: true });
  const { ok, problems, notices } = fsck(openStore(store.dir));
  assert.deepEqual([ok, problems], [true, []]);
  assert.deepEqual([...new Set(notices.map(({ kind, id }) => `${kind} ${id}`))], ["bad-reflog refs/candidates/m/f", "bad-reflog refs/candidates/m/g", "dangling-ref refs/candidates/m/f"]);
  rmSync(loosePath(join(store.dir, "objects"), save));
  assert.deepEqual(fsck(openStore(store.dir)).problems.map(({ kind, id }) => `${kind} ${id}`), ["bad-reflog refs/units/m/f", "dangling-ref refs/units/m/f"]);
});

test("any flipped byte of any loose object is found", (t) => {
  const { store } = make(t);
  const copy = join(tempDir(t), "store");
  for (const id of findByPrefix(store, "").concat(allIds(store))) {
    cpSync(store.dir, copy, { recursive: true, force: true });
    const path = loosePath(join(copy, "objects"), id);
    chmodSync(path, 0o644);
    const whole = readFileSync(path);
    for (let at = 2; at < whole.length; at += 23) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x04;
      writeFileSync(path, changed);
      assert.equal(fsck(openStore(copy)).ok, false, `${id} byte ${at}`);
    }
    writeFileSync(path, whole);
  }
});

function allIds(store: Store): ReturnType<typeof parseId>[] {
  return gitText(store.dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).split("\n").map((id) => parseId(id));
}

test("short names are found among loose and packed objects as git finds them", (t) => {
  const store = newStore(t);
  let tip = writeSave(store, "0");
  for (let index = 1; index < 120; index += 1) tip = writeSave(store, String(index), [tip]);
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }], log);
  const ids = allIds(store);
  const check = (): void => {
    const fresh = openStore(store.dir);
    for (const id of ids.slice(0, 40)) {
      const expected = ids.filter((other) => other.startsWith(id.slice(0, 4))).toSorted();
      assert.deepEqual(findByPrefix(fresh, id.slice(0, 4)), expected);
      assert.deepEqual(findByPrefix(fresh, id.slice(0, 9).toUpperCase()), [id]);
      assert.deepEqual(findByPrefix(fresh, id), [id]);
    }
    for (const text of ["", "abc", "xyzw", "refs/units/m/f", `${ids[0]}0`]) assert.deepEqual(findByPrefix(fresh, text), []);
  };
  check();
  git(store.dir, ["gc", "-q"]);
  check();
});
