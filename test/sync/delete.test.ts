import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { listRefs } from "../../lib/store/refs.ts";
import type { Store } from "../../lib/store/store.ts";
import { deleteOnHost, type DeletedRef } from "../../lib/sync/delete.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { pullRemote } from "../../lib/sync/pull.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { trackedRefs } from "../../lib/sync/shared-refs.ts";
import { git, gitFsck, gitText } from "../store/git.ts";
import { contextOf, FORMATS, identitiesOf, newHost, newPeer, person, reopened, save } from "./pair.ts";

const ADA = person("Ada");
const BOB = person("Bob");

const THOROUGH = process.env["VIBESAFE_RUNS"] !== undefined;

function remove(store: Store, ...names: string[]): Promise<readonly DeletedRef[]> {
  return deleteOnHost(contextOf(reopened(store), ADA), { wants: (name) => names.includes(name) });
}

for (const format of THOROUGH ? FORMATS : (["sha1"] as const)) {
  test(`what is deleted on a host (${format}) is claimed no more: others are told, and may forget it; who never saw it deletes nothing`, async (t) => {
    const dir = newHost(t, format);
    const [a, b] = [newPeer(t, dir), newPeer(t, dir)];
    const [one] = ["src.m/f", "src.m/g", "src.m/h"].map((unit) => save(a, unit, "one", ADA));
    assert.ok(one !== undefined);
    updateRefs(a, [{ name: "refs/tags/v1", to: save(a, "src.m/f", "two", ADA) }], { who: ADA, message: "tag" });
    await pushRemote(contextOf(a, ADA));
    await pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) });

    assert.deepEqual((await remove(a, "units/src.m/g", "tags/v1", "units/src.m/none")).map(({ name, status }) => [name, status]).sort(), [["tags/v1", "deleted"], ["units/src.m/g", "deleted"]]);
    assert.equal(gitText(dir, ["for-each-ref", "--format=%(refname)"]), "refs/vibesafe/claims\nrefs/vibesafe/units/src.m/f\nrefs/vibesafe/units/src.m/h");
    const { gone, moved } = await fetchRemote(contextOf(b, BOB));
    assert.deepEqual([gone.toSorted(), moved], [["tags/v1", "units/src.m/g"], []]);
    await fetchRemote(contextOf(reopened(b), BOB), { prune: true });
    assert.deepEqual([...trackedRefs(reopened(b), "origin").keys()], ["units/src.m/f", "units/src.m/h"]);

    // Bob saves on; Ada has not seen it.
    save(b, "src.m/f", "three", BOB);
    await pushRemote(contextOf(b, BOB), { wants: (name) => name.endsWith("/f") });
    assert.match((await remove(a, "units/src.m/f"))[0]?.reason ?? "", /run `vibe fetch`/);
    // And back to what Ada had once: it is not what she saw last.
    updateRefs(b, [{ name: "refs/units/src.m/f", to: one }], { who: BOB, message: "back" });
    await pushRemote(contextOf(b, BOB), { wants: (name) => name.endsWith("/f"), lease: true });
    const theirs = gitText(dir, ["for-each-ref"]);
    assert.match((await remove(a, "units/src.m/f"))[0]?.reason ?? "", /run `vibe fetch`/);
    assert.equal(gitText(dir, ["for-each-ref"]), theirs);

    // A host that says no to one has moved none.
    const before = JSON.stringify(listRefs(reopened(a)));
    mkdirSync(join(dir, "hooks"), { recursive: true });
    writeFileSync(join(dir, "hooks/update"), '#!/bin/sh\ncase "$1" in */h) exit 1;; esac\n');
    chmodSync(join(dir, "hooks/update"), 0o755);
    assert.match((await remove(a, "units/src.m/h"))[0]?.reason ?? "", /hook declined/);
    assert.deepEqual([gitText(dir, ["for-each-ref"]), JSON.stringify(listRefs(reopened(a)))], [theirs, before]);
    git(dir, ["config", "receive.advertiseAtomic", "false"]);
    await assert.rejects(remove(a, "units/src.m/h"), /cannot move all refs or none/);
    git(dir, ["config", "--unset", "receive.advertiseAtomic"]);
    writeFileSync(join(dir, "hooks/update"), "#!/bin/sh\n");

    // To the last one, and back again: this store has what it had. One is gone already, by git.
    await fetchRemote(contextOf(a, ADA));
    git(dir, ["update-ref", "-d", "refs/vibesafe/units/src.m/h"]);
    await assert.rejects(fetchRemote(contextOf(b, BOB)), /does not show/);
    assert.deepEqual((await remove(a, "units/src.m/f", "units/src.m/h")).map(({ status }) => status), ["deleted", "deleted"]);
    assert.equal(gitText(dir, ["for-each-ref", "--format=%(refname)"]), "refs/vibesafe/claims");
    assert.equal((await pushRemote(contextOf(a, ADA))).refs.filter(({ status }) => status === "pushed").length, 4);
    assert.equal((await fetchRemote(contextOf(b, BOB))).moved.length, 3);
    assert.deepEqual([a.dir, b.dir, dir].map(gitFsck), ["", "", ""]);
  });
}
