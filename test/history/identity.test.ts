import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isoDate, parseDate } from "../../lib/history/git-date.ts";
import { identities } from "../../lib/history/identity.ts";
import { formatIdentity } from "../../lib/store/identity.ts";
import { tempDir } from "../temp.ts";

const NOW = Date.UTC(2025, 9, 30, 12, 34, 56);

/** A commit's author as git itself makes it out, in an otherwise empty environment. */
function gitIdent(cwd: string, env: Record<string, string>, role: "AUTHOR" | "COMMITTER"): string {
  return execFileSync("git", ["var", `GIT_${role}_IDENT`], { cwd, env: { PATH: process.env["PATH"] ?? "", GIT_CONFIG_NOSYSTEM: "1", ...env }, encoding: "utf8" }).trim();
}

test("name, email and date come from where git takes them", (t) => {
  const home = tempDir(t);
  const root = join(home, "project");
  mkdirSync(join(root, "deep"), { recursive: true });
  const fixed = { HOME: home, GIT_AUTHOR_DATE: "1761827696 +0200", GIT_COMMITTER_DATE: "2025-10-30T12:34:56Z" };
  const same = (env: Record<string, string>, folder: string): void => {
    const { author, committer } = identities({ root: folder, env, now: NOW });
    assert.equal(formatIdentity(author), gitIdent(folder, env, "AUTHOR"));
    assert.equal(formatIdentity(committer), gitIdent(folder, env, "COMMITTER"));
  };
  writeFileSync(join(home, ".gitconfig"), '[user]\n\tname = "Grace # Hopper" ; the admiral\n\temail = grace@example.org\n[user "x"]\n name = no\n');
  same(fixed, root);
  execFileSync("git", ["init", "-q"], { cwd: root });
  execFileSync("git", ["config", "user.name", "Alan Turing"], { cwd: root });
  same(fixed, join(root, "deep"));
  same({ ...fixed, GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.org" }, root);
  mkdirSync(join(home, "xdg", "git"), { recursive: true });
  writeFileSync(join(home, "xdg", "git", "config"), "[user]\nname = From XDG\nemail = xdg@example.org\n");
  same({ ...fixed, XDG_CONFIG_HOME: join(home, "xdg") }, root);
  writeFileSync(join(home, "other"), "[user]\nname = Other\nemail = other@example.org\n");
  same({ ...fixed, GIT_CONFIG_GLOBAL: join(home, "other") }, root);
});

test("a worktree has the identity of its repository", (t) => {
  const home = tempDir(t);
  const env = { HOME: home, GIT_CONFIG_GLOBAL: "/dev/null", GIT_AUTHOR_DATE: "1761827696 +0000", GIT_COMMITTER_DATE: "1761827696 +0000" };
  const git = (cwd: string, ...args: string[]): string => execFileSync("git", args, { cwd, env: { PATH: process.env["PATH"] ?? "", ...env }, encoding: "utf8" });
  const main = join(home, "main");
  mkdirSync(main);
  git(main, "init", "-q");
  git(main, "config", "user.name", "Barbara Liskov");
  git(main, "config", "user.email", "barbara@example.org");
  git(main, "commit", "-q", "--allow-empty", "-m", "first");
  git(main, "worktree", "add", "-q", join(home, "linked"));
  assert.equal(formatIdentity(identities({ root: join(home, "linked"), env, now: NOW }).author), gitIdent(join(home, "linked"), env, "AUTHOR"));
});

test("without any setting the system's user signs", (t) => {
  const home = tempDir(t);
  const { author } = identities({ root: home, env: { HOME: home, GIT_CONFIG_GLOBAL: "/dev/null" }, now: NOW });
  assert.notEqual(author.name, "");
  assert.match(author.email, /@/);
  assert.equal(author.seconds, NOW / 1000);
  // Greenwich is +0000: -0000 is git's for a zone that nobody knows.
  assert.ok(!Object.is(author.offsetMinutes, -0));
});

test("SOURCE_DATE_EPOCH sets the time, GIT_*_DATE overrides it, nonsense is an error", (t) => {
  const root = tempDir(t);
  const env = { HOME: root, SOURCE_DATE_EPOCH: "1000000000", GIT_COMMITTER_DATE: "@1 +0000" };
  const { author, committer } = identities({ root, env, now: NOW });
  assert.deepEqual([author.seconds, author.offsetMinutes], [1_000_000_000, 0]);
  assert.deepEqual([committer.seconds, committer.offsetMinutes], [1, 0]);
  for (const bad of [{ SOURCE_DATE_EPOCH: "yesterday" }, { GIT_AUTHOR_DATE: "next tuesday" }]) {
    assert.throws(() => identities({ root, env: { HOME: root, ...bad } }), { code: "CONFIG_INVALID" });
  }
});

test("dates read as git reads them", (t) => {
  const cwd = tempDir(t);
  for (const text of ["1761827696 +0200", "@5 -0130", "2025-10-30T12:34:56Z", "2025-10-30 12:34:56 -0530", "2025-10-30T12:34:56+05:45", "Thu, 30 Oct 2025 12:34:56 +0100"]) {
    const [seconds, zone] = gitIdent(cwd, { HOME: cwd, GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a", GIT_AUTHOR_DATE: text }, "AUTHOR").split(" ").slice(-2);
    const date = parseDate(text);
    assert.ok(date, text);
    assert.equal(date.seconds, Number(seconds), text);
    assert.equal(isoDate(date).slice(19).replace(":", ""), zone, text);
  }
});
