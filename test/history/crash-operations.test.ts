import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkSaves } from "../../lib/history/fsck-saves.ts";
import { UNIT_REFS } from "../../lib/spec/unit-id.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { listRefs } from "../../lib/store/refs.ts";
import { openStore } from "../../lib/store/store.ts";
import { gitFsck } from "../store/git.ts";
import { STEP, buildWorkers, runWorker } from "../store/workers.ts";
import { tempDir } from "../temp.ts";
import { checkoutV1, makeProject, openProjectAt, saveAll, undoLast } from "./crash-project.ts";

const workers = buildWorkers(["../../history/workers/crash-operations"]);

/** The active saves. */
function activeIn(root: string): string {
  return JSON.stringify(listRefs(openStore(join(root, ".vibesafe")), UNIT_REFS).map(({ id }) => id));
}

test("killed before any system call of a save, a checkout or an undo: all units or none, nothing acknowledged is lost, the next command works", async (t) => {
  const template = tempDir(t);
  await makeProject(template);
  const copy = (): string => {
    const root = join(tempDir(t), "project");
    cpSync(template, root, { recursive: true, preserveTimestamps: true });
    return root;
  };
  const finished = copy();
  const whole = runWorker(workers, "crash-operations", [finished, "0"]);
  assert.deepEqual(whole.lines.slice(0, -1), ["save", "checkout", "undo"]);
  const total = Number(whole.lines.at(-1)?.replace("calls ", ""));
  assert.ok(total > 60, `${total} calls`);
  const [before, saved] = [activeIn(template), activeIn(finished)];
  assert.notEqual(before, saved);
  let kills = 0;
  for (let at = 1; at <= total; at += STEP) {
    const root = copy();
    const { status, lines } = runWorker(workers, "crash-operations", [root, String(at)]);
    assert.equal(status, null, `call ${at} was not reached`);
    kills += 1;
    const where = `killed before call ${at} of ${total}, acknowledged: ${lines.join(" ")}`;
    const active = activeIn(root);
    assert.ok(lines.includes("undo") ? active === saved : active === before || active === saved, where);
    const project = openProjectAt(root);
    const problems = async (): Promise<unknown> => [...fsck(project.store).problems, ...(await checkSaves(project.store))];
    assert.deepEqual(await problems(), [], where);
    assert.equal(gitFsck(project.store.dir), "", where);
    // A save that was acknowledged is active, or one undo away where the checkout came through.
    if (lines.includes("save") && active === before) undoLast(project);
    else await saveAll(project);
    assert.equal(activeIn(root), saved, where);
    checkoutV1(project);
    assert.equal(activeIn(root), before, where);
    undoLast(project);
    assert.equal(activeIn(root), saved, where);
    assert.deepEqual(await problems(), [], `${where}, then used`);
  }
  t.diagnostic(`${kills} of ${total} calls`);
});
