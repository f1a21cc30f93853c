import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { applyDelta, DeltaError } from "../../lib/store/delta.ts";
import { hashObject, parseId, type ObjectId } from "../../lib/store/id.ts";
import { decodeLoose, loosePath } from "../../lib/store/loose.ts";
import { readObject } from "../../lib/store/read.ts";
import { parsePackedRefs } from "../../lib/store/packed-refs.ts";
import { parseReflog } from "../../lib/store/reflog.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { parseCommit } from "../../lib/store/commit.ts";
import { parseTag } from "../../lib/store/tag.ts";
import { parseTree } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { git, gitStore, gitText, newStore, writeSave } from "./git.ts";

const LIMIT = 1 << 20;

function isTyped(error: unknown): boolean {
  return error instanceof VibesafeStoreError || error instanceof VibesafeHashMismatch;
}

test("any flipped bit of a loose object is detected or harmless", () => {
  const payload = Buffer.from("export function greet(name: string): string { return `hi ${name}`; }\n");
  const id = hashObject("blob", payload);
  const file = deflateSync(Buffer.concat([Buffer.from(`blob ${payload.length}\0`), payload]));
  let harmless = 0;
  for (let bit = 0; bit < file.length * 8; bit += 1) {
    const changed = Uint8Array.from(file);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    try {
      assert.deepEqual(Buffer.from(decodeLoose(changed, id, "x", LIMIT).payload), payload);
      harmless += 1;
    } catch (error) {
      if (!(error instanceof VibesafeHashMismatch)) throw error;
      assert.ok(error.message.startsWith(`object ${id} at x does not hash to its name: `), error.message);
    }
  }
  // The level in zlib's header says nothing about the content, but its check bits cover it; a window size may be larger than needed.
  assert.ok(harmless <= 8, `${harmless} bits did not matter`);
});

test("a loose object cut short or followed by anything is refused", () => {
  const payload = Buffer.alloc(3000, "abc");
  const id = hashObject("blob", payload);
  const file = deflateSync(Buffer.concat([Buffer.from(`blob ${payload.length}\0`), payload]), { level: 0 });
  for (let length = 0; length < file.length; length += 7) assert.throws(() => decodeLoose(file.subarray(0, length), id, "x", LIMIT), VibesafeHashMismatch);
  assert.throws(() => decodeLoose(Buffer.concat([file, Buffer.from([0])]), id, "x", LIMIT), /1 bytes follow/);
  assert.throws(() => decodeLoose(Buffer.concat([file, file]), id, "x", LIMIT), VibesafeHashMismatch);
});

test("headers that lie about type or size are refused", () => {
  const cases = ["blob 5\0four", "blob 3\0four", "blob 04\0four", "blob -4\0four", "blob  4\0four", "bolb 4\0four", "blob4\0four", "blob 4", "", "blob 1e1\0four"];
  for (const text of cases) {
    const bytes = Buffer.from(text, "latin1");
    const id = parseId(Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex"));
    assert.throws(() => decodeLoose(deflateSync(bytes), id, "x", LIMIT), VibesafeHashMismatch, text);
  }
});

test("a bomb and a giant declared size are refused before memory is spent", () => {
  const id = hashObject("blob", Buffer.from("x"));
  const bomb = deflateSync(Buffer.concat([Buffer.from("blob 10\0"), Buffer.alloc(200 << 20)]), { level: 9 });
  assert.ok(bomb.length < 1 << 18);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => decodeLoose(bomb, id, "x", 2 ** 30), /more bytes than its header declares/);
  const giant = deflateSync(Buffer.concat([Buffer.from("blob 9007199254740991\0"), Buffer.alloc(1 << 20, "random".repeat(9))]), { level: 0 });
  assert.throws(() => decodeLoose(giant, id, "x", 2 ** 30), { name: "VibesafeHashMismatch", message: /declares 9007199254740991 bytes, more than [0-9]+ can hold/ });
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 << 20);
});

test("a large object is read whole, and refused beyond the caller's limit", (t) => {
  const store = newStore(t);
  const id = writeObject(store, "blob", Buffer.alloc(5_000_000, "0123456789abcdef\n"));
  assert.equal(readObject(store, id).payload.length, 5_000_000);
  assert.throws(() => readObject(store, id, 4_999_999), { name: "VibesafeStoreError", message: /declares 5000000 bytes, the limit is 4999999/ });
});

test("whatever is done to an object's file is a mismatch that names the object and its place in the store", (t) => {
  const store = newStore(t);
  const id = writeObject(store, "blob", Buffer.alloc(40_000, "some text "));
  const place = loosePath("objects", id);
  const path = join(store.dir, place);
  const whole = readFileSync(path);
  chmodSync(path, 0o644);
  const flipped = Buffer.from(whole);
  flipped[whole.length >> 1] = (whole[whole.length >> 1] ?? 0) ^ 1;
  const bodies = { empty: "", text: "not zlib", half: whole.subarray(0, whole.length >> 1), flipped, longer: Buffer.concat([whole, whole]), other: deflateSync("blob 1\0x") };
  for (const [name, body] of Object.entries(bodies)) {
    writeFileSync(path, body);
    assert.throws(() => readObject(store, id), (error) => {
      assert.ok(error instanceof VibesafeHashMismatch, name);
      assert.ok(error.message.startsWith(`object ${id} at ${place} does not hash to its name: `), error.message);
      assert.ok(!`${error.message} ${error.remedy}`.includes(store.dir));
      return true;
    });
  }
});

interface Packed {
  readonly dir: string;
  readonly ids: readonly ObjectId[];
  readonly pack: string;
  readonly index: string;
}

function packedStore(t: { after(cleanUp: () => void): void }): Packed {
  const store = newStore(t);
  let text = Array.from({ length: 60 }, (_, index) => `line ${index}: ${index * 7919}`).join("\n");
  let tip = writeSave(store, text);
  for (let round = 0; round < 6; round += 1) {
    text = text.replace(`line ${round * 5}:`, `changed ${round}:`);
    tip = writeSave(store, text, [tip]);
  }
  git(store.dir, ["update-ref", "refs/units/m/f", tip]);
  git(store.dir, ["repack", "-adfq", "--depth=10"]);
  git(store.dir, ["prune-packed"]);
  const folder = join(store.dir, "objects", "pack");
  const find = (end: string): string => join(folder, readdirSync(folder).find((name) => name.endsWith(end)) ?? "");
  for (const end of [".pack", ".idx"]) chmodSync(find(end), 0o644);
  const ids = gitText(store.dir, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).split("\n").map((id) => parseId(id));
  return { dir: store.dir, ids, pack: find(".pack"), index: find(".idx") };
}

function readAll(dir: string, ids: readonly ObjectId[]): number {
  const store: Store = openStore(dir);
  let failures = 0;
  const stranger = (message: string): boolean => message.includes(dir);
  for (const id of ids) {
    try {
      const { type, payload } = readObject(store, id);
      assert.equal(hashObject(type, payload), id);
    } catch (error) {
      if (!(error instanceof VibesafeStoreError || error instanceof VibesafeHashMismatch) || stranger(error.message)) throw error;
      failures += 1;
    }
  }
  return failures;
}

test("a flipped byte between a pack's header and its trailer is a mismatch, whole or delta", (t) => {
  const { dir, ids, pack } = packedStore(t);
  const whole = readFileSync(pack);
  let harmless = 0;
  for (let at = 12; at < whole.length - 32; at += 31) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    writeFileSync(pack, changed);
    const store = openStore(dir);
    const damaged = ids.filter((id) => {
      try {
        readObject(store, id);
        return false;
      } catch (error) {
        if (!(error instanceof VibesafeHashMismatch)) throw error;
        return true;
      }
    });
    if (damaged.length === 0) harmless += 1;
  }
  // The bits of zlib's header that say how hard it tried.
  assert.ok(harmless < 5, `${harmless} bytes did not matter`);
});

test("a pack or index cut short is named", (t) => {
  const { dir, ids, pack, index } = packedStore(t);
  for (const path of [pack, index]) {
    const whole = readFileSync(path);
    for (const length of [0, 3, 11, 40, whole.length >> 1, whole.length - 33, whole.length - 1]) {
      truncateSync(path, length);
      assert.equal(readAll(dir, ids), ids.length);
      writeFileSync(path, whole);
    }
  }
  assert.equal(readAll(dir, ids), 0);
});

test("an index that grows another pack's trailer is refused", (t) => {
  const one = packedStore(t);
  const other = gitStore(t);
  const blob = gitText(other, ["hash-object", "-w", "--stdin"], "other");
  const stem = gitText(other, ["pack-objects", "-q", join(other, "objects", "pack", "pack")], `${blob}\n`);
  rmSync(one.pack);
  cpSync(join(other, "objects", "pack", `pack-${stem}.pack`), one.pack);
  assert.equal(readAll(one.dir, one.ids), one.ids.length);
});

test("deltas: malformed ones are refused, well-formed ones applied", () => {
  const base = Buffer.from("0123456789");
  const delta = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
  assert.equal(Buffer.from(applyDelta(base, delta(10, 6, 0x91, 2, 3, 3, 97, 98, 99), 99)).toString(), "234abc");
  const long = Buffer.alloc(0x10000, "x");
  assert.equal(applyDelta(long, delta(0x80, 0x80, 4, 0x80, 0x80, 4, 0x80), LIMIT).length, 0x10000);
  const bad = [
    delta(),
    delta(10),
    delta(9, 3, 0x91, 0, 3),
    delta(10, 3, 0x91, 8, 3),
    delta(10, 3, 0x91),
    delta(10, 3, 5, 1, 2),
    delta(10, 3, 0, 1, 2),
    delta(10, 4, 3, 1, 2, 3),
    delta(10, 2, 3, 1, 2, 3),
    delta(10, ...Array.from({ length: 20 }, () => 0xff)),
    delta(10, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
  ];
  for (const bytes of bad) assert.throws(() => applyDelta(base, bytes, LIMIT), DeltaError);
});

test("decoders give typed errors on random and on mutated bytes", () => {
  const store = parseId<"tree">("ab".repeat(32));
  const seeds: Uint8Array[] = [
    Buffer.concat([Buffer.from("100644 a\0"), Buffer.alloc(32, 1), Buffer.from("40000 b\0"), Buffer.alloc(32, 2)]),
    Buffer.from(`tree ${store}\nparent ${store}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n`),
    Buffer.from(`object ${store}\ntype commit\ntag v\ntagger A <a@b> 1 +0000\n\nm\n`),
    Buffer.from(`# pack-refs with: peeled fully-peeled sorted \n${store} refs/tags/v\n^${store}\n`),
    Buffer.from(`${store} ${store} A <a@b> 1 +0000\tm\n`),
  ];
  const decoders: ((bytes: Uint8Array) => unknown)[] = [
    parseTree,
    parseCommit,
    parseTag,
    (bytes) => parsePackedRefs(Buffer.from(bytes).toString("utf8")),
    (bytes) => parseReflog(bytes, "log"),
    (bytes) => decodeLoose(bytes, store, "x", LIMIT),
  ];
  const total = (bytes: Uint8Array): void => {
    for (const decode of decoders) {
      try {
        decode(bytes);
      } catch (error) {
        if (!isTyped(error)) throw error;
      }
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), total), { numRuns: 800 });
  const edit = fc.tuple(fc.nat(), fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 3 }), (seed, edits) => {
      let bytes = Buffer.from(seed);
      for (const [position, removed, inserted] of edits) {
        const at = position % (bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
      }
      total(bytes);
    }),
    { numRuns: 800 },
  );
});

test("what git calls a bad tree is refused, on reading and on writing", () => {
  const id = Buffer.alloc(32, 1);
  const entry = (mode: string, name: string): Buffer => Buffer.concat([Buffer.from(`${mode} ${name}\0`), id]);
  const bad = [
    [entry("100644", "b"), entry("100644", "a")],
    [entry("100644", "a"), entry("100644", "a")],
    [entry("100644", "a"), entry("100644", "a.b"), entry("40000", "a")],
    [entry("040000", "a")],
    [entry("100664", "a")],
    [entry("100644", "")],
    [entry("100644", "a/b")],
    ...[".", "..", ".git", ".GIT", "git~1", ".git ", ".g\u200cit"].map((name) => [entry("40000", name)]),
    [Buffer.concat([Buffer.from("100644 a\0"), Buffer.alloc(32)])],
    [entry("100644", "a").subarray(0, 40)],
  ];
  for (const entries of bad) assert.throws(() => parseTree(Buffer.concat(entries)), VibesafeStoreError);
  assert.equal(parseTree(Buffer.concat([entry("100644", "a.b"), entry("40000", "a"), entry("100644", "a0")])).length, 3);
});

test("an alternate that comes back to itself ends", (t) => {
  const store = newStore(t);
  const info = join(store.dir, "objects", "info");
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, "alternates"), `# comment\n../objects\n\n../cache/objects\n${join(dirname(store.dir), "gone")}\n`);
  const id = writeObject(store, "blob", Buffer.from("x"));
  assert.equal(readObject(openStore(store.dir), id).payload.length, 1);
  assert.ok(loosePath("o", id).startsWith(join("o", id.slice(0, 2))));
});
