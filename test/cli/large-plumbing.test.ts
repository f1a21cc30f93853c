import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Io } from "../../lib/cli/io.ts";
import { main } from "../../lib/cli/main.ts";
import { gitSays } from "./random-store.ts";
import { project } from "./vibe.ts";

/** MiB of the large blob; 256 in the slow run. */
const MIB = Number(process.env["LARGE_MIB"] ?? 128);

/** What no command may take beyond what it takes anyway: less than the blob, more than what waits for the collector. */
const MOST_MORE: number = 100 << 20;

/** The blob, a piece at a time: text that packs well, and some that does not. */
function* pieces(): Generator<Uint8Array> {
  for (let index = 0; index < MIB; index += 1) {
    const part = Buffer.alloc(1 << 20, `${index} some text that packs well, `);
    createHash("sha512").update(String(index)).digest().copy(part);
    yield part;
  }
}

interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Runs a command here; what it prints is counted and hashed, not kept. */
async function run(cwd: string, argv: readonly string[], input: Iterable<Uint8Array> = []): Promise<Outcome> {
  const hash = createHash("sha256");
  let text = "";
  let bytes = 0;
  const io: Io = {
    cwd,
    env: {},
    out: (part) => void (text += part),
    outBytes: (part) => {
      hash.update(part);
      bytes += part.length;
    },
    input: (async function* () {
      yield* input;
    })(),
    err: (part) => void (text += part),
    outIsTerminal: false,
    errIsTerminal: false,
    signal: new AbortController().signal,
  };
  return { status: await main(argv, io), text, bytes, sha256: hash.digest("hex") };
}

test("a large blob goes in and out of every command in bounded memory, verified before its first byte", async (t) => {
  const folder = project(t, {});
  const content = createHash("sha256");
  for (const piece of pieces()) content.update(piece);
  const sha256 = content.digest("hex");
  const size = String(MIB << 20);
  await run(folder, ["hash-object", "-w", "--stdin"], [Buffer.from("small")]);
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  t.after(() => clearInterval(watch));
  const hashed = await run(folder, ["hash-object", "--stdin"], pieces());
  const written = await run(folder, ["hash-object", "-w", "--stdin"], pieces());
  const id = written.text.trim();
  assert.deepEqual([hashed.status, hashed.text], [0, written.text]);
  const whole = { status: 0, bytes: MIB << 20, sha256 };
  const head = `${id} blob ${size}\n`;
  assert.equal((await run(folder, ["cat-object", "-t", id])).text, "blob\n");
  assert.equal((await run(folder, ["cat-object", "-e", id])).status, 0);
  assert.deepEqual(await run(folder, ["cat-object", "-p", id]), { ...whole, text: "" });
  assert.deepEqual(await run(folder, ["cat-object", "--batch"], [Buffer.from(`${id}\n`)]), { ...whole, text: `${head}\n` });
  assert.equal((await run(folder, ["cat-object", "--batch-check"], [Buffer.from(`${id}\n`)])).text, head);
  t.diagnostic(`${(peak - before) >> 20} MiB more for ${MIB}`);
  assert.ok(peak - before < MOST_MORE, `${(peak - before) >> 20} MiB more`);
  assert.equal(gitSays(folder, ["cat-file", "-s", id]).toString(), `${size}\n`);
  gitSays(folder, ["-c", "pack.window=0", "repack", "-q", "-a", "-d", "--keep-unreachable"]);
  assert.equal((await run(folder, ["cat-object", "-s", id])).text, `${size}\n`);
  assert.deepEqual(await run(folder, ["cat-object", "-p", id]), { ...whole, text: "" });
  assert.ok(peak - before < MOST_MORE, `${(peak - before) >> 20} MiB more`);
});

test("of a damaged large blob nothing is printed", async (t) => {
  const folder = project(t, {});
  const id = (await run(folder, ["hash-object", "-w", "--stdin"], [...pieces()].slice(0, 20))).text.trim();
  const path = join(folder, ".vibesafe/objects", id.slice(0, 2), id.slice(2));
  chmodSync(path, 0o644);
  const file = openSync(path, "r+");
  writeSync(file, Buffer.from([0x55]), 0, 1, 50_000);
  closeSync(file);
  for (const argv of [["cat-object", "-p", id], ["cat-object", "blob", id], ["cat-object", "--batch"]]) {
    const { status, bytes, text } = await run(folder, argv, [Buffer.from(`${id}\n`)]);
    assert.deepEqual([status, bytes], [4, 0], text);
    assert.doesNotMatch(text, / blob \d/);
  }
});
