import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listLoose } from "../../lib/store/list-objects.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { readRef } from "../../lib/store/refs.ts";
import { areaDir, openStore } from "../../lib/store/store.ts";
import { IDENTITY, vibe } from "../cli/vibe.ts";
import { gitFsck } from "../store/git.ts";
import { tempDir } from "../temp.ts";
import { makeProject, openProjectAt, saveAll } from "./crash-project.ts";

test("the project's git moves objects under the logs, and holds copies of what is damaged", async (t) => {
  const root = tempDir(t);
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: root, env: { PATH: process.env["PATH"], HOME: root, ...IDENTITY }, encoding: "utf8" });
  git("init", "-q", "-b", "main");
  const { store } = await makeProject(root);
  const objects = areaDir(store, "objects");
  const names = (): Promise<{ status: number; kinds: string[]; notices: number }> =>
    vibe(root, ["fsck", "--json"]).then(({ status, out }) => {
      const { problems, notices } = JSON.parse(out) as { problems: { kind: string }[]; notices: unknown[] };
      return { status, kinds: [...new Set(problems.map(({ kind }) => kind))], notices: notices.length };
    });
  for (const file of [".gitignore", ".gitattributes"]) writeFileSync(join(store.dir, file), file === ".gitignore" ? "cache/\ntmp/\nlogs/\nrefs/candidates/\nobjects/info/\n*.lock\n" : "* -text\n");
  git("add", "-A");
  git("commit", "-qm", "first");
  git("checkout", "-qb", "more");
  await saveAll(openProjectAt(root));
  git("add", "-A");
  git("commit", "-qm", "second");
  git("checkout", "-q", "main");

  // The logs name the saves of the other branch, of which nothing is here.
  const there = await names();
  assert.deepEqual([there.status, there.kinds, there.notices > 0], [0, [], true]);
  // Outside of a working tree nobody moves objects: that a log names what is gone is damage, as git says too.
  rmSync(join(root, ".git", "config"));
  assert.deepEqual(await names().then(({ status, kinds }) => [status, kinds[0]]), [4, "bad-reflog"]);
  git("init", "-q");
  // Of one of these saves the commit is left, and its parts went: still nothing that a ref leads to.
  git("checkout", "-q", "more");
  const ref = "refs/units/m/twice";
  const save = readRef(openStore(store.dir), ref);
  assert.ok(save !== undefined);
  const bytes = readFileSync(loosePath(objects, save));
  git("checkout", "-q", "main");
  const before = new Set(listLoose(objects).ids);
  execFileSync("mkdir", ["-p", join(objects, save.slice(0, 2))]);
  writeFileSync(loosePath(objects, save), bytes);
  assert.deepEqual(await names().then(({ status, kinds }) => [status, kinds]), [0, []]);
  // What a ref leads to must be there.
  writeFileSync(join(store.dir, ref), `${save}\n`);
  assert.equal((await names()).status, 4);
  git("checkout", "--", ".vibesafe/refs");
  rmSync(loosePath(objects, save));

  const ids = [...before].sort();
  for (const [index, id] of ids.entries()) {
    const path = loosePath(objects, id);
    chmodSync(path, 0o644);
    if (index % 3 === 0) rmSync(path);
    else if (index % 3 === 1) appendFileSync(path, "x");
  }
  rmSync(join(store.dir, "HEAD"));
  assert.equal((await vibe(root, ["fsck"])).status, 4);
  const repaired = await vibe(root, ["fsck", "--repair"]);
  assert.equal(repaired.status, 0, repaired.out + repaired.err);
  assert.deepEqual(listLoose(objects).ids, ids);
  assert.ok(existsSync(join(store.dir, "lost")));
  rmSync(join(store.dir, "logs"), { recursive: true });
  assert.equal(gitFsck(store.dir), "");
});
