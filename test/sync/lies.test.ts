import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VibesafeHashMismatch, VibesafeRemoteError } from "../../lib/errors.ts";
import type { Store } from "../../lib/store/store.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { pullRemote } from "../../lib/sync/pull.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { git, gitFsck, gitText } from "../store/git.ts";
import { tempDir } from "../temp.ts";
import { contextOf, ENV, FORMATS, identitiesOf, newHost, newPeer, reopened, save } from "./pair.ts";
import { ADA, again, BOB, packAnswer, refusedBy, scene, THOROUGH } from "./scene.ts";

/** What differs between the formats is tried by `http.test.ts`; `VIBESAFE_RUNS` tries everything with both. */
const TRIED = THOROUGH ? FORMATS : (["sha1"] as const);

for (const format of TRIED) {
  test(`a host (${format}) that shows an older state than it showed before is found out, by fetch and by push`, async (t) => {
    const set = await scene(t, format);
    const { dir, b } = set;
    const old = join(tempDir(t), "old.git");
    cpSync(dir, old, { recursive: true });
    await again(set);
    await pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) });
    const now = join(tempDir(t), "now.git");
    renameSync(dir, now);
    cpSync(old, dir, { recursive: true });
    save(b, "src.m/g", "by Bob", BOB);
    await refusedBy(VibesafeHashMismatch, /older state/, set, () => fetchRemote(contextOf(reopened(b), BOB)));
    await refusedBy(VibesafeHashMismatch, /older state/, set, () => pushRemote(contextOf(reopened(b), BOB)));
    rmSync(dir, { recursive: true });
    newHostAt(dir, format);
    await refusedBy(VibesafeHashMismatch, /any more/, set, () => fetchRemote(contextOf(b, BOB)));
    await refusedBy(VibesafeHashMismatch, /any more/, set, () => pushRemote(contextOf(b, BOB)));
    rmSync(dir, { recursive: true });
    renameSync(now, dir);
    assert.deepEqual((await pushRemote(contextOf(b, BOB))).refs.map(({ status }) => status), ["unchanged", "pushed"]);
  });

  test(`a host (${format}) whose refs are not what was claimed is found out`, async (t) => {
    const set = await scene(t, format);
    const { dir, b } = set;
    await again(set);
    const ref = "refs/vibesafe/units/src.m/f";
    const [tip, older, other] = [ref, `${ref}~1`, "refs/vibesafe/units/src.m/g"].map((name) => gitText(dir, ["rev-parse", name]));
    const lie = async (args: readonly string[], says: RegExp): Promise<void> => {
      git(dir, args);
      await refusedBy(VibesafeHashMismatch, says, set, () => fetchRemote(contextOf(reopened(b), BOB)));
    };
    await lie(["update-ref", ref, older ?? ""], /does not hold/);
    await lie(["update-ref", ref, other ?? ""], /does not hold/);
    await lie(["update-ref", "-d", ref], /does not show/);
    git(dir, ["update-ref", ref, tip ?? ""]);
    await lie(["update-ref", "refs/vibesafe/units/src.m/h", tip ?? ""], /nobody claimed/);
    git(dir, ["update-ref", "-d", "refs/vibesafe/units/src.m/h"]);
    // One byte of a file, and everything above it named anew by the host.
    const forged = gitText(dir, ["hash-object", "-w", "--stdin"], "export function f() { return 'evil'; }\n");
    const swap = (line: string): string => line.replace(/blob [0-9a-f]+\timpl\.ts/, `blob ${forged}\timpl.ts`);
    const inner = gitText(dir, ["mktree"], gitText(dir, ["ls-tree", `${tip}:checkpoint`]).split("\n").map(swap).join("\n") + "\n");
    const root = gitText(dir, ["mktree"], gitText(dir, ["ls-tree", `${tip}`]).replace(/tree [0-9a-f]+\tcheckpoint/, `tree ${inner}\tcheckpoint`) + "\n");
    await lie(["update-ref", ref, gitText(dir, ["commit-tree", root, "-p", older ?? "", "-m", "forged"])], /does not hold/);
    // What git's fsck refuses, before it is compared with anything.
    const odd = git(dir, ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], Buffer.concat([Buffer.from("100644 .git\0"), Buffer.from(forged ?? "", "hex")])).toString().trim();
    git(dir, ["update-ref", ref, gitText(dir, ["commit-tree", odd, "-p", older ?? "", "-m", "odd"])]);
    await assert.rejects(fetchRemote(contextOf(reopened(b), BOB)), /from the host: .*\.git/);
    const sub = gitText(dir, ["mktree"], `160000 commit ${tip}\tsub\n`);
    git(dir, ["update-ref", ref, gitText(dir, ["commit-tree", sub, "-p", older ?? "", "-m", "odd"])]);
    await assert.rejects(fetchRemote(contextOf(reopened(b), BOB)), /from the host: .*submodule/);
    git(dir, ["update-ref", ref, tip ?? ""]);
    // Claims that somebody made who cannot tell what they name by SHA-256.
    const claims = gitText(dir, ["rev-parse", "refs/vibesafe/claims"]);
    git(dir, ["update-ref", "refs/vibesafe/claims", gitText(dir, ["commit-tree", `${claims}^{tree}`, "-p", claims, "-m", "push 1"])]);
    await assert.rejects(fetchRemote(contextOf(reopened(b), BOB)), /does not say what it names/);
    git(dir, ["update-ref", "refs/vibesafe/claims", claims]);
    git(dir, ["reflog", "expire", "--expire=now", "--all"]);
    git(dir, ["prune", "--expire=now"]);
    assert.equal((await fetchRemote(contextOf(b, BOB))).moved.length, 1);
    // Nothing is new, and the ref is not where it was: it is where Bob has it, who must not claim that for the host.
    await lie(["update-ref", ref, older ?? ""], /does not hold/);
    await refusedBy(VibesafeHashMismatch, /does not hold/, set, () => pushRemote(contextOf(reopened(b), BOB)));
    await refusedBy(VibesafeHashMismatch, /does not hold/, { ...set, b: set.a }, () => pushRemote(contextOf(reopened(set.a), ADA)));
    // Who never saw claims is told that there should be some.
    git(dir, ["update-ref", "-d", "refs/vibesafe/claims"]);
    const c = newPeer(t, set.host.url);
    await refusedBy(VibesafeHashMismatch, /and no refs\/vibesafe\/claims/, { ...set, b: c }, () => fetchRemote(contextOf(c, BOB)));
    assert.deepEqual([gitFsck(b.dir), gitFsck(dir)], ["", ""]);
  });

  test(`a host (${format}) that dies in the middle, at any byte, or changes one, leaves everything as it was`, async (t) => {
    const set = await scene(t, format);
    const { host, a, b, dir } = set;
    await again(set);
    for (const bytes of THOROUGH ? [0, 1, 30, 200, 600] : [0, 200]) {
      host.behaviour.breakAfter = { service: "git-upload-pack", bytes };
      await refusedBy(VibesafeRemoteError, /breaks? off|broke off|cannot be reached/, set, () => fetchRemote(contextOf(reopened(b), BOB)));
    }
    host.behaviour.breakAfter = undefined;
    // A greeting that ends too early is no host with nothing in it.
    const c = newPeer(t, host.url);
    for (const version of ["1", "2"]) {
      git(c.dir, ["config", "protocol.version", version]);
      host.behaviour.change = (url, body) => (url.includes("/info/refs") ? body.subarray(0, version === "1" ? body.indexOf("0000") : -4) : body);
      await refusedBy(VibesafeRemoteError, /breaks off/, { ...set, b: c }, () => fetchRemote(contextOf(c, BOB)));
    }
    host.behaviour.change = undefined;
    // First the claims come, then, once they are here, what they are of: neither may be damaged, and neither cut short.
    for (const which of [0, 1]) {
      for (const from of THOROUGH ? [0.3, 0.5, 0.7, 0.9, 0.99] : [0.5]) {
        for (const spoil of [(body: Buffer) => flipped(body, Math.floor(body.length * from)), (body: Buffer) => body.subarray(0, Math.floor(body.length * from))]) {
          let packs = 0;
          host.behaviour.change = (url, body) => (url.endsWith("git-upload-pack") && body.includes("PACK") && packs++ === which ? spoil(body) : body);
          const before = set.state(b);
          await assert.rejects(fetchRemote(contextOf(freshly(b), BOB)), (error) => error instanceof VibesafeHashMismatch || error instanceof VibesafeRemoteError);
          assert.equal(packs, which + 1);
          assert.equal(set.state(b), before);
        }
      }
    }
    host.behaviour.change = undefined;
    save(a, "src.m/g", "three", ADA);
    host.behaviour.breakAfter = { service: "git-receive-pack", bytes: 5 };
    const before = set.state(a);
    await assert.rejects(pushRemote(contextOf(a, ADA)), VibesafeRemoteError);
    assert.equal(set.state(a), before);
    host.behaviour.breakAfter = undefined;
    // The host had taken it, and the answer was lost.
    assert.deepEqual((await pushRemote(contextOf(a, ADA))).refs.map(({ status }) => status), ["unchanged", "unchanged"]);
    assert.equal((await fetchRemote(contextOf(b, BOB))).moved.length, 2);
    assert.deepEqual([a.dir, b.dir, dir].map(gitFsck), ["", "", ""]);
  });

  test(`a host (${format}) that sends objects which nothing leads to is found out`, async (t) => {
    const set = await scene(t, format);
    const { host, b, dir } = set;
    await again(set);
    const stray = gitText(dir, ["hash-object", "-w", "--stdin"], "stray\n");
    host.behaviour.change = (url, body) => {
      if (!url.endsWith("git-upload-pack") || !body.includes("PACK")) return body;
      const ids = gitText(dir, ["rev-list", "--objects", "--no-object-names", "--glob=refs/vibesafe/*"]);
      return packAnswer(dir, `${ids}\n${stray}`);
    };
    await refusedBy(VibesafeHashMismatch, /no ref leads to/, set, () => fetchRemote(contextOf(b, BOB)));
    host.behaviour.change = undefined;
    git(dir, ["prune"]);
    assert.equal((await fetchRemote(contextOf(b, BOB))).moved.length, 1);
  });

  test(`a host (${format}) whose history is cut off is refused by whoever cannot verify it, and serves whoever can`, async (t) => {
    const set = await scene(t, format);
    const { dir, a } = set;
    await again(set);
    const shallow = newHost(t, format);
    git(shallow, ["fetch", "-q", "--depth=1", `file://${dir}`, "refs/vibesafe/*:refs/vibesafe/*"]);
    const b = newPeer(t, shallow);
    const two = newPeer(t, shallow);
    await refusedBy(VibesafeHashMismatch, /cut its history off|did not send/, { ...set, b }, () => fetchRemote(contextOf(b, BOB)));
    git(two.dir, ["config", "protocol.version", "1"]);
    await refusedBy(VibesafeHashMismatch, /cut its history off/, { ...set, b: two }, () => fetchRemote(contextOf(two, BOB)));
    save(a, "src.m/f", "upon it", ADA);
    const remote = { name: "origin", url: shallow };
    assert.deepEqual((await pushRemote({ ...contextOf(a, ADA), remote })).refs.map(({ status }) => status), ["pushed", "unchanged"]);
    assert.deepEqual([gitFsck(a.dir), gitFsck(shallow)], ["", ""]);
  });

  test(`a hook of the host (${format}) that says no: it is told why, nothing moves, and what is left can be pushed`, async (t) => {
    const set = await scene(t, format);
    const { dir, a, b, state } = set;
    save(a, "src.m/f", "not this", ADA);
    save(a, "src.m/g", "but this", ADA);
    hook(dir, "update", 'case "$1" in */f) echo "no f today" >&2; exit 1;; esac');
    const heard: string[] = [];
    const context = contextOf(a, ADA, { onMessage: (line) => void heard.push(line) });
    const [before, theirs] = [state(a), gitText(dir, ["for-each-ref"])];
    const all = await pushRemote(context);
    assert.deepEqual(all.refs.map(({ status }) => status), ["rejected", "rejected"]);
    assert.match(all.refs[0]?.reason ?? "", /hook declined/);
    assert.ok(heard.some((line) => line.includes("no f today")), heard.join());
    assert.deepEqual([state(a), gitText(dir, ["for-each-ref"])], [before, theirs]);
    assert.deepEqual((await pushRemote(context, { wants: (name) => name.endsWith("/g") })).refs.map(({ status }) => status), ["pushed"]);
    // Of a host that cannot move all or none, what it took is claimed, and only that.
    git(dir, ["config", "receive.advertiseAtomic", "false"]);
    save(a, "src.m/g", "and this", ADA);
    assert.deepEqual((await pushRemote(context)).refs.map(({ name, status }) => [name, status]).sort(), [["units/src.m/f", "rejected"], ["units/src.m/g", "pushed"]]);
    assert.deepEqual((await fetchRemote(contextOf(b, BOB))).moved.map(({ name }) => name), ["units/src.m/g"]);
    hook(dir, "update", "exit 0");
    assert.deepEqual((await pushRemote(context)).refs.map(({ status }) => status), ["pushed", "unchanged"]);
    hook(dir, "pre-receive", "echo closed; exit 1");
    save(a, "src.m/f", "too late", ADA);
    assert.deepEqual((await pushRemote(context)).refs.map(({ status }) => status), ["rejected", "unchanged"]);
    assert.deepEqual([a.dir, b.dir, dir].map(gitFsck), ["", "", ""]);
  });
}

/** The store as another process sees it, without what an earlier fetch brought that no ref holds. */
function freshly(store: Store): Store {
  rmSync(join(store.dir, "cache"), { recursive: true, force: true });
  git(store.dir, ["prune", "--expire=now"]);
  git(store.dir, ["repack", "-adq"]);
  return reopened(store);
}

function flipped(body: Buffer, at: number): Buffer {
  const copy = Buffer.from(body);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

function hook(dir: string, name: string, text: string): void {
  const path = join(dir, "hooks", name);
  mkdirSync(join(dir, "hooks"), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

function newHostAt(dir: string, format: string): void {
  execFileSync("git", ["init", "-q", "--bare", `--object-format=${format}`, dir], { env: { ...ENV } });
  git(dir, ["config", "http.receivepack", "true"]);
}
