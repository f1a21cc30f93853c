/**
 * Two processes that accept one unit at once: one moves the ref, the other starts over and finds nothing left to do.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { acceptUnits } from "../../lib/history/accept.ts";
import { openProject } from "../../lib/project/project.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { createWorkspace, readSpecs } from "../../lib/spec/workspace.ts";
import { openStore } from "../../lib/store/store.ts";
import { DOUBLE, git, IDENTITY, project, REPLAY_CONFIG, REPOSITORY, step, write } from "../cli/vibe.ts";

test("the ref moves while the gates of another process run", async (t) => {
  const folder = project(t, DOUBLE);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  write(folder, { "vibesafe.toml": `${REPLAY_CONFIG}model = "newer"\n` });
  const workspace = createWorkspace(openProject(folder));
  const [spec] = readSpecs(workspace, "src/math.ts").specs;
  assert.ok(spec !== undefined);
  const before = git(folder, "rev-parse", "refs/units/src.math/double").trim();
  const who = { name: "Race", email: "race@example.org", seconds: 1_700_000_000, offsetMinutes: 0 };
  let judged = 0;
  let other = "";
  const [result] = await acceptUnits(workspace, openStore(workspace.project.storeDir), [hashSpec(workspace, spec)], {
    identities: { author: who, committer: who },
    onGates() {
      judged += 1;
      other = execFileSync(process.execPath, ["--import", import.meta.resolve("tsx"), join(REPOSITORY, "bin/vibe.ts"), "accept", "--json"], { cwd: folder, encoding: "utf8", env: { ...process.env, ...IDENTITY } });
    },
  });
  const [theirs] = JSON.parse(other).results;
  assert.equal(judged, 1);
  assert.equal(theirs.status, "accepted");
  assert.deepEqual([result?.status, result?.commit], ["unchanged", theirs.commit]);
  assert.equal(git(folder, "rev-parse", "refs/units/src.math/double").trim(), theirs.commit);
  assert.equal(git(folder, "rev-parse", `${theirs.commit}^`).trim(), before);
});
