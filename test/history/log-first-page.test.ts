import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { walkLog } from "../../lib/history/log.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { formatTree } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { newStore, WHO } from "../store/git.ts";

test("a page of the log reads its own saves, and not one beyond", (t) => {
  const store = newStore(t);
  const tree = writeObject(store, "tree", formatTree([]));
  const saves: CommitId[] = [];
  for (let save = 0; save < 5; save += 1) {
    const payload = formatCommit({ tree, parents: saves.slice(-1), author: WHO, committer: WHO, message: `save ${save}\n\nVibesafe-Unit: m/f\n` });
    saves.push(writeObject(store, "commit", payload));
  }
  const [, , third, fourth, tip] = saves;
  assert.ok(third !== undefined && fourth !== undefined && tip !== undefined);
  rmSync(loosePath(join(store.dir, "objects"), third));
  const walk = walkLog(store, [tip]);
  assert.deepEqual([walk.next().value?.id, walk.next().value?.id], [tip, fourth]);
  assert.throws(() => walk.next(), /is missing/);
});
