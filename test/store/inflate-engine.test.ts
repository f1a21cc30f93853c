import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import fc from "fast-check";
import { inflateSmall } from "../../lib/store/inflate-engine.ts";
import { inflateStream } from "../../lib/store/inflate.ts";

const settings = fc.record({ level: fc.integer({ min: 0, max: 9 }), strategy: fc.integer({ min: 0, max: 4 }), memLevel: fc.integer({ min: 1, max: 9 }), windowBits: fc.integer({ min: 9, max: 15 }) });
const content = fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.constantFrom("return ", "a", "\n  ", "const x = 1;"), { maxLength: 500 }).map((words) => new TextEncoder().encode(words.join(""))));

test("one engine for many streams gives what zlib gives, whatever the stream before was", () => {
  fc.assert(
    fc.property(content, settings, fc.uint8Array({ maxLength: 40 }), fc.nat(), (bytes, how, behind, place) => {
      const stream = deflateSync(bytes, how);
      const input = Buffer.concat([stream, behind]);
      const found = inflateSmall(input, bytes.length);
      assert.ok(found !== undefined, "this node's engines are as expected");
      assert.deepEqual(Buffer.from(found.bytes), Buffer.from(bytes));
      assert.equal(found.consumed, stream.length);
      assert.equal(inflateSmall(stream.subarray(0, place % stream.length), bytes.length), undefined);
      if (bytes.length > 1) assert.equal(inflateStream(input, bytes.length - 1), "longer");
      const bent = Buffer.from(stream);
      bent[place % stream.length] = (bent[place % stream.length] ?? 0) ^ (1 << place % 8);
      const other = inflateSmall(bent, bytes.length);
      // Flags that say nothing may change; what comes out is what zlib's own interface gives.
      if (other !== undefined) assert.deepEqual(Buffer.from(other.bytes), inflateSync(bent));
    }),
    { numRuns: 200 },
  );
});
