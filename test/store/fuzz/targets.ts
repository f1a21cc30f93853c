/**
 * What is fuzzed: each decoder, with inputs that it takes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { chmodSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VibesafeHashMismatch, VibesafeStoreError } from "../../../lib/errors.ts";
import { decodeCbor, encodeCbor } from "../../../lib/store/cbor.ts";
import { parseCommit } from "../../../lib/store/commit.ts";
import { applyDelta, DeltaError } from "../../../lib/store/delta.ts";
import { makeDelta } from "../../../lib/store/delta-make.ts";
import { parseGitConfig } from "../../../lib/store/git-config.ts";
import { hashObject, parseId, type ObjectId } from "../../../lib/store/id.ts";
import { inflateStream } from "../../../lib/store/inflate.ts";
import { decodeLoose } from "../../../lib/store/loose.ts";
import { listIndex } from "../../../lib/store/pack-index.ts";
import { closePack, openPack, orBroken, readPacked } from "../../../lib/store/pack.ts";
import { indexPack } from "../../../lib/store/pack-reindex.ts";
import { parsePackedRefs } from "../../../lib/store/packed-refs.ts";
import { parseReflog } from "../../../lib/store/reflog.ts";
import type { Store } from "../../../lib/store/store.ts";
import { parseTag } from "../../../lib/store/tag.ts";
import { parseTree } from "../../../lib/store/tree.ts";
import { gc } from "../../../lib/store/gc.ts";
import { updateRefs } from "../../../lib/store/ref-transaction.ts";
import { WHO, writeSave } from "../git.ts";

export interface Target {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** Most bytes that any decoder may make of an input here. */
export const LIMIT: number = 1 << 20;

/** Errors that a decoder may throw; the last only where the caller translates it. */
export function isTyped(error: unknown): boolean {
  return error instanceof VibesafeStoreError || error instanceof VibesafeHashMismatch || error instanceof DeltaError;
}

const text = (value: string): Uint8Array => Buffer.from(value, "latin1");
const id = "ab".repeat(32);
const who = "A U Thor <a@example.com> 1700000000 +0100";

/** Every decoder; the packs are read from a scratch store, whose files are overwritten. */
export function targets(scratch: Store): Target[] {
  const payload = Buffer.from("export const greet = (name: string): string => `hi ${name}`;\n".repeat(3));
  const loose = Buffer.concat([text(`blob ${payload.length}\0`), payload]);
  const blobId = hashObject("blob", payload);
  const base = Buffer.from("one line\nanother line\n".repeat(20));
  const changed = Buffer.concat([base.subarray(0, 100), Buffer.from("changed here"), base.subarray(90), base]);
  const delta = makeDelta(base, changed, Infinity) ?? new Uint8Array();
  const huge = text("blob 9007199254740991\0x");
  const spec = encodeCbor({ format: 1, name: "greet", deps: [{ a: -7, b: null }, true], bytes: payload, text: "ü".repeat(40) });
  return [
    { name: "zlib", seeds: [deflateSync(loose), deflateSync(Buffer.alloc(200_000))], decode: (bytes) => inflateStream(bytes, LIMIT) },
    { name: "loose", seeds: [deflateSync(loose), deflateSync(loose, { level: 0 }), deflateSync(huge), deflateSync(Buffer.alloc(300_000))], decode: (bytes) => decodeLoose(bytes, blobId, "x", LIMIT) },
    // The zlib stream is whole here, so that the header is what is fuzzed.
    { name: "object header", seeds: [loose, huge], decode: (bytes) => decodeLoose(deflateSync(bytes, { level: 0 }), hashOf(bytes), "x", LIMIT) },
    { name: "tree", seeds: [Buffer.concat([text("100644 a\0"), Buffer.alloc(32, 1), text("40000 b\0"), Buffer.alloc(32, 2), text("120000 c\0"), Buffer.alloc(32, 3)])], decode: parseTree },
    { name: "commit", seeds: [text(`tree ${id}\nparent ${id}\nauthor ${who}\ncommitter ${who}\ngpgsig a\n b\n\nmessage\n`)], decode: parseCommit },
    { name: "tag", seeds: [text(`object ${id}\ntype commit\ntag v1\ntagger ${who}\n\nmessage\n`)], decode: parseTag },
    { name: "delta", seeds: [delta, Uint8Array.from([10, 6, 0x91, 2, 3, 3, 97, 98, 99])], decode: (bytes) => applyDelta(base, bytes, LIMIT) },
    { name: "cbor", seeds: [spec, encodeCbor(["a".repeat(300), [[[[1]]]], 2 ** 40, -1])], decode: decodeCbor },
    { name: "reflog", seeds: [text(`${"0".repeat(64)} ${id} ${who}\tmessage\n${id} ${id} ${who}\n`)], decode: (bytes) => parseReflog(bytes, "log") },
    { name: "packed-refs", seeds: [text(`# pack-refs with: peeled fully-peeled sorted \n${id} refs/tags/v\n^${id}\n${id} refs/units/m/f\n`)], decode: (bytes) => parsePackedRefs(Buffer.from(bytes).toString("utf8")) },
    { name: "config", seeds: [text('[core]\n\tbare = true\n[remote "o\\"x"]\n\turl = "a;b" ; c\n\tlong = a \\\n b\n')], decode: (bytes) => parseGitConfig(Buffer.from(bytes).toString("utf8")) },
    ...packTargets(scratch),
  ];
}

/** The name under which any bytes pass for an object, up to their header. */
function hashOf(bytes: Uint8Array): ObjectId {
  return parseId(createHash("sha256").update(bytes).digest("hex"));
}

/** A pack and its index, each damaged while the other is whole; everything that the index lists is read. */
function packTargets(store: Store): Target[] {
  let tip = writeSave(store, "line\n".repeat(30));
  for (const more of ["a", "b", "c"]) tip = writeSave(store, `${"line\n".repeat(30)}${more}`, [tip]);
  updateRefs(store, [{ name: "refs/units/m/f", to: tip }], { who: WHO, message: "m" });
  gc(store);
  const folder = join(store.dir, "objects", "pack");
  const stem = join(folder, (readdirSync(folder).find((name) => name.endsWith(".idx")) ?? "").replace(/\.idx$/, ""));
  const readAll = (): void => {
    const pack = openPack(stem);
    if (pack === undefined) return;
    try {
      for (const found of orBroken("idx", () => listIndex(pack.index))) {
        try {
          readPacked(pack, found, LIMIT);
        } catch (error) {
          if (!isTyped(error)) throw error;
        }
      }
    } finally {
      closePack(pack);
    }
  };
  const wholePack = readFileSync(`${stem}.pack`);
  const reindex = (bytes: Uint8Array): void => {
    // With a trailer that fits, so that the entries are what is fuzzed.
    const end = Math.max(0, bytes.length - 32);
    try {
      writeFileSync(`${stem}.pack`, Buffer.concat([bytes.subarray(0, end), createHash("sha256").update(bytes.subarray(0, end)).digest()]));
      if (indexPack(`${stem}.pack`, "x") === undefined) throw new VibesafeStoreError("refused", { remedy: "none" });
    } finally {
      writeFileSync(`${stem}.pack`, wholePack);
    }
  };
  const files = [".pack", ".idx"].map((ending): Target => {
    const whole = readFileSync(stem + ending);
    chmodSync(stem + ending, 0o644);
    const decode = (bytes: Uint8Array): void => {
      try {
        writeFileSync(stem + ending, bytes);
        readAll();
      } finally {
        writeFileSync(stem + ending, whole);
      }
    };
    return { name: ending.slice(1), seeds: [whole], decode };
  });
  return [...files, { name: "pack to index", seeds: [wholePack], decode: reindex }];
}
