import assert from "node:assert/strict";
import fs, { readlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gc } from "../../lib/store/gc.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { WHO, newStore, writeSave } from "./git.ts";

interface Rename {
  readonly from: string;
  readonly to: string;
}

/** Files and folders that were synced, and renames, in order. */
function record(work: () => void): readonly (string | Rename)[] {
  const seen: (string | Rename)[] = [];
  const { fsyncSync, renameSync } = fs;
  Object.assign(fs, {
    fsyncSync: (file: number) => {
      seen.push(readlinkSync(`/proc/self/fd/${file}`));
      fsyncSync(file);
    },
    renameSync: (from: string, to: string) => {
      renameSync(from, to);
      seen.push({ from, to });
    },
  });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(fs, { fsyncSync, renameSync });
    syncBuiltinESMExports();
  }
  return seen;
}

test("what is renamed into its place was synced before, and its folder is synced after", { skip: process.platform !== "linux" }, (t) => {
  const store = newStore(t);
  const log = { who: WHO, message: "m" };
  const one = writeSave(store, "one");
  const two = writeSave(store, "two", [one]);
  const steps = {
    "an object": () => void writeSave(store, "three"),
    "one new ref": () => updateRefs(store, [{ name: "refs/units/m/a", to: one }], log),
    "one ref": () => updateRefs(store, [{ name: "refs/units/m/a", to: two }], log),
    "several refs": () => updateRefs(store, ["a", "b", "c"].map((name) => ({ name: `refs/units/m/${name}`, to: one })), log),
    "a ref that goes": () => updateRefs(store, [{ name: "refs/units/m/b", to: null }], log),
    gc: () => void gc(store, { packRefs: true }),
  };
  for (const [name, step] of Object.entries(steps)) {
    const seen = record(step);
    let renames = 0;
    for (const [index, event] of seen.entries()) {
      // What gc sets aside before it deletes need not survive a power cut.
      if (typeof event === "string" || event.to.startsWith(join(store.dir, "tmp"))) continue;
      // The index of a pack waits in tmp/ under a name of its own.
      const written = seen.slice(0, index).findLast((other) => typeof other !== "string" && other.to === event.from);
      const source = typeof written === "object" ? written.from : event.from;
      assert.ok(seen.slice(0, index).includes(source), `${name}: ${source} was not synced`);
      assert.ok(seen.slice(index).includes(dirname(event.to)), `${name}: the folder of ${event.to} was not synced`);
      renames += 1;
    }
    assert.ok(renames > 0 || name === "a ref that goes", `${name} renames nothing`);
  }
});
