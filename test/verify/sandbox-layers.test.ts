/**
 * The process around generated code, for code that has left its realm: all layers, each alone, none.
 */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { probeSandbox, REACHES, type Probe, type ProbeOptions, type Reach } from "../../lib/verify/sandbox/probe.ts";
import { tempDir } from "../temp.ts";

const skip = process.platform !== "linux" && "the layers of other systems are told by vibe doctor";

async function probe(t: { after(cleanUp: () => void): void }, options: Omit<ProbeOptions, "memoryMb" | "scratch">): Promise<Probe> {
  const scratch = join(tempDir(t), "scratch");
  const answer = await probeSandbox({ ...options, memoryMb: 64, scratch });
  assert.ok(answer.ran, answer.errorText);
  assert.deepEqual(readdirSync(dirname(scratch)), [], "nothing is left");
  return answer;
}

/** What the layers that are there hold alone. */
const SYSTEM: readonly (readonly [layer: "files" | "network" | "processes", reaches: readonly Reach[]])[] = [
  ["files", ["read files", "write files"]],
  ["network", ["network"]],
  ["processes", ["signals"]],
];

test("all layers: nothing is within reach", { skip }, async (t) => {
  const { layers, refused } = await probe(t, { sandboxed: true });
  for (const reach of REACHES) {
    if (reach === "network" && !layers.network && !layers.nodeNetwork) continue;
    if (reach === "signals" && !layers.processes) continue;
    assert.ok(refused.has(reach), reach);
  }
});

test("node's permission model alone", { skip }, async (t) => {
  const { layers, refused } = await probe(t, { sandboxed: true, without: ["system"] });
  assert.deepEqual(layers, { permission: true, nodeNetwork: layers.nodeNetwork, network: false, files: false, processes: false, privileges: false, limits: false, parentDeath: false });
  const held = REACHES.filter((reach) => reach !== "signals" && (reach !== "network" || layers.nodeNetwork));
  assert.deepEqual([...refused.keys()], held);
});

test("the operating system alone", { skip }, async (t) => {
  const { layers, refused } = await probe(t, { sandboxed: true, without: ["permission"] });
  for (const [layer, reaches] of SYSTEM) for (const reach of reaches) assert.equal(refused.has(reach), layers[layer] || (layer === "files" && layers.limits && reach === "write files"), reach);
});

test("none: the probe is one that can succeed", { skip }, async (t) => {
  const { layers, refused } = await probe(t, { sandboxed: false });
  assert.ok(Object.values(layers).every((there) => !there));
  assert.deepEqual([...refused.keys()], ["code from text", "environment"]);
});
