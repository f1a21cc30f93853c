import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeStoreError } from "../../lib/errors.ts";
import { parseGitConfig } from "../../lib/store/git-config.ts";
import { initStore } from "../../lib/store/init.ts";
import { hasObject, hasSavedObject, readCommit, tryReadObject } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs, readRef } from "../../lib/store/refs.ts";
import { readReflog } from "../../lib/store/reflog.ts";
import { openStore, storeExists } from "../../lib/store/store.ts";
import { migrateObjects } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

const log = { who: WHO, message: "save" };

test("a new store is a repository to git, and its files are pinned", (t) => {
  const store = newStore(t);
  assert.equal(gitText(store.dir, ["rev-parse", "--show-object-format"]), "sha256");
  assert.equal(gitText(store.dir, ["rev-parse", "--is-bare-repository"]), "true");
  assert.equal(gitFsck(store.dir), "");
  const read = (name: string): string => readFileSync(join(store.dir, name), "utf8");
  assert.equal(read("HEAD"), "ref: refs/heads/main\n");
  assert.equal(read(".gitignore"), "cache/\ntmp/\nlogs/\nrefs/candidates/\nrefs/remotes/\nobjects/info/\n*.lock\n");
  assert.equal(read(".gitattributes"), "* -text\nobjects/** binary\n");
});

test("init completes and never overwrites", (t) => {
  const store = newStore(t);
  writeFileSync(join(store.dir, ".gitignore"), "mine\n");
  rmSync(join(store.dir, "HEAD"));
  rmSync(join(store.dir, "refs"), { recursive: true });
  assert.ok(!storeExists(store.dir));
  initStore(store.dir);
  assert.ok(storeExists(store.dir));
  assert.equal(readFileSync(join(store.dir, ".gitignore"), "utf8"), "mine\n");
});

test("what is no store is refused with what to do", (t) => {
  const root = tempDir(t);
  const refused = (dir: string): boolean => {
    assert.ok(!storeExists(dir));
    assert.throws(() => openStore(dir), (error) => error instanceof VibesafeStoreError && error.remedy !== "");
    return true;
  };
  assert.ok(refused(join(root, "absent")));
  const sha1 = join(root, "sha1");
  execFileSync("git", ["init", "-q", "--bare", sha1], { env: { PATH: process.env["PATH"], HOME: root } });
  assert.ok(refused(sha1));
  assert.throws(() => initStore(sha1), VibesafeStoreError);
  writeFileSync(join(root, "file"), "x");
  assert.ok(refused(join(root, "file")));
  for (const config of ["", "[core", "\0\0", "[core]\nrepositoryformatversion = 1\n[extensions]\nobjectformat = sha256\npartialClone = x\n"]) {
    const dir = initStore(join(root, "broken")).dir;
    writeFileSync(join(dir, "config"), config);
    assert.ok(refused(dir));
    rmSync(dir, { recursive: true });
  }
});

test("a user's own settings in config are no obstacle", (t) => {
  const store = newStore(t);
  for (const [key, value] of [["gc.auto", "0"], ["remote.origin.url", 'x "y" ; z'], ["alias.l", "log \\ --oneline"]]) git(store.dir, ["config", key ?? "", value ?? ""]);
  assert.ok(storeExists(store.dir));
  const values = parseGitConfig(readFileSync(join(store.dir, "config"), "utf8"));
  assert.ok(values?.some(({ key, value }) => key === "remote.origin.url" && value === 'x "y" ; z'));
  assert.ok(values?.some(({ key, value }) => key === "alias.l" && value === "log \\ --oneline"));
});

/** A project whose repository holds a store, and a clone of it. */
function cloned(t: { after(cleanUp: () => void): void }, prepare: (dir: string) => void): string {
  const root = tempDir(t);
  const project = join(root, "project");
  mkdirSync(project);
  const run = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: project,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: root, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    });
  run("init", "-q");
  prepare(initStore(join(project, ".vibesafe")).dir);
  run("add", "-A");
  run("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "store");
  run("clone", "-q", project, join(root, "clone"));
  return join(root, "clone", ".vibesafe");
}

test("a clone of the project reads, writes nothing by it, and completes itself on the first write", (t) => {
  for (const packed of [false, true]) {
    const dir = cloned(t, (made) => {
      const store = openStore(made);
      const save = writeSave(store, "saved");
      const candidate = writeSave(store, "candidate", [save], "cache");
      updateRefs(store, [{ name: "refs/units/m/f", to: save }, { name: "refs/candidates/m/f", to: candidate }], log);
      if (packed) {
        updateRefs(store, [{ name: "refs/candidates/m/f", to: null }], log);
        git(made, ["gc", "-q", "--aggressive"]);
      }
    });
    assert.equal(existsSync(join(dir, "refs")), !packed);
    for (const gone of ["cache", "tmp", "logs", "objects/info", "refs/candidates"]) assert.ok(!existsSync(join(dir, gone)), gone);
    const store = openStore(dir);
    const id = readRef(store, "refs/units/m/f");
    assert.ok(id !== undefined);
    assert.equal(readCommit(store, id).message, "saved\n");
    assert.deepEqual(listRefs(store).map((ref) => ref.name), ["refs/units/m/f"]);
    assert.deepEqual(readReflog(store, "refs/units/m/f"), []);
    for (const gone of ["cache", "tmp", "logs", "objects/info"]) assert.ok(!existsSync(join(dir, gone)), gone);
    const next = writeSave(store, "next", [id]);
    updateRefs(store, [{ name: "refs/units/m/f", expected: id, to: next }], log);
    assert.equal(gitText(dir, ["rev-parse", "refs/units/m/f"]), next);
    assert.equal(gitFsck(dir), "");
  }
});

test("an empty store survives version control", (t) => {
  const dir = cloned(t, () => undefined);
  assert.ok(!existsSync(join(dir, "refs")) && !existsSync(join(dir, "objects")));
  const store = openStore(dir);
  assert.deepEqual(listRefs(store), []);
  const one = writeSave(store, "one");
  updateRefs(store, [{ name: "refs/units/m/f", expected: null, to: one }], log);
  assert.equal(gitFsck(dir), "");
});

test("candidates live in the cache until they are saved", (t) => {
  const store = newStore(t);
  const base = writeSave(store, "base");
  const candidate = writeSave(store, "candidate", [base], "cache");
  assert.equal(gitText(store.dir, ["cat-file", "-t", candidate]), "commit");
  assert.ok(hasObject(store, candidate) && !hasSavedObject(store, candidate));
  migrateObjects(store, [candidate]);
  assert.ok(hasSavedObject(store, candidate));
  rmSync(join(store.dir, "cache"), { recursive: true });
  assert.equal(readCommit(openStore(store.dir), candidate).message, "candidate\n");
  updateRefs(openStore(store.dir), [{ name: "refs/units/m/f", to: candidate }], log);
  assert.equal(gitFsck(store.dir), "");
});

test("our cache is looked into even when objects/info is gone", (t) => {
  const store = newStore(t);
  const candidate = writeSave(store, "candidate", [], "cache");
  rmSync(join(store.dir, "objects", "info"), { recursive: true });
  assert.ok(tryReadObject(openStore(store.dir), candidate) !== undefined);
  rmSync(join(store.dir, "cache"), { recursive: true });
  assert.equal(tryReadObject(openStore(store.dir), candidate), undefined);
});
