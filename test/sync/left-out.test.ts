/** A host that does not send what it should, or sends it for what it is not. */

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeError, VibesafeHashMismatch } from "../../lib/errors.ts";
import { parseId, type CommitId } from "../../lib/store/id.ts";
import { readObject } from "../../lib/store/read.ts";
import { listRefs } from "../../lib/store/refs.ts";
import { writeObject } from "../../lib/store/write.ts";
import { readClaims, writeClaims } from "../../lib/sync/claims.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { git, gitFsck, gitText } from "../store/git.ts";
import { contextOf, reopened, save } from "./pair.ts";
import { ADA, again, BOB, packAnswer, refusedBy, scene } from "./scene.ts";

test("a host that leaves out what is here in part only is found out: what a pack leans on must be here with all behind it", async (t) => {
  const { dir, host, a, b } = await scene(t, "sha256");
  const middle = save(a, "src.m/f", "two", ADA);
  const tip = save(a, "src.m/f", "three", ADA);
  await pushRemote(contextOf(a, ADA));
  // As a cleaning up that was killed leaves it: the commit, and nothing of what it names.
  writeObject(b, "commit", readObject(a, middle).payload);
  let packs = 0;
  // The first pack is the claims.
  host.behaviour.change = (url, body) => (url.endsWith("git-upload-pack") && body.includes("PACK") && (packs += 1) === 2 ? packAnswer(dir, gitText(dir, ["rev-list", "--objects", "--no-object-names", tip, `^${middle}`])) : body);
  await assert.rejects(fetchRemote(contextOf(reopened(b), BOB)), (error) => error instanceof VibesafeError && /missing|not there|is not in/.test(error.message));
  assert.equal(packs, 2);
  host.behaviour.change = undefined;
  assert.equal((await fetchRemote(contextOf(reopened(b), BOB))).moved.length, 1);
  // Of what is asked for, too, the commit may be here without what it names.
  const last = save(a, "src.m/f", "four", ADA);
  await pushRemote(contextOf(a, ADA));
  writeObject(b, "commit", readObject(a, last).payload);
  assert.equal((await fetchRemote(contextOf(reopened(b), BOB))).moved.length, 1);
  assert.deepEqual([gitFsck(b.dir), gitFsck(dir)], ["", ""]);
});

test("a host that sends nothing of what this store had once, and whose ids it still knows, is found out", async (t) => {
  const set = await scene(t);
  const { host, b } = set;
  await again(set);
  await fetchRemote(contextOf(b, BOB));
  for (const { name } of listRefs(b, "refs/remotes/")) git(b.dir, ["update-ref", "-d", name]);
  git(b.dir, ["repack", "-adq"]);
  git(b.dir, ["prune", "--expire=now"]);
  host.behaviour.change = (url, body) => (url.endsWith("git-upload-pack") && body.includes("PACK") ? packAnswer(set.dir, "") : body);
  await refusedBy(VibesafeHashMismatch, /did not send/, set, () => fetchRemote(contextOf(reopened(b), BOB)));
});

test("a tree that calls a tree a file is refused, though it was pushed and claimed", async (t) => {
  const set = await scene(t, "sha256");
  const { dir, host, a, b } = set;
  const claims = gitText(a.dir, ["rev-parse", "refs/remotes/origin/claims"]) as CommitId;
  const inner = gitText(a.dir, ["mktree"], gitText(a.dir, ["ls-tree", "refs/units/src.m/f:checkpoint"]).replace("impl.ts", "other.ts") + "\n");
  const odd = git(a.dir, ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], Buffer.concat([Buffer.from("100644 impl.ts\0"), Buffer.from(inner, "hex")])).toString().trim();
  const tip = gitText(a.dir, ["commit-tree", odd, "-p", "refs/units/src.m/f", "-m", "odd"]);
  const claimed = writeClaims(a, new Map([...readClaims(a, claims), ["units/src.m/f", parseId(tip)]]), { who: ADA, previous: claims, message: "push 1" });
  cpSync(join(a.dir, "objects"), join(dir, "objects"), { recursive: true, force: false });
  git(dir, ["update-ref", "refs/vibesafe/units/src.m/f", tip]);
  git(dir, ["update-ref", "refs/vibesafe/claims", claimed]);
  // git itself would not send it. It greets, names its refs, sends the claims, then what they are of.
  let answers = 0;
  host.behaviour.change = (url, body) => (url.endsWith("git-upload-pack") && (answers += 1) === 4 ? packAnswer(dir, [tip, odd, inner].join("\n")) : body);
  const before = set.state(b);
  await assert.rejects(fetchRemote(contextOf(b, BOB)), /names [0-9a-f]{64} as a blob, the host sent a tree/);
  assert.deepEqual([set.state(b), gitFsck(b.dir)], [before, ""]);
});
