/**
 * `vibe accept`: code that is still right is kept without a model, and only as far as somebody said so.
 */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DOUBLE, git, project, read, REPLAY_CONFIG, snapshot, step, vibe, write, type Files } from "./vibe.ts";

const ID = "src.math/double";

/** A saved unit whose recorded reply is gone: whatever becomes active from here on, no model wrote. */
async function saved(t: Parameters<typeof project>[0], files: Files = DOUBLE): Promise<string> {
  const folder = project(t, files);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  rmSync(join(folder, "replies"), { recursive: true });
  return folder;
}

test("moved settings are accepted on their own, and the commit says so", async (t) => {
  const folder = await saved(t);
  const before = (await vibe(folder, ["scan", "--json"])).json().units[0];
  const from = git(folder, "rev-parse", `refs/units/${ID}`).trim();
  write(folder, { "vibesafe.toml": `${REPLAY_CONFIG}model = "newer"\ntemperature = 0.5\n` });
  await step(folder, 1, "diff");
  const dry = (await step(folder, 0, "accept", "--dry-run", "--json")).json().results[0];
  assert.equal(dry.status, "accepted");
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}`).trim(), from);
  const { status, changes, commit, checkpointHash } = (await step(folder, 0, "accept", "--json")).json().results[0];
  assert.equal(status, "accepted");
  assert.equal(checkpointHash, dry.checkpointHash);
  assert.notEqual(checkpointHash, before.checkpointHash);
  assert.deepEqual(changes.map(({ text }) => text), ["Model: replay -> newer", "Temperature: unset -> 0.5"]);
  await step(folder, 0, "check");
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}`).trim(), commit);
  assert.equal(git(folder, "rev-parse", `${commit}^`).trim(), from);
  assert.equal(git(folder, "cat-file", "-p", `${commit}:checkpoint/impl.ts`), git(folder, "cat-file", "-p", `${from}:checkpoint/impl.ts`));
  assert.deepEqual(JSON.parse(git(folder, "cat-file", "-p", `${commit}:provenance.json`)).accepted, { from, intentChanged: false });
  assert.match(git(folder, "log", "-1", "--format=%B", commit), new RegExp(`^accept: ${ID}\n\nAccepted: the code of ${from} .*:\n- Model: replay -> newer\n- Temperature: unset -> 0\\.5\n\nVibesafe-Unit: `));
  assert.match((await step(folder, 0, "accept")).out, /^Nothing to accept: no drift in 1 unit\.\n$/);
});

test("a changed example takes --intent-changed, and code that fails it is refused all the same", async (t) => {
  const folder = await saved(t);
  const source = read(folder, "src/math.ts");
  write(folder, { "src/math.ts": source.replace("double(2)", "double(3)").replace(" * 4", " * 6") });
  const before = snapshot(join(folder, ".vibesafe/refs"));
  const plain = await step(folder, 1, "accept");
  assert.match(plain.err, /what is asked of src\.math\/double changed:\n {2}- .*double\(3\)/);
  assert.match(plain.err, /vibe accept --intent-changed --target src\.math\/double/);
  assert.deepEqual(snapshot(join(folder, ".vibesafe/refs")), before);
  const { commit } = (await step(folder, 0, "accept", "--intent-changed", "-m", "three as well", "--json")).json().results[0];
  assert.equal(JSON.parse(git(folder, "cat-file", "-p", `${commit}:provenance.json`)).accepted.intentChanged, true);
  assert.match(git(folder, "log", "-1", "--format=%s", commit), /^three as well\n$/);
  write(folder, { "src/math.ts": source.replace(" * 4", " * 5") });
  assert.match((await step(folder, 1, "accept", "--intent-changed")).err, /does not pass under its present spec: examples/);
  write(folder, { "src/math.ts": source.replace("(n: number): number", "(n: number, by: number): number") });
  assert.match((await step(folder, 1, "accept", "--intent-changed")).err, /does not fit its present spec/);
});

test("all or none; what was never saved is refused where it is named and left out where it is not", async (t) => {
  const folder = await saved(t);
  write(folder, { "src/other.ts": read(folder, "src/math.ts"), "vibesafe.toml": `${REPLAY_CONFIG}model = "newer"\n` });
  const named = await vibe(folder, ["accept", "--json", "src.math/double", "src.other/double"]);
  assert.equal(named.status, 1);
  assert.deepEqual(named.json().results.map(({ id, status }) => [id, status]), [[ID, "refused"], ["src.other/double", "refused"]]);
  assert.deepEqual((await step(folder, 0, "accept", "--json")).json().results.map(({ id, status }) => [id, status]), [[ID, "accepted"]]);
});
