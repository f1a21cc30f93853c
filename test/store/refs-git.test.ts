import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeStoreError } from "../../lib/errors.ts";
import { hashObject, parseId, type CommitId } from "../../lib/store/id.ts";
import { formatPackedRefs, parsePackedRefs } from "../../lib/store/packed-refs.ts";
import { formatReflogEntry, parseReflog, readReflog } from "../../lib/store/reflog.ts";
import { updateRefs, type RefUpdate } from "../../lib/store/ref-transaction.ts";
import { listRefs, readHead, readRef, readRefTarget } from "../../lib/store/refs.ts";
import type { Store } from "../../lib/store/store.ts";
import { WHO, git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

const log = { who: WHO, message: "save: test" };

/** What git says of every ref, as `listRefs` would. */
function gitRefs(store: Store): { name: string; id: string }[] {
  const rows = gitText(store.dir, ["for-each-ref", "--format=%(objectname) %(refname)"]).split("\n").filter(Boolean);
  return rows.map((row) => ({ id: row.slice(0, 64), name: row.slice(65) }));
}

test("random moves: git lists the same refs and the same reflogs, loose and packed", (t) => {
  const store = newStore(t);
  const commits = Array.from({ length: 5 }, (_, index) => writeSave(store, `commit ${index}`));
  const names = ["refs/units/a/f", "refs/units/a/g", "refs/units/b.c/f", "refs/tags/v1", "refs/units/ü/\u{1f600}", "refs/units/ü/\uffee"];
  const model = new Map<string, CommitId>();
  const update = fc.record({ name: fc.constantFrom(...names), to: fc.option(fc.constantFrom(...commits), { freq: 4 }) });
  const step = fc.oneof({ weight: 6, arbitrary: fc.uniqueArray(update, { selector: (item) => item.name, minLength: 1, maxLength: 4 }) }, { weight: 1, arbitrary: fc.constant("pack" as const) });
  const steps = fc.sample(step, { numRuns: 60, seed: 11 });
  for (const [round, updates] of steps.entries()) {
    if (updates === "pack") {
      git(store.dir, ["pack-refs", "--all", "--prune"]);
      continue;
    }
    updateRefs(
      store,
      updates.map(({ name, to }): RefUpdate => ({ name, expected: model.get(name) ?? null, to })),
      { who: WHO, message: `round ${round}` },
    );
    for (const { name, to } of updates) {
      if (to === null) model.delete(name);
      else model.set(name, to);
    }
    const expected = [...model].map(([name, id]) => ({ name, id }));
    const sorted = expected.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    assert.deepEqual(listRefs(store), sorted);
    if (round % 6 === 0) assert.deepEqual(gitRefs(store), sorted);
    for (const name of names) assert.equal(readRef(store, name), model.get(name));
  }
  for (const { name } of listRefs(store)) {
    const ours = readReflog(store, name).toReversed();
    const theirs = gitText(store.dir, ["reflog", "show", "--format=%H %gs", name]).split("\n");
    // Git leaves out the entries of a deletion, which have no commit.
    assert.deepEqual(theirs, ours.filter((entry) => entry.to !== null).map((entry) => `${entry.to} ${entry.message}`));
  }
  assert.equal(gitFsck(store.dir), "");
  assert.ok(!existsSync(join(store.dir, "packed-refs.lock")));
});

test("several refs move, or none", (t) => {
  const store = newStore(t);
  const [one, two] = [writeSave(store, "one"), writeSave(store, "two")];
  updateRefs(store, [{ name: "refs/units/m/f", expected: null, to: one }], log);
  const attempt = (): void =>
    updateRefs(
      store,
      [
        { name: "refs/units/m/a", expected: null, to: two },
        { name: "refs/units/m/f", expected: two, to: one },
        { name: "refs/units/m/z", expected: null, to: two },
      ],
      log,
    );
  assert.throws(attempt, /refs\/units\/m\/f is .*, expected .*: somebody else moved it/);
  assert.deepEqual(listRefs(store).map((ref) => ref.name), ["refs/units/m/f"]);
  assert.equal(readReflog(store, "refs/units/m/a").length, 0);
  assert.throws(() => updateRefs(store, [{ name: "refs/units/m/f", expected: null, to: two }], log), VibesafeStoreError);
  assert.throws(() => updateRefs(store, [{ name: "refs/units/m/g", expected: one, to: two }], log), VibesafeStoreError);
});

test("after a transaction each ref has its own file, and packed-refs is as before", (t) => {
  const store = newStore(t);
  const [one, two] = [writeSave(store, "one"), writeSave(store, "two")];
  const names = ["refs/units/m/a", "refs/units/m/b", "refs/units/m/c"];
  updateRefs(store, names.map((name) => ({ name, to: one })), log);
  assert.ok(!existsSync(join(store.dir, "packed-refs")));
  for (const name of names) assert.equal(readFileSync(join(store.dir, name), "utf8"), `${one}\n`);
  git(store.dir, ["pack-refs", "--all", "--prune"]);
  updateRefs(store, names.slice(1).map((name) => ({ name, expected: one, to: two })), log);
  assert.deepEqual([...parsePackedRefs(readFileSync(join(store.dir, "packed-refs"), "utf8")).keys()], [names[0]]);
  assert.deepEqual(listRefs(store).map((ref) => ref.id), [one, two, two]);
});

test("a ref that already holds its new value is left alone, without a line in its log", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  updateRefs(store, [{ name: "refs/units/m/f", to: one }], log);
  updateRefs(store, [{ name: "refs/units/m/f", to: one }, { name: "refs/units/m/g", to: null }], log);
  assert.equal(readReflog(store, "refs/units/m/f").length, 1);
  assert.equal(readReflog(store, "refs/units/m/g").length, 0);
});

test("names that cannot stand side by side are refused, and leave nothing behind", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  updateRefs(store, [{ name: "refs/units/m/f", to: one }, { name: "refs/units/Other/f", to: one }], log);
  for (const packed of [false, true]) {
    if (packed) git(store.dir, ["pack-refs", "--all", "--prune"]);
    for (const name of ["refs/units/m/f/x", "refs/units/m", "refs/units/m/F", "refs/units/other/g"]) {
      assert.throws(() => updateRefs(store, [{ name, expected: null, to: one }], log), VibesafeStoreError, name);
    }
  }
  assert.throws(() => updateRefs(store, [{ name: "refs/units/n/f", to: one }, { name: "refs/units/n/F", to: one }], log), VibesafeStoreError);
  assert.equal(listRefs(store).length, 2);
  updateRefs(store, [{ name: "refs/units/m/f", to: null }], log);
  updateRefs(store, [{ name: "refs/units/m/f/x", to: one }], log);
  updateRefs(store, [{ name: "refs/units/m/f/x", to: null }], log);
  updateRefs(store, [{ name: "refs/units/m/f", to: one }], log);
  assert.equal(gitFsck(store.dir), "");
});

test("symbolic refs are followed five deep, circles are an error", (t) => {
  const store = newStore(t);
  assert.deepEqual(readHead(store), { ref: "refs/heads/main", id: undefined });
  const one = writeSave(store, "one");
  updateRefs(store, [{ name: "refs/heads/main", to: one }], log);
  assert.equal(readHead(store).id, one);
  git(store.dir, ["symbolic-ref", "refs/units/link", "refs/heads/main"]);
  assert.equal(readRef(store, "refs/units/link"), one);
  assert.throws(() => updateRefs(store, [{ name: "refs/units/link", to: one }], log), /symbolic ref to refs\/heads\/main/);
  writeFileSync(join(store.dir, "refs/units/a"), "ref: refs/units/b\n");
  writeFileSync(join(store.dir, "refs/units/b"), "ref: refs/units/a\n");
  assert.throws(() => readRef(store, "refs/units/a"), VibesafeStoreError);
});

test("an annotated tag reads as the tag, packed and peeled or not", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  git(store.dir, ["tag", "-a", "-m", "x", "v1", one]);
  const tag = readRefTarget(store, "refs/tags/v1");
  assert.equal(tag, gitText(store.dir, ["rev-parse", "refs/tags/v1"]));
  git(store.dir, ["pack-refs", "--all", "--prune"]);
  assert.equal(readRefTarget(store, "refs/tags/v1"), tag);
  updateRefs(store, [{ name: "refs/units/m/a", to: one }, { name: "refs/units/m/b", to: one }], log);
  assert.equal(gitText(store.dir, ["rev-parse", "v1^{}"]), one);
});

test("any flipped byte of a ref or of packed-refs is detected or harmless", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  updateRefs(store, [{ name: "refs/units/m/f", to: one }], log);
  const path = join(store.dir, "refs/units/m/f");
  const whole = readFileSync(path);
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const changed = Uint8Array.from(whole);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, changed);
    try {
      // Another id is no object of the store: the reader of the save sees it missing.
      assert.match(readRef(store, "refs/units/m/f") ?? "", /^[0-9a-f]{64}$/);
    } catch (error) {
      if (!(error instanceof VibesafeStoreError)) throw error;
    }
  }
  const packed = Buffer.from(`# pack-refs with: peeled fully-peeled sorted \n${one} refs/units/m/f\n`);
  for (let at = 0; at < packed.length; at += 1) {
    const changed = Buffer.from(packed);
    changed[at] = (changed[at] ?? 0) ^ 0x08;
    try {
      assert.ok(parsePackedRefs(changed.toString("utf8")).size <= 1);
    } catch (error) {
      if (!(error instanceof VibesafeStoreError)) throw error;
    }
  }
});

test("a ref cut short, empty or merged by hand is damage, an editor's backup is no ref", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  updateRefs(store, [{ name: "refs/units/m/f", to: one }], log);
  const path = join(store.dir, "refs/units/m/f");
  for (const name of ["f~", ".DS_Store", "f.lock"]) writeFileSync(join(store.dir, "refs/units/m", name), "x");
  assert.equal(listRefs(store).length, 1);
  rmSync(join(store.dir, "refs/units/m/f.lock"));
  writeFileSync(path, `${one}\r\n`);
  assert.equal(readRef(store, "refs/units/m/f"), one);
  for (const text of ["", one.slice(0, 63), `${one}0`, `<<<<<<< ours\n${one}\n`, one.toUpperCase(), "ref: ../../x", `${one} x`]) {
    writeFileSync(path, text);
    assert.throws(() => readRef(store, "refs/units/m/f"), VibesafeStoreError);
    assert.throws(() => listRefs(store), VibesafeStoreError);
    assert.throws(() => updateRefs(store, [{ name: "refs/units/m/f", to: one }], log), VibesafeStoreError);
  }
});

test("packed refs come back from their text, in git's order", () => {
  const id = hashObject("blob", new Uint8Array());
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map((part) => `refs/t/${Buffer.from(part).toString("hex")}`);
  fc.assert(
    fc.property(fc.dictionary(name, fc.boolean()), (named) => {
      const refs = new Map(Object.entries(named).map(([key, peeled]) => [key, peeled ? { id, peeled: id } : { id }]));
      assert.deepEqual(new Map([...parsePackedRefs(formatPackedRefs(refs))].sort()), new Map([...refs].sort()));
    }),
  );
});

test("a message becomes one line, a name loses what git strips, a log comes back", () => {
  const id = hashObject("blob", new Uint8Array());
  const who = { ...WHO, name: " <Ada>\n, ", email: "<a@b>" };
  const line = formatReflogEntry({ from: null, to: id, who, message: "a\nb\t c\r\n" });
  assert.equal(line, `${"0".repeat(64)} ${id} Ada <a@b> 1700000000 +0100\ta b c\n`);
  assert.deepEqual(parseReflog(Buffer.from(line), "x"), [{ from: null, to: id, who: { ...WHO, name: "Ada", email: "a@b" }, message: "a b c" }]);
  for (const text of [line.slice(0, -1), line.slice(1), `\n${line}`, line.replace(" +0100", ""), line.replace("Ada ", "")]) {
    assert.throws(() => parseReflog(Buffer.from(text), "x"), VibesafeStoreError);
  }
});

test("a line that a dying process left unfinished is cut off by the next move", (t) => {
  const store = newStore(t);
  const [one, two] = [writeSave(store, "one"), writeSave(store, "two")];
  updateRefs(store, [{ name: "refs/units/m/f", to: one }], log);
  const path = join(store.dir, "logs/refs/units/m/f");
  writeFileSync(path, `${readFileSync(path, "utf8")}${one} ${two} Ada`);
  assert.throws(() => readReflog(store, "refs/units/m/f"), VibesafeStoreError);
  updateRefs(store, [{ name: "refs/units/m/f", to: two }], log);
  assert.deepEqual(readReflog(store, "refs/units/m/f").map((entry) => entry.to), [one, two]);
});

test("a log outlives its ref", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one");
  for (const to of [one, null, one]) updateRefs(store, [{ name: "refs/units/m/f", to }], log);
  assert.deepEqual(readReflog(store, "refs/units/m/f").map((entry) => entry.to), [one, null, one]);
  assert.equal(gitFsck(store.dir), "");
});

test("a ref to an object that is gone still reads", (t) => {
  const store = newStore(t);
  const one = writeSave(store, "one", [], "cache");
  updateRefs(store, [{ name: "refs/candidates/m/f", to: one }], log);
  rmSync(join(store.dir, "cache"), { recursive: true });
  assert.equal(readRef(store, "refs/candidates/m/f"), one);
  mkdirSync(join(store.dir, "cache"));
  assert.equal(parseId(one), one);
});
