/** What is given to whom, and what is taken from nobody: tokens, redirects, refs that are no saves, a damaged cache. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import type { CommitId } from "../../lib/store/id.ts";
import { readCommit } from "../../lib/store/read.ts";
import { listRefs } from "../../lib/store/refs.ts";
import { readClaims, writeClaims } from "../../lib/sync/claims.ts";
import { credentialsFor } from "../../lib/sync/credentials.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { createHttpClient } from "../../lib/sync/http-client.ts";
import { pullRemote } from "../../lib/sync/pull.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { gitFsck, gitText } from "../store/git.ts";
import { tempDir } from "../temp.ts";
import { contextOf, ENV, identitiesOf, newHost, newPeer, person, reopened, save } from "./pair.ts";

const ADA = person("Ada");
const BOB = person("Bob");

test("a token goes over https, or to this machine, and to the hosts that it is for", async (t) => {
  const env = { PATH: join(tempDir(t), "nothing"), VIBESAFE_TOKEN: "t0ken", VIBESAFE_TOKEN_HOST: "saves.example, localhost" };
  const offered = async (url: string): Promise<string | undefined> => (await credentialsFor(url, { env, user: undefined, interactive: false }).first())?.password;
  const urls = ["https://saves.example/x", "http://localhost:8080/x", "http://saves.example/x", "https://saves.example.evil/x", "https://evil/saves.example"];
  assert.deepEqual(await Promise.all(urls.map(offered)), ["t0ken", "t0ken", undefined, undefined, undefined]);
});

test("git's credential helpers are told of what they gave themselves, and of nothing else", async (t) => {
  const home = tempDir(t);
  const told = join(home, "told");
  writeFileSync(join(home, "helper"), `#!/bin/sh\necho "$1" >> ${told}\ncat >> ${told}\n`, { mode: 0o755 });
  writeFileSync(join(home, "gitconfig"), `[credential]\n\thelper = ${join(home, "helper")}\n`);
  const env = { ...ENV, GIT_CONFIG_GLOBAL: join(home, "gitconfig"), VIBESAFE_TOKEN: "t0ken", VIBESAFE_TOKEN_HOST: "saves.example" };
  const credentials = credentialsFor("https://saves.example/x", { env, user: { username: "ada", password: "s3cret" }, interactive: false });
  for (const password of ["s3cret", "t0ken"]) {
    assert.equal((await credentials.next())?.password, password);
    await credentials.approve();
  }
  assert.ok(!existsSync(told));
  await credentials.next();
  assert.match(readFileSync(told, "utf8"), /^get\n/);
});

test("who is sent on to another host shows it no password, neither at once nor later", async (t) => {
  const seen: (string | undefined)[] = [];
  const listen = async (answer: (url: string) => string | undefined): Promise<string> => {
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      const location = answer(request.url ?? "");
      response.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location }).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    t.after(() => void server.close());
    t.after(() => server.closeAllConnections());
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  };
  const other = await listen(() => undefined);
  const base = `${await listen((url) => other + url)}/x`;
  const client = createHttpClient(base);
  const headers = { Authorization: "Basic c2VjcmV0" };
  for (const method of ["GET", "POST"]) assert.equal((await client.request({ url: `${base}/info/refs`, method, headers })).statusCode, 200);
  client.close();
  assert.deepEqual(seen, ["Basic c2VjcmV0", undefined, undefined]);
});

test("a ref that somebody pushed and claimed is still not taken for what it is not", async (t) => {
  const dir = newHost(t);
  const [a, b] = [newPeer(t, dir), newPeer(t, dir)];
  const one = save(a, "src.m/f", "one", ADA);
  await pushRemote(contextOf(a, ADA));
  await pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) });
  // Of another unit: fetched, for it is whole, and never active.
  updateRefs(a, [{ name: "refs/units/src.m/g", to: one }], { who: ADA, message: "odd" });
  await pushRemote(contextOf(a, ADA));
  const before = JSON.stringify(listRefs(reopened(b), "refs/units/"));
  await assert.rejects(pullRemote(contextOf(b, BOB), { identities: identitiesOf(BOB) }), /src\.m\/g is a save of src\.m\/f/);
  assert.equal(JSON.stringify(listRefs(reopened(b), "refs/units/")), before);
  // A tag of a tree: nobody can go there.
  const { tree } = readCommit(a, one);
  updateRefs(a, [{ name: "refs/tags/odd", to: tree }], { who: ADA, message: "odd" });
  await pushRemote(contextOf(a, ADA));
  const fetched = JSON.stringify(listRefs(reopened(b)));
  await assert.rejects(fetchRemote(contextOf(b, BOB)), /tags\/odd holds [0-9a-f]{64}, which is a tree/);
  assert.equal(JSON.stringify(listRefs(reopened(b))), fetched);
  const odd = writeClaims(a, new Map([["units/src.m/f", one], ["units/src.m/no unit", one]]), { who: ADA, previous: undefined, message: "push" });
  assert.throws(() => readClaims(a, odd), /neither a unit nor a tag/);
  // A name twice, so that one reader would take the first and another the last.
  const file = gitText(a.dir, ["hash-object", "-w", "--stdin"], `${one} v1\n${tree} v1\n`);
  const twice = gitText(a.dir, ["commit-tree", gitText(a.dir, ["mktree"], `100644 blob ${file}\ttags\n`), "-m", "push"]);
  assert.throws(() => readClaims(reopened(a), twice as CommitId), /has the line/);
});

test("a byte changed anywhere in the cache of ids costs time, and nothing else", async (t) => {
  const dir = newHost(t);
  const [a, b] = [newPeer(t, dir), newPeer(t, dir)];
  save(a, "src.m/f", "0", ADA);
  await pushRemote(contextOf(a, ADA));
  const folder = join(a.dir, "cache/sync");
  for (const share of process.env["VIBESAFE_RUNS"] === undefined ? [0.4, 0.99] : [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]) {
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      // A record has 52 bytes behind a header of 16; from byte 32 on they are what the host calls the object.
      for (let at = Math.floor(share * 20) + 32 + 16; at < bytes.length; at += 52) bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(join(folder, name), bytes);
    }
    save(a, "src.m/f", `${share}`, ADA);
    assert.deepEqual((await pushRemote(contextOf(reopened(a), ADA))).refs.map(({ status }) => status), ["pushed"]);
  }
  await fetchRemote(contextOf(b, BOB));
  assert.deepEqual([a.dir, b.dir, dir].map(gitFsck), ["", "", ""]);
});
