import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mark, type Marks } from "../../lib/store/gc-mark.ts";
import { readObject } from "../../lib/store/read.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { addRemote } from "../../lib/sync/remotes.ts";
import { ownRefs, trackedRefs } from "../../lib/sync/shared-refs.ts";
import { onHistories } from "../cli/random-store.ts";
import { git, gitFsck, gitText } from "../store/git.ts";
import { contextOf, newHost, newPeer, reopened } from "./pair.ts";

const RUNS = Number(process.env["VIBESAFE_RUNS"] ?? 2);

test("a random history that goes to a SHA-1 host and comes back elsewhere: every id, every ref, every byte is the same", async (t) => {
  let objects = 0;
  await onHistories(RUNS, async (folder, { store }) => {
    const cleanUps: (() => void)[] = [];
    const scope = { after: (cleanUp: () => void) => void cleanUps.push(cleanUp) };
    try {
      const host = newHost(scope);
      addRemote(store, "origin", host, { root: folder, folder });
      // In two pushes, so that the second leans on what the first sent; then once more without the cache of ids.
      await pushRemote(contextOf(store), { wants: (name) => name.startsWith("units/") });
      rmSync(join(store.dir, "cache"), { recursive: true, force: true });
      await pushRemote(contextOf(reopened(store)));
      const there = newPeer(scope, host);
      await fetchRemote(contextOf(there));
      const refs = ownRefs(store);
      assert.deepEqual(trackedRefs(there, "origin"), refs);
      const reached: Marks = new Map();
      mark(store, refs.values(), reached, { lenient: false });
      for (const id of reached.keys()) assert.deepEqual(readObject(there, id), readObject(store, id));
      objects += reached.size;
      assert.deepEqual([store.dir, there.dir, host].map(gitFsck), ["", "", ""]);
      // Git counts the same on both sides.
      const count = (dir: string, pattern: string): string => gitText(dir, ["rev-list", "--count", `--glob=${pattern}`]);
      assert.equal(count(host, "refs/vibesafe/[ut]*"), count(there.dir, "refs/remotes/origin/[ut]*"));
      // And again, packed by git on both sides, from a cold cache: nothing is new.
      git(host, ["gc", "-q"]);
      rmSync(join(there.dir, "cache"), { recursive: true, force: true });
      assert.deepEqual((await fetchRemote(contextOf(reopened(there)))).moved, []);
      const third = newPeer(scope, host);
      await fetchRemote(contextOf(third));
      assert.deepEqual(trackedRefs(third, "origin"), refs);
      assert.equal(gitFsck(third.dir), "");
    } finally {
      for (const cleanUp of cleanUps) cleanUp();
    }
  });
  t.diagnostic(`${objects} objects of ${RUNS} histories`);
});
