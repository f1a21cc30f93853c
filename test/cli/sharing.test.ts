import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { initStore } from "../../lib/store/init.ts";
import { readRef } from "../../lib/store/refs.ts";
import { openStore, type Store } from "../../lib/store/store.ts";
import { gitFsck } from "../store/git.ts";
import { serve } from "../sync/http-host.ts";
import { newHost, person, save } from "../sync/pair.ts";
import { tempDir } from "../temp.ts";
import { project, vibe, type Ran } from "./vibe.ts";

const UNIT = "src.hello/greet";
const REF = "refs/units/src.hello/greet";

/** Two projects without sources, whose remote is `url`. */
async function two(t: { after(cleanUp: () => void): void }, url: string): Promise<[string, Store][]> {
  const made: [string, Store][] = [];
  for (let i = 0; i < 2; i += 1) {
    const folder = project(t, {});
    const store = initStore(join(folder, ".vibesafe"));
    assert.equal((await vibe(folder, ["remote", "add", "origin", url])).status, 0);
    made.push([folder, store]);
  }
  return made;
}

function ok(ran: Ran): Ran {
  assert.equal(ran.status, 0, ran.err + ran.out);
  return ran;
}

/** Every text below a folder. */
function textBelow(dir: string): string {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).map((name) => join(dir, name));
  return files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, "latin1")).join("\n");
}

test("push, pull, a conflict that says who saved what, a choice, and undo", async (t) => {
  const host = newHost(t);
  const [[a, ada], [b, bob]] = (await two(t, host)) as [[string, Store], [string, Store]];
  const first = save(ada, UNIT, "one", person("Ada"));
  assert.match(ok(await vibe(a, ["push"])).out, /pushed 1 ref, \d+ objects to origin/);
  assert.match(ok(await vibe(a, ["push"])).out, /everything is there already/);
  assert.match(ok(await vibe(b, ["fetch"])).out, /src\.hello\/greet +\(new\) -> /);
  assert.equal(readRef(bob, REF), undefined);
  assert.match(ok(await vibe(b, ["pull"])).out, /new +src\.hello\/greet/);
  assert.equal(readRef(bob, REF), first);
  ok(await vibe(b, ["undo"]));
  assert.equal(readRef(openStore(bob.dir), REF), undefined);
  ok(await vibe(b, ["pull"]));

  const theirs = save(ada, UNIT, "by Ada", person("Ada", 1_700_000_100));
  const ours = save(openStore(bob.dir), UNIT, "by Bob", person("Bob", 1_700_000_050));
  ok(await vibe(a, ["push"]));
  const refused = await vibe(b, ["push"]);
  assert.equal(refused.status, 1);
  assert.match(refused.out, /rejected +src\.hello\/greet .* run `vibe pull`/);
  const conflict = await vibe(b, ["pull"]);
  assert.equal(conflict.status, 1);
  assert.match(conflict.out, /conflict src\.hello\/greet/);
  assert.match(conflict.out, /ours +[0-9a-f]{12} Bob <bob@example\.com>.*save: by Bob/);
  assert.match(conflict.out, /theirs +[0-9a-f]{12} Ada <ada@example\.com>.*save: by Ada/);
  assert.match(conflict.out, /-  return "by Bob";\n\+  return "by Ada";/);
  assert.equal(readRef(openStore(bob.dir), REF), ours);
  assert.equal(readRef(openStore(bob.dir), "refs/remotes/origin/units/src.hello/greet"), theirs);
  const document = JSON.parse((await vibe(b, ["pull", "--json"])).out) as { conflicts: { unit: string }[] };
  assert.deepEqual(document.conflicts.map(({ unit }) => unit), [UNIT]);

  assert.match(ok(await vibe(b, ["pull", "origin", UNIT, "--newest"])).out, /chosen +src\.hello\/greet/);
  assert.match(ok(await vibe(b, ["show", UNIT])).out, /by Ada/);
  assert.equal((await vibe(b, ["rev-parse", `${UNIT}^2`])).out.trim(), ours);
  ok(await vibe(b, ["undo"]));
  assert.equal(readRef(openStore(bob.dir), REF), ours);
  ok(await vibe(b, ["pull", "--ours"]));
  assert.match(ok(await vibe(b, ["show", UNIT])).out, /by Bob/);
  ok(await vibe(b, ["push"]));
  assert.match(ok(await vibe(a, ["pull"])).out, /forwarded/);
  assert.deepEqual([ada.dir, bob.dir, host].map(gitFsck), ["", "", ""]);
});

test("the same checkpoint saved by two is no conflict; a rollback is not undone by a pull; --force-with-lease moves what was seen, no more", async (t) => {
  const host = newHost(t);
  const [[a, ada], [b, bob]] = (await two(t, host)) as [[string, Store], [string, Store]];
  const mine = save(ada, UNIT, "same", person("Ada"));
  save(bob, UNIT, "same", person("Bob"));
  ok(await vibe(a, ["push"]));
  assert.match(ok(await vibe(b, ["pull"])).out, /merged/);
  assert.equal(readRef(openStore(bob.dir), REF), mine);
  save(ada, UNIT, "next", person("Ada"));
  ok(await vibe(a, ["push"]));
  ok(await vibe(b, ["pull"]));
  ok(await vibe(a, ["rollback", UNIT]));
  assert.match(ok(await vibe(a, ["push"])).out, /behind/);
  assert.equal((await vibe(a, ["pull"])).status, 1);
  assert.equal(readRef(openStore(ada.dir), REF), mine);
  save(openStore(bob.dir), UNIT, "unseen", person("Bob"));
  ok(await vibe(b, ["push"]));
  const stale = await vibe(a, ["push", "--force-with-lease"]);
  assert.equal(stale.status, 1);
  assert.match(stale.out, /somebody pushed since/);
  ok(await vibe(a, ["fetch"]));
  ok(await vibe(a, ["push", "--force-with-lease"]));
  assert.equal((await vibe(a, ["push", "--dry-run"])).out, "everything is there already\n");
  assert.deepEqual([ada.dir, bob.dir, host].map(gitFsck), ["", "", ""]);
});

test("clone over HTTP where there is no git, by a token of the environment; no secret is written or shown", async (t) => {
  const host = await serve(t, newHost(t));
  const [[a, ada]] = (await two(t, host.url)) as [[string, Store], [string, Store]];
  save(ada, UNIT, "one", person("Ada"));
  ok(await vibe(a, ["tag", "v1"]));
  ok(await vibe(a, ["push"]));
  host.behaviour.user = "x-access-token:s3cret-t0ken";
  const there = tempDir(t);
  const noGit = { PATH: join(there, "nothing") };
  const { host: name } = new URL(host.url);
  const shut = await vibe(there, ["clone", host.url], { env: noGit });
  assert.equal(shut.status, 3);
  assert.match(shut.err, /does not let in \(HTTP 401\)[^]*VIBESAFE_TOKEN/);
  assert.ok(!existsSync(join(there, "host")));
  // A token is for its own host alone.
  assert.equal((await vibe(there, ["clone", host.url], { env: { ...noGit, VIBESAFE_TOKEN: "s3cret-t0ken", VIBESAFE_TOKEN_HOST: "example.com" } })).status, 3);
  assert.equal(host.authorizations.filter(Boolean).length, 0);
  const ran = ok(await vibe(there, ["clone", host.url], { env: { ...noGit, VIBESAFE_TOKEN: "s3cret-t0ken", VIBESAFE_TOKEN_HOST: name } }));
  assert.equal(readRef(openStore(join(there, "host/.vibesafe")), REF), readRef(ada, REF));
  assert.equal(readRef(openStore(join(there, "host/.vibesafe")), "refs/tags/v1"), readRef(ada, "refs/tags/v1"));
  const withPassword = host.url.replace("http://", "http://x-access-token:s3cret-t0ken@");
  const second = ok(await vibe(there, ["clone", withPassword, "second"], { env: noGit }));
  writeFileSync(join(there, "second/vibesafe.toml"), "");
  const wrong = await vibe(join(there, "second"), ["fetch", "--debug"], { env: { ...noGit, VIBESAFE_TOKEN: "wr0ng", VIBESAFE_TOKEN_HOST: name } });
  assert.equal(wrong.status, 3);
  const added = ok(await vibe(join(there, "second"), ["remote", "add", "other", withPassword]));
  assert.match(added.err, /not written down/);
  const misplaced = await vibe(join(there, "second"), ["push", withPassword], { env: noGit });
  assert.equal(misplaced.status, 2);
  assert.match(misplaced.err, /is a URL, not the name of a remote\n.*vibe remote add/);
  const seen = [misplaced.out, misplaced.err, textBelow(there), ran.out, ran.err, second.out, second.err, wrong.err, added.out, added.err, shut.err].join("\n");
  for (const secret of ["s3cret", "wr0ng"]) assert.ok(!seen.includes(secret), `${secret} was written or shown`);
  const dumped = await vibe(join(there, "second"), ["pull", "other"], { env: noGit });
  assert.equal(dumped.status, 3);
});

test("git's credential helpers are asked, told what was right, and told what was not", async (t) => {
  const host = await serve(t, newHost(t));
  host.behaviour.user = "ada:letmein";
  const [[a, ada]] = (await two(t, host.url)) as [[string, Store], [string, Store]];
  save(ada, UNIT, "one", person("Ada"));
  const home = tempDir(t);
  const told = join(home, "told");
  writeFileSync(join(home, "helper"), `#!/bin/sh\necho "$1" >> ${told}\ncat >> ${told}\n[ "$1" = get ] && cat ${join(home, "answer")}\nexit 0\n`, { mode: 0o755 });
  writeFileSync(join(home, "gitconfig"), `[credential]\n\thelper = ${join(home, "helper")}\n`);
  const env = { PATH: process.env["PATH"] ?? "", GIT_CONFIG_GLOBAL: join(home, "gitconfig") };
  writeFileSync(join(home, "answer"), "username=ada\npassword=old\n");
  assert.equal((await vibe(a, ["push"], { env })).status, 3);
  assert.match(readFileSync(told, "utf8"), /get\n[^]*erase\n[^]*password=old/);
  writeFileSync(join(home, "answer"), "username=ada\npassword=letmein\n");
  ok(await vibe(a, ["push"], { env }));
  assert.match(readFileSync(told, "utf8"), /store\n[^]*password=letmein/);
});

test("what cannot be: no remote, no git for a local path, a URL that would run something, a redirect away from the repository", async (t) => {
  const repository = newHost(t);
  const host = await serve(t, repository);
  const [[a, ada]] = (await two(t, host.url)) as [[string, Store], [string, Store]];
  save(ada, UNIT, "one", person("Ada"));
  const fails = async (argv: readonly string[], status: number, says: RegExp, env: Record<string, string> = {}): Promise<void> => {
    const ran = await vibe(a, argv, { env });
    assert.equal(ran.status, status, ran.err + ran.out);
    assert.match(ran.err, says);
    assert.match(ran.err, /fix: /);
  };
  await fails(["push", "orgin"], 2, /no remote "orgin"[^]*did you mean origin/);
  await fails(["push", "origin", "src.hello/gret"], 2, /no saved unit matches/);
  await fails(["remote", "add", "origin", "https://example.com/x"], 2, /there already/);
  await fails(["remote", "add", "a..b", "https://example.com/x"], 2, /cannot name a remote/);
  for (const url of ["ext::sh -c evil", "ssh://-oProxyCommand=evil/x", "gopher://x/y", "user@host:-x"]) await fails(["remote", "add", "x", url], 2, /cannot use the remote/);
  mkdirSync(join(a, "saves.git"));
  ok(await vibe(a, ["remote", "add", "local", "./saves.git"]));
  await fails(["push", "local"], 3, /reached through git, and there is no git here/, { PATH: join(a, "nothing") });
  await fails(["push", "local"], 3, /saves\.git: /, { PATH: process.env["PATH"] ?? "" });
  ok(await vibe(a, ["remote", "add", "away", "nobody@nowhere.invalid:x.git"]));
  await fails(["push", "away"], 3, /reached through ssh, and there is no ssh here/, { PATH: join(a, "nothing") });
  host.behaviour.redirect = "ftp://example.invalid";
  await fails(["push"], 3, /redirected/);
  const moved = await serve(t, repository);
  host.behaviour.redirect = new URL(moved.url).origin;
  assert.match(ok(await vibe(a, ["push"])).out, /pushed 1 ref/);
  await fails(["push", "--delete"], 2, /delete what\?/);
  await fails(["push", "--delete", UNIT, "src.hello/gret"], 2, /no saved unit matches "src\.hello\/gret"/);
  assert.match(ok(await vibe(a, ["push", "--delete", UNIT])).out, /deleted +src\.hello\/greet +[0-9a-f]{12}\ndeleted 1 ref from origin/);
  ok(await vibe(a, ["remote", "remove", "origin"]));
  assert.deepEqual(JSON.parse(ok(await vibe(a, ["remote", "--json"])).out), { remotes: [{ name: "local", url: "saves.git" }, { name: "away", url: "nobody@nowhere.invalid:x.git" }] });
});
