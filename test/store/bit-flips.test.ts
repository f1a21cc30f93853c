import assert from "node:assert/strict";
import { chmodSync, closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { fsck } from "../../lib/store/fsck.ts";
import { hashObject, parseId, type ObjectId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { hasObject, readObject } from "../../lib/store/read.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readReflog } from "../../lib/store/reflog.ts";
import { listRefs, readHead, readRefTarget } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { writeObject } from "../../lib/store/write.ts";
import { WHO, git, gitText, newStore, writeSave } from "./git.ts";

/** Every so many bits are flipped in turn; `FLIP_STEP=1` flips them all. Odd, so that every bit of a byte has its turn. */
const STEP = Number(process.env["FLIP_STEP"] ?? 397);

/** Flips bits of a file, one at a time; gives how many were flipped. */
async function flipEach(path: string, step: number, look: (where: string) => void): Promise<number> {
  chmodSync(path, 0o644);
  const whole = readFileSync(path);
  // In place: a file that is cut and written anew waits for the disk each time.
  const file = openSync(path, "r+");
  let flips = 0;
  try {
    for (let bit = 0; bit < whole.length * 8; bit += step) {
      const at = bit >> 3;
      const byte = whole[at] ?? 0;
      writeSync(file, Uint8Array.of(byte ^ (1 << (bit & 7))), 0, 1, at);
      look(`bit ${bit} of ${path}`);
      writeSync(file, Uint8Array.of(byte), 0, 1, at);
      flips += 1;
      // Packs of stores that nobody uses any more are closed between two turns.
      if (flips % 64 === 0) await setImmediate();
    }
  } finally {
    closeSync(file);
  }
  return flips;
}

/** What was read, or "refused" for a typed error. */
function told<Value>(read: () => Value): Value | "refused" {
  try {
    return read();
  } catch (error) {
    if (error instanceof VibesafeStoreError || error instanceof VibesafeHashMismatch) return "refused";
    throw error;
  }
}

interface Flippable {
  readonly store: Store;
  readonly ids: readonly ObjectId[];
}

/** A few saves and an annotated tag, each object of every kind; two refs. */
function make(t: TestContext): Flippable {
  const store = newStore(t);
  let text = Array.from({ length: 30 }, (_, line) => `line ${line}: ${line * 7919}`).join("\n");
  let tip = writeSave(store, text);
  for (let round = 0; round < 3; round += 1) {
    text = text.replace(`line ${round * 5}:`, `changed ${round}:`);
    tip = writeSave(store, text, [tip]);
  }
  const tag = writeObject(store, "tag", Buffer.from(`object ${tip}\ntype commit\ntag v1\ntagger ${WHO.name} <${WHO.email}> 1700000000 +0100\n\nmessage\n`));
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }, { name: "refs/tags/v1", to: tag }], { who: WHO, message: "m" });
  const ids = gitText(store.dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).split("\n").map((id) => parseId(id));
  return { store, ids };
}

/** Every object reads as what its name says, or not at all. */
function neverWrong({ store, ids }: Flippable): (where: string) => void {
  return (where) => {
    const fresh = openStore(store.dir);
    for (const id of ids) {
      const object = told(() => readObject(fresh, id));
      if (object !== "refused") assert.equal(hashObject(object.type, object.payload), id, where);
    }
  };
}

test("a flipped bit of a loose object of any kind is refused, or the object is what it was", async (t) => {
  const { store, ids } = make(t);
  const kinds = new Map(ids.map((id) => [readObject(store, id).type, id]));
  assert.deepEqual([...kinds.keys()].sort(), ["blob", "commit", "tag", "tree"]);
  let flips = 0;
  for (const id of kinds.values()) flips += await flipEach(loosePath(join(store.dir, "objects"), id), Math.ceil(STEP / 20), neverWrong({ store, ids: [id] }));
  t.diagnostic(`${flips} bits`);
});

test("a flipped bit of a pack or its index never gives wrong data, and fsck finds it", async (t) => {
  const flippable = make(t);
  const { store } = flippable;
  git(store.dir, ["repack", "-adfq", "--depth=10"]);
  git(store.dir, ["prune-packed"]);
  const folder = join(store.dir, "objects", "pack");
  const look = neverWrong(flippable);
  let flips = 0;
  for (const name of readdirSync(folder).filter((file) => /\.(?:pack|idx)$/.test(file))) {
    flips += await flipEach(join(folder, name), STEP, (where) => {
      look(where);
      assert.equal(fsck(openStore(store.dir)).ok, false, where);
    });
  }
  t.diagnostic(`${flips} bits`);
});

test("a flipped bit of a ref, packed or not, of HEAD or a reflog never leads to another object of the store", async (t) => {
  for (const packed of [false, true]) {
    const { store } = make(t);
    if (packed) git(store.dir, ["pack-refs", "--all"]);
    const before = new Map(listRefs(store).map(({ name, id }) => [name, id]));
    const head = readHead(store).ref;
    const log = readReflog(store, "refs/units/m/f").map(({ to }) => to);
    const look = (where: string): void => {
      const fresh = openStore(store.dir);
      for (const [name, id] of before) {
        const now = told(() => readRefTarget(fresh, name));
        assert.ok(now === "refused" || now === undefined || now === id || !hasObject(fresh, now), `${where}: ${name} is ${now}`);
      }
      const now = told(() => readHead(fresh));
      assert.ok(now === "refused" || now.ref === head || now.id === undefined, where);
      const lines = told(() => readReflog(fresh, "refs/units/m/f"));
      if (lines !== "refused") for (const [index, { to }] of lines.entries()) assert.ok(to === null || to === log[index] || !hasObject(fresh, to), where);
    };
    const files = packed ? ["packed-refs"] : ["refs/units/m/f", "refs/tags/v1", "HEAD", "logs/refs/units/m/f"];
    for (const file of files) await flipEach(join(store.dir, file), Math.ceil(STEP / 30), look);
  }
});
