import assert from "node:assert/strict";
import { test } from "node:test";
import { newStore } from "./git.ts";
import { mutate, randomFrom } from "./fuzz/mutate.ts";
import { isTyped, targets } from "./fuzz/targets.ts";

/** Mutated inputs over all decoders; `FUZZ_RUNS=120000` is the full count, `FUZZ_SEED` another sequence. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 6000);
const SEED = Number(process.env["FUZZ_SEED"] ?? 1);

/** What one input may take; the slowest is far below, a hang or a bomb far above. */
const MOST_MS = 2000;
const MOST_BYTES: number = 64 << 20;

test("decoders answer mutated bytes with a value or a typed error, at once and in little memory", (t) => {
  const all = targets(newStore(t));
  for (const [index, { name, seeds, decode }] of all.entries()) {
    const random = randomFrom(SEED * 1000 + index);
    const refused = { errors: 0, runs: 0 };
    const before = process.memoryUsage().arrayBuffers;
    for (let run = 0; run < RUNS / all.length; run += 1) {
      const seed = seeds[run % seeds.length] ?? new Uint8Array();
      const bytes = mutate(seed, random);
      const start = performance.now();
      refused.runs += 1;
      try {
        decode(bytes);
      } catch (error) {
        refused.errors += 1;
        assert.ok(isTyped(error), `${name}, run ${run}: ${String(error)} of ${Buffer.from(bytes).toString("hex").slice(0, 2000)}`);
      }
      assert.ok(performance.now() - start < MOST_MS, `${name}, run ${run}: took ${performance.now() - start} ms`);
      if (run % 256 === 0) assert.ok(process.memoryUsage().arrayBuffers - before < MOST_BYTES * 4, `${name}, run ${run}: memory`);
    }
    if (name !== "zlib" && name !== "config") assert.ok(refused.errors * 20 > refused.runs, `${name}: ${refused.errors} of ${refused.runs} were refused`);
    t.diagnostic(`${name}: ${refused.runs} inputs, ${refused.errors} refused`);
  }
});
