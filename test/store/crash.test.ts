import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeStoreError } from "../../lib/errors.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { formatOwner } from "../../lib/store/lock-owner.ts";
import { readCommit } from "../../lib/store/read.ts";
import { readReflog } from "../../lib/store/reflog.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs, readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { WHO, git, gitFsck, newStore, writeSave } from "./git.ts";
import { STEP, buildWorkers, runWorker } from "./workers.ts";

const PROCESSES = 16;

const workers = buildWorkers(["crash", "race"]);

test("killed before any system call, refs move all or none, git finds no fault and the next process works", (t) => {
  const template = newStore(t);
  const one = writeSave(template, "one");
  const log = { who: WHO, message: "before" };
  updateRefs(template, [{ name: "refs/units/m/packed", to: one }], log);
  git(template.dir, ["pack-refs", "--all", "--prune"]);
  updateRefs(template, [{ name: "refs/units/m/loose", to: one }, { name: "refs/units/m/gone", to: one }], log);

  const copy = (): string => {
    const dir = join(tempDir(t), "store");
    cpSync(template.dir, dir, { recursive: true });
    return dir;
  };
  const whole = runWorker(workers, "crash", [copy(), "0"]);
  const total = Number(whole.lines.at(-1)?.replace("calls ", ""));
  assert.ok(total > 60, `${total} calls`);

  const seen = new Set<string>();
  for (let at = 1; at <= total; at += STEP) {
    const dir = copy();
    const { status, lines } = runWorker(workers, "crash", [dir, String(at)]);
    assert.equal(status, null, `call ${at} was not reached`);
    const store = openStore(dir);
    const refs = new Map<string, CommitId>(listRefs(store, "refs/units/").map(({ name, id }) => [name.slice("refs/units/m/".length), id]));
    const text = (name: string): string | undefined => {
      const id = refs.get(name);
      return id === undefined ? undefined : readCommit(store, id).message.trim();
    };
    const state = JSON.stringify(["loose", "packed", "gone", "new"].map(text));
    seen.add(state);
    const [nothing, all, last] = [`["one","one","one",null]`, `["two","two",null,"two"]`, `["two","two",null,"three"]`];
    const allowed = lines.includes("one") ? [last] : lines.includes("all") ? [all, last] : [nothing, all];
    assert.ok(allowed.includes(state), `killed before call ${at}: ${state}, acknowledged: ${lines.join(" ")}`);
    if (at % 3 === 1) assert.equal(gitFsck(dir), "", `killed before call ${at}`);
    const next = writeSave(store, "next");
    const names = ["loose", "packed", "gone", "new"].map((name) => `refs/units/m/${name}`);
    updateRefs(store, names.map((name) => ({ name, to: next })), { who: WHO, message: "after" });
    for (const name of names) {
      assert.equal(readRef(store, name), next);
      assert.equal(readReflog(store, name).at(-1)?.to, next);
    }
    assert.equal(gitFsck(dir), "", `killed before call ${at}, then used`);
  }
  if (STEP === 1) assert.equal(seen.size, 3);
  t.diagnostic(`${Math.ceil(total / STEP)} of ${total} calls`);
});

test("sixteen processes at once: nothing lost, no torn ref, the loser of a race is told", async (t) => {
  const store = newStore(t);
  const run = (name: string): Promise<{ done: string[]; lost: string[] }> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(workers.dir, "race.mjs"), store.dir, name, "3"], { stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.on("exit", (status) => (status === 0 ? resolve(JSON.parse(out)) : reject(new Error(`worker ${name}: ${status}`))));
    });
  const results = await Promise.all(Array.from({ length: PROCESSES }, (_, index) => run(String(index))));
  const done = results.flatMap((result) => result.done);
  for (const message of results.flatMap((result) => result.lost)) assert.match(message, /somebody else moved it|is held by process|was held by other processes/);
  const log = readReflog(store, "refs/units/m/shared");
  assert.deepEqual(log.map((entry) => entry.to).toSorted(), done.toSorted());
  // Compare-and-swap: every move begins where the one before it ended.
  for (const [index, entry] of log.entries()) assert.equal(entry.from, log[index - 1]?.to ?? null);
  let at = readRef(store, "refs/units/m/shared");
  for (const expected of log.toReversed()) {
    assert.ok(at !== undefined && at === expected.to);
    at = readCommit(store, at).parents[0];
  }
  for (const [index, result] of results.entries()) assert.equal(readRef(store, `refs/units/m/own${index}`), result.done.at(-1));
  assert.equal(gitFsck(store.dir), "");
  assert.deepEqual(readdirSync(join(store.dir, "tmp")), []);
});

test("a living process's lock, or git's, is waited for, then named with its owner, its age and what to do", (t) => {
  const store: Store = { ...newStore(t), lockPatienceMs: 30 };
  const one = writeSave(store, "one");
  const lock = join(store.dir, "refs/units/f.lock");
  const move = (): void => updateRefs(store, [{ name: "refs/units/f", to: one }], { who: WHO, message: "m" });
  for (const [text, owner] of [["", "another process, git perhaps"], [formatOwner(), `process ${process.pid} on `]] as const) {
    writeFileSync(lock, text);
    assert.throws(move, (error) => {
      assert.ok(error instanceof VibesafeStoreError);
      assert.ok(error.message.startsWith(`${lock} is held by ${owner}`), error.message);
      assert.ok(error.message.endsWith(" s") && error.remedy.includes(`rm "${lock}"`));
      return true;
    });
    assert.ok(existsSync(lock));
    assert.equal(readRef(store, "refs/units/f"), undefined);
  }
});
