import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { retryWhenMoved } from "../../lib/history/retry.ts";
import { formatOwner } from "../../lib/store/lock-owner.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readRef } from "../../lib/store/refs.ts";
import type { Store } from "../../lib/store/store.ts";
import { newStore, WHO, writeSave } from "../store/git.ts";

test("who meets a lock that a living process holds tries again, and gives up in the end", async (t) => {
  const store: Store = { ...newStore(t), lockPatienceMs: 1 };
  const ref = "refs/units/m/f";
  const save = writeSave(store, "one");
  const lock = join(store.dir, `${ref}.lock`);
  mkdirSync(dirname(lock), { recursive: true });
  const attempt = (givesUpAt: number): Promise<number> => {
    writeFileSync(lock, formatOwner());
    let tries = 0;
    return retryWhenMoved(store, [], async () => {
      tries += 1;
      if (tries === givesUpAt) rmSync(lock);
      updateRefs(store, [{ name: ref, to: save }], { who: WHO, message: "m" });
      return tries;
    });
  };
  assert.equal(await attempt(2), 2);
  assert.equal(readRef(store, ref), save);
  await assert.rejects(attempt(9), /is held by process/);
});
