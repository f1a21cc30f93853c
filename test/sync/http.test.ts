import assert from "node:assert/strict";
import { createHash } from "node:crypto";
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

test("what a push and a pull send is as much as is new, however much lies behind", async (t) => {
  const bytesOf = async (behind: number): Promise<{ push: number; pull: number; four: number; refs: number }> => {
    const dir = newHost(t);
    const host = await serve(t, dir);
    const [a, b] = [newPeer(t, host.url), newPeer(t, host.url)];
    for (let i = 0; i < behind; i += 1) save(a, "src.m/f", `${i} ${createHash("sha256").update(String(i)).digest("hex")}`, ADA);
    await pushRemote(contextOf(a, ADA));
    await pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) });
    const counted = async (work: () => Promise<unknown>, about: "refs" | "objects" = "objects"): Promise<number> => {
      host.traffic.length = 0;
      await work();
      return host.traffic.filter((exchange) => exchange.about === about).reduce((sum, { received, sent }) => sum + received + sent, 0);
    };
    save(a, "src.m/f", "new", ADA);
    const push = await counted(() => pushRemote(contextOf(a, ADA)));
    const pull = await counted(() => pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) }));
    for (const code of ["2", "3", "4", "5"]) save(a, "src.m/f", code, ADA);
    const four = await counted(() => pushRemote(contextOf(a, ADA)));
    return { push, pull, four, refs: await counted(() => pushRemote(contextOf(a, ADA)), "refs") };
  };
  const [few, many] = [await bytesOf(10), await bytesOf(100)];
  t.diagnostic(JSON.stringify({ few, many }));
  for (const key of ["push", "pull", "four", "refs"] as const) assert.ok(few[key] > 0 && Math.abs(many[key] - few[key]) <= 0.2 * few[key], `${key}: ${few[key]} and ${many[key]} bytes`);
  // A push has its claims and its greeting once, whatever goes with them.
  assert.ok(many.four < 4 * many.push, `${many.four} bytes for four, ${many.push} for one`);
});
