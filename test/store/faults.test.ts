import assert from "node:assert/strict";
import fs, { cpSync, existsSync, readdirSync, utimesSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeStoreError } from "../../lib/errors.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { gc } from "../../lib/store/gc.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { readCommit } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs, readRef } from "../../lib/store/refs.ts";
import { readReflog } from "../../lib/store/reflog.ts";
import { openStore } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, newStore, writeSave } from "./git.ts";

/** Every so many system calls fail in turn; `FAULT_STEP=1` tries them all. */
const STEP = Number(process.env["FAULT_STEP"] ?? 13);

const CALLS = ["openSync", "writeSync", "fsyncSync", "renameSync", "mkdirSync", "linkSync", "unlinkSync", "utimesSync"] as const;
type Call = (typeof CALLS)[number];
type AnyCall = (...args: never[]) => unknown;

/** Runs `work` while the system calls named by `CALLS` go through `change`; node:fs is as before afterwards. */
function withCalls(change: (name: Call, call: AnyCall) => AnyCall, work: () => void): void {
  const before = CALLS.map((name): [Call, AnyCall] => [name, fs[name]]);
  for (const [name, call] of before) Object.assign(fs, { [name]: change(name, call) });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    for (const [name, call] of before) Object.assign(fs, { [name]: call });
    syncBuiltinESMExports();
  }
}

/** Fails the call of that number with a system error; says which call it was, if there were so many. */
function failing(at: number, code: string, work: () => void): Call | undefined {
  let calls = 0;
  let failed: Call | undefined;
  const change =
    (name: Call, call: AnyCall): AnyCall =>
    (...args) => {
      calls += 1;
      if (calls !== at) return call(...args);
      failed = name;
      throw Object.assign(new Error(`${code}: injected, ${name}`), { code, syscall: name });
    };
  withCalls(change, work);
  return failed;
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name);
}

for (const code of ["ENOSPC", "EROFS", "EACCES", "EIO"]) {
  test(`${code} at any system call: a typed error with a remedy, nothing half-done, nothing left over`, (t) => {
    const template = newStore(t);
    const one = writeSave(template, "one");
    updateRefs(template, [{ name: "refs/units/m/packed", to: one }], { who: WHO, message: "before" });
    git(template.dir, ["pack-refs", "--all", "--prune"]);
    updateRefs(template, [{ name: "refs/units/m/loose", to: one }], { who: WHO, message: "before" });
    for (let at = 1, reached = true; reached; at += STEP) {
      const dir = join(tempDir(t), "store");
      cpSync(template.dir, dir, { recursive: true });
      const store = openStore(dir);
      let failure: unknown;
      const names = ["refs/units/m/loose", "refs/units/m/new", "refs/units/m/packed"];
      const failed = failing(at, code, () => {
        try {
          const two = writeSave(store, "two", [], "cache");
          updateRefs(store, names.map((name) => ({ name, to: two })), { who: WHO, message: "all" });
        } catch (error) {
          failure = error;
        }
      });
      reached = failed !== undefined;
      const texts = listRefs(store).map(({ id }) => readCommit(store, id).message.trim());
      const moved = texts.length === 3 && texts.every((text) => text === "two");
      const untouched = texts.length === 2 && texts.every((text) => text === "one");
      const where = `${code} at call ${at}, ${failed}: ${texts.join()}`;
      if (failure === undefined) assert.ok(moved, where);
      else assert.ok(failure instanceof VibesafeStoreError && failure.remedy !== "" && failure.cause instanceof Error, `${where}: ${String(failure)}`);
      // When a folder cannot be opened and synced it is open whether the disk has the move; any other failure means that there was none.
      if (failure !== undefined) assert.ok(untouched || (moved && (failed === "fsyncSync" || failed === "openSync")), where);
      assert.deepEqual(filesBelow(join(dir, "tmp")), [], where);
      assert.deepEqual(filesBelow(dir).filter((name) => name.endsWith(".lock")), [], where);
      if (at % 15 === 1) assert.equal(gitFsck(dir), "", where);
    }
  });
}

test("gc that fails at any system call says so, and leaves a whole store that the next one tidies", (t) => {
  const template = newStore(t);
  const one = writeSave(template, "one");
  updateRefs(template, [{ name: "refs/units/m/f", to: one }], { who: WHO, message: "before" });
  git(template.dir, ["gc", "-q"]);
  const old = writeSave(template, "old");
  utimesSync(loosePath(join(template.dir, "objects"), old), 1, 1);
  updateRefs(template, [{ name: "refs/units/m/f", to: writeSave(template, "two", [one]) }], { who: WHO, message: "before" });
  for (const code of ["ENOSPC", "EACCES"]) {
    for (let at = 1, reached = true; reached; at += STEP * 2) {
      const dir = join(tempDir(t), "store");
      cpSync(template.dir, dir, { recursive: true, preserveTimestamps: true });
      let failure: unknown;
      const failed = failing(at, code, () => {
        try {
          gc(openStore(dir));
        } catch (error) {
          failure = error;
        }
      });
      reached = failed !== undefined;
      const where = `${code} at call ${at}, ${failed}`;
      assert.ok(failure === undefined || (failure instanceof VibesafeStoreError && failure.remedy !== ""), `${where}: ${String(failure)}`);
      assert.deepEqual(fsck(openStore(dir)).problems, [], where);
      gc(openStore(dir));
      assert.equal(fsck(openStore(dir)).objects, 8, where);
      assert.deepEqual(filesBelow(join(dir, "tmp")).concat(filesBelow(dir).filter((name) => name.endsWith(".lock"))), [], where);
    }
  }
});

test("short writes lose nothing", (t) => {
  const store = newStore(t);
  const short =
    (name: Call, call: AnyCall): AnyCall =>
    (...args: unknown[]) => {
      const [file, bytes, offset, length] = args;
      if (name !== "writeSync" || typeof file !== "number" || !(bytes instanceof Uint8Array)) return Reflect.apply(call, fs, args);
      return Reflect.apply(call, fs, [file, bytes, offset, Math.min(Number(length), 7)]);
    };
  withCalls(short, () => {
    const one = writeSave(store, "one");
    const names = ["refs/units/m/a", "refs/units/m/b"];
    updateRefs(store, names.map((name) => ({ name, to: one })), { who: WHO, message: "a message" });
    assert.equal(readRef(store, "refs/units/m/b"), one);
    assert.equal(readReflog(store, "refs/units/m/b")[0]?.message, "a message");
  });
  assert.equal(gitFsck(store.dir), "");
  assert.ok(existsSync(join(store.dir, "refs/units/m/a")));
});
