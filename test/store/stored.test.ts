import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { VibesafeHashMismatch } from "../../lib/errors.ts";
import { formatLoose } from "../../lib/store/deflate.ts";
import { hashObject } from "../../lib/store/id.ts";
import { decodeLoose, loosePath } from "../../lib/store/loose.ts";
import { formatStored, parseStored } from "../../lib/store/stored.ts";
import { writeObject } from "../../lib/store/write.ts";
import { git, gitFsck, newStore } from "./git.ts";

const LIMIT = 1 << 20;

test("a stored stream is what zlib writes at level 0, and reads", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000, size: "max" }), (content) => {
      const stream = formatStored([content.subarray(0, 7), content.subarray(7)]);
      assert.deepEqual(Buffer.from(stream), deflateSync(content, { level: 0 }));
      assert.deepEqual(Buffer.from(parseStored(stream) ?? []), Buffer.from(content));
    }),
  );
  // The sums of Adler-32 are largest here, and are reduced more than once.
  const most = Buffer.alloc(65_535, 255);
  assert.deepEqual(inflateSync(formatStored([most])), most);
  assert.deepEqual(Buffer.from(parseStored(formatStored([most])) ?? []), most);
  assert.throws(() => formatStored([most, Buffer.alloc(1)]), RangeError);
});

test("what is not exactly one whole stored block is left to zlib", () => {
  const content = Buffer.from("blob 5\0hello");
  for (const level of [1, 6, 9]) assert.equal(parseStored(deflateSync(content, { level })), undefined);
  // Several blocks.
  assert.equal(parseStored(deflateSync(Buffer.alloc(100_000), { level: 0 })), undefined);
  assert.equal(parseStored(new Uint8Array()), undefined);
  const stream = formatStored([content]);
  assert.equal(parseStored(Buffer.concat([stream, Buffer.alloc(1)])), undefined);
  for (let length = 0; length < stream.length; length += 1) assert.equal(parseStored(stream.subarray(0, length)), undefined);
  // Header, LEN, NLEN, content and checksum: no bit of it may differ.
  for (let bit = 0; bit < stream.length * 8; bit += 1) {
    const changed = Uint8Array.from(stream);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(parseStored(changed), undefined, `bit ${bit}`);
  }
});

test("a stored object with anything wrong is a mismatch in the same words as any other", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const edit = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), at: fc.nat(), byte }),
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
    fc.record({ kind: fc.constant("add" as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }) }),
    fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), byte }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), edit, (payload, change) => {
      const id = hashObject("blob", payload);
      const file = Buffer.from(formatLoose("blob", payload));
      const at = "at" in change ? change.at % file.length : 0;
      let changed = Buffer.from(file);
      if (change.kind === "set") changed[at] = change.byte;
      else if (change.kind === "cut") changed = changed.subarray(0, at);
      else if (change.kind === "add") changed = Buffer.concat([changed, change.bytes]);
      else changed = Buffer.concat([changed.subarray(0, at), Buffer.from([change.byte]), changed.subarray(at)]);
      try {
        assert.deepEqual(Buffer.from(decodeLoose(changed, id, "x", LIMIT).payload), Buffer.from(payload));
        // Other header bytes may say the same: a smaller window is still large enough, and zlib skips the bits after the block's type.
        assert.ok(changed.equals(file) || at <= 2);
      } catch (error) {
        if (!(error instanceof VibesafeHashMismatch)) throw error;
        assert.match(error.message, /^object [0-9a-f]{64} at x does not hash to its name: /);
      }
    }),
  );
  const payload = Buffer.from("text");
  const file = Buffer.from(formatLoose("blob", payload));
  const id = hashObject("blob", payload);
  assert.throws(() => decodeLoose(Buffer.concat([file, Buffer.alloc(2)]), id, "x", LIMIT), /2 bytes follow the zlib stream/);
  assert.throws(() => decodeLoose(file.subarray(0, -1), id, "x", LIMIT), /zlib stream is truncated/);
  file[file.length - 1] = 0xff;
  assert.throws(() => decodeLoose(file, id, "x", LIMIT), /zlib stream is corrupt/);
});

test("an object is stored as it is while its file takes one block of the disk, and git reads it", (t) => {
  const store = newStore(t);
  const header = "blob 4076\0".length;
  for (const [size, stored] of [[0, true], [1, true], [4096 - 11 - header, true], [4096 - 11 - header + 1, false], [5000, false]] as const) {
    const payload = Buffer.alloc(size, "some text\n");
    const id = writeObject(store, "blob", payload);
    const file = readFileSync(join(store.dir, loosePath("objects", id)));
    assert.equal(parseStored(file) !== undefined, stored, `${size} bytes`);
    assert.ok(file.length <= 4096);
    assert.deepEqual(git(store.dir, ["cat-file", "blob", id]), payload);
  }
  assert.equal(gitFsck(store.dir), "");
});
