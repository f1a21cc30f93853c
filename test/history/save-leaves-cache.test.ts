import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkSaves } from "../../lib/history/fsck-saves.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { listLoose } from "../../lib/store/list-objects.ts";
import { areaDir, openStore } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { git, gitText } from "../store/git.ts";
import { makeProject } from "./crash-project.ts";

test("what is saved is no longer in the cache: after git's repack and gc the cache may be deleted, and no save misses anything", async (t) => {
  const { store } = await makeProject(tempDir(t));
  const saved = new Set(listLoose(areaDir(store, "objects")).ids);
  assert.ok(saved.size > 10);
  assert.deepEqual(listLoose(areaDir(store, "cache")).ids.filter((id) => saved.has(id)), []);
  git(store.dir, ["repack", "-adfq"]);
  git(store.dir, ["gc", "-q", "--prune=now"]);
  rmSync(join(store.dir, "cache"), { recursive: true });
  const bare = openStore(store.dir);
  assert.deepEqual([...fsck(bare).problems, ...(await checkSaves(bare))], []);
  // Beside the alternates there is git's commit-graph, which remembers candidates.
  rmSync(join(store.dir, "objects/info"), { recursive: true });
  assert.ok(gitText(store.dir, ["rev-list", "--objects", "--glob=refs/units", "--tags"]).split("\n").length > 10);
});
