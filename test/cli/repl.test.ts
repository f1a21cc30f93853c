/** `vibe repl`, by a pipe and at a terminal. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asked, MODEL } from "../compile/model.ts";
import { DOUBLE, git, IDENTITY, project, REPOSITORY, reply, vibe, write } from "./vibe.ts";

const UNIT = "src.math/double";
const REF = `refs/units/${UNIT}`;

test("from a pipe each line is a command, and only save and rollback move what is active", async (t) => {
  const folder = project(t, DOUBLE);
  const before = await vibe(folder, ["repl", "--target", UNIT], { input: "diff\ngen\ntest\nshow\nprompt\nwhy\n" });
  assert.equal(before.status, 1, "diff says that nothing is saved");
  assert.match(before.out, /^\[MISSING\] src\.math\/double$/m);
  assert.match(before.out, /✓ src\.math\/double {2}[0-9a-f]{12} {2}1 attempt/);
  assert.match(before.out, /\[PASS\] src\.math\/double/);
  assert.match(before.out, /src\.math\/double \(candidate\)[^]*return 2 \* n;/);
  assert.match(before.out, /You write one TypeScript function/);
  assert.doesNotMatch(before.out, /double> /, "no prompt where nobody sees it");
  assert.equal(git(folder, "for-each-ref", "refs/units").trim(), "");

  const saved = await vibe(folder, ["repl", UNIT], { input: "save first version\n\nlog" });
  assert.equal(saved.status, 0, saved.out + saved.err);
  assert.match(git(folder, "log", "-1", "--format=%s", REF), /^first version$/m);
  write(folder, { [`replies/${UNIT}.md`]: reply("export function double(n: number): number {\n  return n + n;\n}") });
  const first = git(folder, "rev-parse", REF);
  const forced = await vibe(folder, ["repl", UNIT], { input: "g!\nt\nd\n" });
  assert.match(forced.out, /^-  return 2 \* n;\n\+  return n \+ n;$/m);
  assert.equal(git(folder, "rev-parse", REF), first, "a candidate is not active");
  assert.equal((await vibe(folder, ["repl", UNIT], { input: "save\nrollback\nquit\nsave never\n" })).status, 0);
  assert.equal(git(folder, "rev-parse", REF), first);
  assert.equal(readFileSync(join(folder, `.vibesafe/logs/${REF}`), "utf8").trim().split("\n").length, 3);
});

test("what it does not know it says, with a remedy, and goes on", async (t) => {
  const folder = project(t, DOUBLE);
  const ran = await vibe(folder, ["repl", UNIT], { input: "tighten\nrollback\nhelp\n" });
  assert.equal(ran.status, 2);
  assert.match(ran.err, /error: no command "tighten"\n {2}fix: help lists them\nerror: nothing was saved yet/);
  for (const name of ["gen, g", "gen!, g!", "test, t", "show, s", "diff, d", "save", "rollback", "prompt, p", "quit, q, exit"]) assert.ok(ran.out.includes(`  ${name} `), name);
  assert.equal((await vibe(folder, ["repl"])).status, 2);
  const none = await vibe(folder, ["repl", "src.math/duble"]);
  assert.match(none.err, /did you mean src\.math\/double/);
  assert.equal(none.status, 2);
});

const hasScript = spawnSync("script", ["--version"]).status === 0;

test("at a terminal it prompts, Ctrl-C ends the running command alone, and Ctrl-D the dialogue", { skip: hasScript ? false : "no script(1) here" }, async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, [`replies/${UNIT}.md`]: "wait" });
  const bin = join(REPOSITORY, "dist", "bin", "vibe.js");
  const child = spawn("script", ["-qec", `'${process.execPath}' '${bin}' repl ${UNIT}`, "/dev/null"], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, TERM: "xterm", NO_COLOR: "1", ...IDENTITY } });
  t.after(() => child.kill());
  let screen = "";
  child.stdout.on("data", (bytes) => (screen += String(bytes)));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const until = async (what: () => boolean): Promise<void> => {
    for (let i = 0; !what(); i++) {
      assert.ok(i < 1000 && screen.length < 100_000, screen.slice(0, 5000));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const prompts = (): number => screen.split("src.math/double> ").length - 1;
  await until(() => prompts() > 0);
  assert.match(screen, /\[MISSING\]/);
  child.stdin.write("gen\r");
  await until(() => asked(folder).length > 0);
  child.stdin.write("\u0003");
  await until(() => screen.includes("interrupted"));
  write(folder, { [`replies/${UNIT}.md`]: DOUBLE[`replies/${UNIT}.md`] ?? "" });
  child.stdin.write("half a line\u0003");
  await until(() => screen.includes("^C"));
  child.stdin.write("gen\r");
  await until(() => screen.includes("1 compiled"));
  child.stdin.write("save\r");
  await until(() => screen.includes("saved as"));
  child.stdin.write("\u0004");
  assert.equal(await ended, 0, screen);
  assert.doesNotMatch(screen, /no command/);
  assert.equal(git(folder, "for-each-ref", "--format=%(refname)", "refs/units").trim(), REF);
});
