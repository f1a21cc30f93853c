/** What commands print in particular places: GitHub's checks, terminals, a damaged store, a log of many units. */

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DOUBLE, git, IMPORT, project, reply, spec, step, vibe, write, type Files } from "./vibe.ts";

const ID = "src.math/double";
const TWO: Files = {
  ...DOUBLE,
  "src/text.ts": IMPORT + spec("shout", "(text: string): string", [['shout("a")', "'A'"]]),
  "replies/src.text/shout.md": reply("export function shout(text: string): string {\n  return text.toUpperCase();\n}"),
};

test("check annotates a pull request on GitHub, with paths from the repository's root", async (t) => {
  const folder = project(t, TWO);
  await step(folder, 0, "compile", "--target", ID);
  await step(folder, 0, "save", "--target", ID);
  const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: join(folder, "..") };
  const { status, out } = await vibe(folder, ["check"], { env });
  assert.equal(status, 1);
  const name = folder.slice(folder.lastIndexOf("/") + 1);
  assert.match(out, new RegExp(`^::error file=${name}/src/text\\.ts,line=\\d+,title=src\\.text/shout::no active checkpoint; `, "m"));
  assert.ok(!/^::error.*math/m.test(out));
  assert.ok(!(await vibe(folder, ["check"])).out.includes("::error"));
  const json = await vibe(folder, ["check", "--json"], { env });
  assert.deepEqual(json.json().units.map(({ id, passed, status: one }) => [id, passed, one]), [[ID, true, "clean"], ["src.text/shout", false, "missing"]]);
});

test("check runs the gates on what is active, not on a candidate", async (t) => {
  const folder = project(t, DOUBLE);
  await step(folder, 0, "compile");
  await step(folder, 0, "save");
  write(folder, { "replies/src.math/double.md": reply("export function double(n: number): number {\n  return n;\n}") });
  await step(folder, 1, "compile", "--force");
  await step(folder, 0, "check");
  const failing = await step(folder, 1, "test", "--no-harness");
  assert.match(failing.out, /✗ Example 1\/2 failed: double\(2\)\n {6}[^]*✗ Example 2\/2[^]*✓ Types \(tsc\)\n {2}✓ Lint \(oxlint\)\n\[FAIL\] src\.math\/double\n/);
});

test("the log of all units is one list, newest first", async (t) => {
  const folder = project(t, TWO);
  await vibe(folder, ["compile"]);
  const at = (seconds: number) => ({ env: { GIT_AUTHOR_DATE: `${seconds} +0000`, GIT_COMMITTER_DATE: `${seconds} +0000` } });
  await vibe(folder, ["save", "-m", "one", "--target", ID], at(1_700_000_000));
  await vibe(folder, ["save", "-m", "two", "--target", "src.text"], at(1_700_000_100));
  write(folder, { "replies/src.math/double.md": reply("export function double(n: number): number {\n  return n + n;\n}") });
  await vibe(folder, ["compile", "--force", "--target", ID]);
  await vibe(folder, ["save", "-m", "three\n\nwith a body", "--target", ID], at(1_700_000_050));
  const { commits } = (await vibe(folder, ["log", "--json"])).json();
  assert.deepEqual(commits.map(({ message }) => message), ["two", "three\n\nwith a body", "one"]);
  assert.equal(commits[0]?.date, "2023-11-14T22:15:00+00:00");
  assert.match((await vibe(folder, ["log"])).out, /^commit [0-9a-f]{64}\nUnit: {7}src\.text\/shout\nCheckpoint: [0-9a-f]{64}\nAuthor: {5}Ada Lovelace <ada@example\.org>\nDate: {7}2023-11-14 22:15:00 \+0000\n\n {4}two\n\ncommit /);
  assert.deepEqual((await vibe(folder, ["log", "--oneline", "src.text/*"])).out.split("\n").length, 2);
});

test("a unit whose source is gone keeps its log", async (t) => {
  const folder = project(t, DOUBLE);
  await vibe(folder, ["compile"]);
  await vibe(folder, ["save"]);
  write(folder, { "src/math.ts": "" });
  assert.equal((await vibe(folder, ["log", ID, "--json"])).json().commits.length, 1);
});

test("fsck and git agree on a sound store and on a damaged one", async (t) => {
  const folder = project(t, DOUBLE);
  assert.equal((await vibe(folder, ["fsck"])).status, 2, "no store yet");
  await vibe(folder, ["compile"]);
  const saved = (await vibe(folder, ["save", "--json"])).json().results[0];
  assert.equal((await vibe(folder, ["fsck", "--json"])).json().ok, true);
  const object = join(folder, ".vibesafe/objects", saved.checkpointHash.slice(0, 2), saved.checkpointHash.slice(2));
  chmodSync(object, 0o644);
  writeFileSync(object, "rubbish");
  const { status, out } = await vibe(folder, ["fsck"]);
  assert.equal(status, 4);
  assert.match(out, new RegExp(saved.checkpointHash.slice(0, 12)));
  assert.throws(() => git(folder, "fsck", "--strict", "--full"));
});

test("mode shows who decides, sets and clears", async (t) => {
  const folder = project(t, {});
  assert.match((await vibe(folder, ["mode"])).out, /\ndev, decided by the default\n$/);
  assert.match((await vibe(folder, ["mode", "prod"])).out, /\nprod, decided by \.vibesafe\/mode\n$/);
  assert.equal((await vibe(folder, ["mode", "--value", "dev"])).status, 0);
  const under = await vibe(folder, ["mode", "dev"], { env: { VIBESAFE_ENV: "prod" } });
  assert.match(under.out, /\nprod, decided by VIBESAFE_ENV\n$/);
  assert.match(under.err, /warning: dev was set, but VIBESAFE_ENV says prod/);
  assert.match((await vibe(folder, ["mode", "--clear"], { env: { NODE_ENV: "production" } })).out, /\nprod, decided by NODE_ENV\n$/);
  for (const argv of [["mode", "production"], ["mode", "dev", "--value", "prod"], ["mode", "dev", "--clear"]]) assert.equal((await vibe(folder, argv)).status, 2, argv.join(" "));
});

test("colour only where a terminal wants it, and never in JSON", async (t) => {
  const folder = project(t, DOUBLE);
  const terminal = { outIsTerminal: true, errIsTerminal: true };
  assert.match((await vibe(folder, ["scan"], terminal)).out, /\u001b\[/);
  assert.doesNotMatch((await vibe(folder, ["scan"])).out, /\u001b\[/);
  for (const argv of [["scan", "--no-color"], ["scan", "--json"]]) assert.doesNotMatch((await vibe(folder, argv, terminal)).out, /\u001b\[/);
  assert.doesNotMatch((await vibe(folder, ["scan"], { ...terminal, env: { NO_COLOR: "1" } })).out, /\u001b\[/);
  assert.doesNotMatch((await vibe(folder, ["scan"], { ...terminal, env: { TERM: "dumb" } })).out, /\u001b\[/);
  assert.doesNotMatch((await vibe(folder, ["scna", "--no-color"], terminal)).err, /\u001b\[/);
});

test("a rollback needs one unit and a save of its own", async (t) => {
  const folder = project(t, TWO);
  assert.equal((await vibe(folder, ["rollback", ID])).status, 2, "nothing saved");
  await vibe(folder, ["compile"]);
  const saved = (await vibe(folder, ["save", "--json"])).json().results;
  const [double, shout] = saved;
  for (const argv of [[], ["src/**"], [ID, "--steps", "0"], [ID, "--steps", "1"], [ID, "--to", shout?.commit ?? ""], [ID, "--to", "nothing"], [ID, "--steps", "1", "--to", ID], ["src.gone/f"]]) {
    const { status, err } = await vibe(folder, ["rollback", ...argv]);
    assert.equal(status, 2, `${argv.join(" ")}\n${err}`);
  }
  await vibe(folder, ["compile", "--force", "--target", ID]);
  assert.equal((await vibe(folder, ["rollback", ID, "--to", double.commit])).status, 0, "to where it is");
  assert.equal(git(folder, "rev-parse", `refs/units/${ID}`).trim(), double.commit);
});
