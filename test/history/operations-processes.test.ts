import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readStacks } from "../../lib/history/operations.ts";
import { undoOperation } from "../../lib/history/undo.ts";
import { listRefs } from "../../lib/store/refs.ts";
import { gitFsck, newStore, WHO, writeSave } from "../store/git.ts";

const WORKER = join(fileURLToPath(new URL(".", import.meta.url)), "workers/mover.ts");

function start(args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, ["--import", "tsx", WORKER, ...args], { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => child.on("close", resolve));
}

test("processes that move a shared ref at once leave a record that undo walks back to the beginning", async (t) => {
  const store = newStore(t);
  const commits = [writeSave(store, "one"), writeSave(store, "two")];
  const [names, rounds] = [["a", "b", "c"], 4];
  const statuses = await Promise.all(names.map((name) => start([store.dir, name, String(rounds), ...commits])));
  assert.deepEqual(statuses, names.map(() => 0));
  assert.equal(gitFsck(store.dir), "");
  const { undoable } = readStacks(store);
  assert.equal(undoable.length, names.length * rounds, "one operation a move, none for a lost race");
  for (const { command } of undoable.toReversed()) assert.equal(undoOperation(store, { who: WHO, command: "vibe undo" }).operation.command, command);
  assert.deepEqual(listRefs(store), []);
});
