import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { trackedRefs, ownRefs } from "../../lib/sync/shared-refs.ts";
import { fetchRemote } from "../../lib/sync/fetch.ts";
import { pushRemote } from "../../lib/sync/push.ts";
import { parseRemoteUrl, redact, withoutSecrets } from "../../lib/sync/remote-url.ts";
import { tempDir } from "../temp.ts";
import { git, gitFsck } from "../store/git.ts";
import { contextOf, ENV, newHost, newPeer, save } from "./pair.ts";

test("through ssh: what it is called with, and a path that a shell would read otherwise", async (t) => {
  const host = newHost(t, "sha1", "it's mine; really.git");
  const folder = tempDir(t);
  const ssh = join(folder, "ssh");
  // What sshd does with a command: the login shell runs it.
  writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\n' "$@" >> ${folder}/called\nfor last; do :; done\nexec sh -c "$last"\n`);
  chmodSync(ssh, 0o755);
  const [a, b] = [newPeer(t, `ssh://git@saves.example:2222${host}`), newPeer(t, `git@saves.example:${host}`)];
  save(a, "src.m/f", "one");
  await pushRemote(contextOf(a, undefined, { env: { ...ENV, GIT_SSH_COMMAND: `'${ssh}' -v` } }));
  await fetchRemote(contextOf(b, undefined, { env: { ...ENV, GIT_SSH: ssh } }));
  assert.deepEqual(trackedRefs(b, "origin"), ownRefs(a));
  const called = readFileSync(join(folder, "called"), "utf8").split("\n");
  const quoted = `${dirname(host)}/it'\\''s mine; really.git`;
  assert.deepEqual(called.slice(0, 7), ["-v", "-p", "2222", "-o", "SendEnv=GIT_PROTOCOL", "git@saves.example", `git-receive-pack '${quoted}'`]);
  assert.ok(called.includes(`git-upload-pack '${quoted}'`));
  assert.deepEqual([a.dir, b.dir, host].map(gitFsck), ["", "", ""]);
});

test("core.sshCommand of a person's git configuration is used, the store's own never: that comes with the project", async (t) => {
  const folder = tempDir(t);
  const ssh = (name: string): string => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >> ${folder}/called\nfor last; do :; done\nexec sh -c "$last"\n`);
    chmodSync(join(folder, name), 0o755);
    return join(folder, name);
  };
  const host = newHost(t);
  const a = newPeer(t, `saves.example:${host}`);
  save(a, "src.m/f", "one");
  writeFileSync(join(folder, "gitconfig"), `[core]\n\tsshCommand = ${ssh("configured")}\n`);
  git(a.dir, ["config", "core.sshCommand", ssh("stranger")]);
  const env = { ...ENV, GIT_CONFIG_GLOBAL: join(folder, "gitconfig"), GIT_SSH: ssh("program") };
  await pushRemote(contextOf(a, undefined, { env }));
  await fetchRemote(contextOf(a, undefined, { env: { ...env, GIT_SSH_COMMAND: ssh("variable") } }));
  const called = readFileSync(join(folder, "called"), "utf8").split("\n");
  assert.deepEqual(called.slice(0, -1), ["configured", "variable"]);
});

test("URLs: which way they mean, and what of them may be shown", () => {
  const kinds = ["https://x.example/a.git", "http://u:p@x.example:8080/a/", "ssh://x.example/~me/a", "me@x.example:a b", "[::1]:a", "./a", "/a:b", "a/b:c", "file:///a%20b"].map((url) => parseRemoteUrl(url, "/root"));
  assert.deepEqual(kinds, [
    { kind: "http", url: "https://x.example/a.git", user: undefined },
    { kind: "http", url: "http://x.example:8080/a", user: { username: "u", password: "p" } },
    { kind: "ssh", host: "x.example", port: undefined, path: "~me/a" },
    { kind: "ssh", host: "me@x.example", port: undefined, path: "a b" },
    { kind: "ssh", host: "::1", port: undefined, path: "a" },
    { kind: "path", path: "/root/a" },
    { kind: "path", path: "/a:b" },
    { kind: "path", path: "/root/a/b:c" },
    { kind: "path", path: "/a b" },
  ]);
  assert.equal(withoutSecrets("https://user:pass@x.example/a@b"), "https://x.example/a@b");
  assert.equal(withoutSecrets("https://t0ken@x.example/a"), "https://x.example/a");
  assert.equal(withoutSecrets("ssh://git@x.example/a"), "ssh://git@x.example/a");
  assert.equal(withoutSecrets("git@x.example:a"), "git@x.example:a");
  assert.equal(redact("fatal: https://u:p@x.example/a not found"), "fatal: https://x.example/a not found");
});
