import assert from "node:assert/strict";
import { test } from "node:test";
import { listRefs } from "../../lib/store/refs.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { pullRemote } from "../../lib/sync/pull.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { git, gitFsck, gitText } from "../store/git.ts";
import { serve } from "./http-host.ts";
import { contextOf, FORMATS, identitiesOf, newHost, newPeer, person, save } from "./pair.ts";

const ADA = person("Ada");
const BOB = person("Bob");

for (const format of FORMATS) {
  for (const version of format === "sha1" || process.env["VIBESAFE_RUNS"] !== undefined ? ["1", "2"] : ["2"]) {
    test(`over HTTP, to a host that speaks ${format}, protocol ${version}: what one saves the other has, and the other way round`, async (t) => {
      const dir = newHost(t, format);
      const host = await serve(t, dir);
      const [a, b] = [newPeer(t, host.url), newPeer(t, host.url)];
      for (const store of [a, b]) git(store.dir, ["config", "protocol.version", version]);
      const first = save(a, "src.m/f", "one", ADA);
      const second = save(a, "src.m/f", "two", ADA);
      assert.deepEqual(
        (await pushRemote(contextOf(a, ADA))).refs.map(({ name, status }) => [name, status]),
        [["units/src.m/f", "pushed"]],
      );
      const { refs } = await pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) });
      assert.deepEqual(refs.map(({ name, status, to }) => [name, status, to]), [["units/src.m/f", "new", second]]);
      assert.equal(gitText(b.dir, ["rev-parse", "refs/units/src.m/f~1"]), first);
      const third = save(b, "src.m/f", "three", BOB);
      const sent = await pushRemote(contextOf(b, BOB));
      // A commit, its trees, one file; and the claims: a commit, two trees, one file.
      assert.equal(sent.objects, 8);
      const pulled = await pullRemote(contextOf(a, ADA), { identities: identitiesOf(ADA) });
      assert.deepEqual(pulled.refs.map(({ status, to }) => [status, to]), [["forwarded", third]]);
      assert.deepEqual(listRefs(a, "refs/units/"), listRefs(b, "refs/units/"));
      assert.equal(host.protocols.includes("version=2"), version === "2");
      assert.deepEqual([a.dir, b.dir, dir].map(gitFsck), ["", "", ""]);
      assert.deepEqual((await fetchRemote(contextOf(a, ADA))).moved, []);
    });
  }
}
