import assert from "node:assert/strict";
import { chmodSync, closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../lib/errors.ts";
import { hashObject, parseId } from "../../lib/store/id.ts";
import { loosePath } from "../../lib/store/loose.ts";
import { readBlobTo } from "../../lib/store/stream-read.ts";
import { hashBlobFile, writeBlobFile, writeBlobFrom } from "../../lib/store/stream-write.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { writeObject, writeObjects } from "../../lib/store/write.ts";
import { tempDir } from "../temp.ts";
import { git, gitFsck, gitText, newStore, writeSave } from "./git.ts";

/** MiB of the large blob; 256 in the slow run. */
const MIB = Number(process.env["LARGE_MIB"] ?? 48);

async function readAll(store: Store, id: Parameters<typeof readBlobTo>[1]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  await readBlobTo(store, id, (chunk) => {
    chunks.push(Uint8Array.from(chunk));
  });
  return Buffer.concat(chunks);
}

test("a large file is stored and read in bounded memory, and git agrees", async (t) => {
  const store = newStore(t);
  const path = join(tempDir(t), "large");
  const file = openSync(path, "w");
  const part = Buffer.alloc(1 << 20);
  const expected = createHash("sha256");
  for (let index = 0; index < MIB; index += 1) {
    part.fill(`${index} some text that packs well, `);
    crypto.getRandomValues(part.subarray(0, 1 << 14));
    writeSync(file, part);
    expected.update(part);
  }
  closeSync(file);
  const before = process.memoryUsage().rss;
  let peak = before;
  const id = await writeBlobFile(store, path);
  peak = Math.max(peak, process.memoryUsage().rss);
  const hash = createHash("sha256");
  let largest = 0;
  const size = await readBlobTo(store, id, (chunk) => {
    hash.update(chunk);
    largest = Math.max(largest, chunk.length);
    peak = Math.max(peak, process.memoryUsage().rss);
  });
  assert.deepEqual([size, hash.digest("hex")], [MIB << 20, expected.digest("hex")]);
  assert.ok(largest <= 1 << 20 && peak - before < 64 << 20, `${(peak - before) >> 20} MiB more`);
  assert.equal(hashBlobFile(path), id);
  assert.equal(gitText(store.dir, ["cat-file", "-s", id]), String(MIB << 20));
  assert.equal(gitText(store.dir, ["hash-object", path]), id);
});

test("small, empty, packed and deltified blobs come out alike; a pipe's content goes in", async (t) => {
  const store = newStore(t);
  const texts = ["", "x", "0123456789".repeat(9000)];
  const save = writeSave(store, "not a blob");
  async function* pieces(text: string): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += 7777) yield Buffer.from(text.slice(at, at + 7777));
  }
  for (const text of texts) assert.equal(await writeBlobFrom(store, pieces(text)), hashObject("blob", Buffer.from(text)));
  const more = writeObjects(store, texts.map((text) => ({ type: "blob", payload: Buffer.from(`${text}!`) })), { packFrom: 1 });
  const base = Array.from({ length: 500 }, (_, index) => `line ${index * 7919}`).join("\n");
  const deltas = [base, `${base}\nmore`].map((text) => writeObject(store, "blob", Buffer.from(text)));
  const all = [...texts.map((text) => [hashObject("blob", Buffer.from(text)), text]), ...deltas.map((id, index) => [id, index === 0 ? base : `${base}\nmore`])];
  const check = async (): Promise<void> => {
    for (const [id, text] of all) assert.equal((await readAll(openStore(store.dir), parseId<"blob">(id ?? ""))).toString(), text);
  };
  await check();
  assert.equal((await readAll(store, parseId<"blob">(more[2] ?? ""))).length, 90_001);
  git(store.dir, ["pack-objects", "-q", join(store.dir, "objects/pack/pack")], `${all.map(([id]) => id).join("\n")}\n`);
  git(store.dir, ["prune-packed"]);
  await check();
  await assert.rejects(readAll(store, parseId<"blob">(save)), { name: "VibesafeStoreError", message: /is a commit, not a blob/ });
  await assert.rejects(readAll(store, hashObject("blob", Buffer.from("nowhere"))), { message: /is missing/ });
  await assert.rejects(writeBlobFile(store, join(store.dir, "nowhere")), VibesafeStoreError);
  assert.equal(gitFsck(store.dir), "");
});

test("of a damaged blob not one byte is released", async (t) => {
  const store = newStore(t);
  const payload = Buffer.alloc(3_000_000, "some text of a kind, ");
  const id = writeObject(store, "blob", payload);
  const path = loosePath(join(store.dir, "objects"), id);
  const whole = readFileSync(path);
  chmodSync(path, 0o644);
  const loose = (text: string, size: number): Buffer => deflateSync(Buffer.concat([Buffer.from(text), Buffer.alloc(size, "some text of a kind, ")]));
  const flipped = Buffer.from(whole);
  flipped[whole.length - 9] = (flipped[whole.length - 9] ?? 0) ^ 1;
  const bodies = [flipped, Buffer.concat([whole, Buffer.from("x")]), loose("blob 3000000\0", 2_999_999), loose("blob 10\0", 3_000_000), loose("blob 3000001\0", 3_000_001), loose("", 30), Buffer.alloc(0)];
  const released = async (): Promise<void> => {
    await assert.rejects(readBlobTo(store, id, () => assert.fail("released")), (error) => error instanceof VibesafeHashMismatch && !error.message.includes(store.dir));
  };
  for (const body of bodies) {
    writeFileSync(path, body);
    await released();
  }
  writeFileSync(path, whole);
  for (const length of [1, 10, whole.length >> 1, whole.length - 1]) {
    truncateSync(path, length);
    await released();
    writeFileSync(path, whole);
  }
  assert.deepEqual(await readAll(store, id), payload);
});
