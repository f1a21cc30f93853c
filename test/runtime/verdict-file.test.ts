import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { formatVerdict, parseVerdict, readVerdict, verdictPath } from "../../lib/spec/verdict.ts";
import { hashObject } from "../../lib/store/id.ts";
import { tempDir } from "../temp.ts";

const checkpoint = hashObject("tree", new Uint8Array());
const verdict = { checkpoint, gateKey: "k", passed: true, unverified: false };

test("a verdict reads back as written, and only for its checkpoint", (t) => {
  const store = tempDir(t);
  assert.equal(readVerdict(store, checkpoint), undefined);
  mkdirSync(dirname(verdictPath(store, checkpoint)), { recursive: true });
  writeFileSync(verdictPath(store, checkpoint), formatVerdict(verdict));
  assert.deepEqual(readVerdict(store, checkpoint), verdict);
  assert.equal(parseVerdict(formatVerdict(verdict), hashObject("tree", new Uint8Array([1]))), undefined);
});

test("a torn or foreign file is no verdict", () => {
  const text = formatVerdict(verdict);
  for (let end = 0; end < text.length; end++) assert.equal(parseVerdict(text.slice(0, end), checkpoint), undefined);
  fc.assert(fc.property(fc.json(), (json) => parseVerdict(json, checkpoint) === undefined));
});
