/** `vibe` as a process: what needs real streams, signals and several of them at once. */

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { VERSION } from "../../lib/version.ts";
import { asked, many, MODEL } from "../compile/model.ts";
import { DOUBLE, IDENTITY, project, REPOSITORY, vibe } from "./vibe.ts";

const BIN = join(REPOSITORY, "dist", "bin", "vibe.js");

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function start(folder: string, argv: readonly string[], signalWhen?: () => boolean): Promise<Ended> {
  assert.ok(existsSync(BIN), "run `npm run build` first");
  const child = spawn(process.execPath, [BIN, ...argv], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, ...IDENTITY } });
  let out = "";
  let err = "";
  child.stdout.on("data", (bytes) => (out += String(bytes)));
  child.stderr.on("data", (bytes) => (err += String(bytes)));
  const timer = setInterval(() => {
    if (signalWhen?.() !== true) return;
    clearInterval(timer);
    child.kill("SIGINT");
  }, 20);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => {
      clearInterval(timer);
      resolve({ status, out, err });
    });
  });
}

test("--version prints the version and nothing else", async (t) => {
  const folder = project(t, { "vibesafe.toml": "broken" });
  for (const flag of ["--version", "-V"]) assert.deepEqual(await start(folder, [flag]), { status: 0, out: `${VERSION}\n`, err: "" });
});

test("status and output of a process are those of the command", async (t) => {
  const folder = project(t, DOUBLE);
  const ran = await start(folder, ["scan", "--json"]);
  assert.equal(ran.status, 0);
  assert.equal(ran.out, (await vibe(folder, ["scan", "--json"])).out);
  assert.equal((await start(folder, ["diff"])).status, 1);
  assert.equal((await start(folder, ["dif"])).status, 2);
});

test("a full disk behind standard output is said, without a stack; a reader who leaves is no failure", { skip: !existsSync("/dev/full") }, async (t) => {
  const folder = project(t, DOUBLE);
  const run = (argv: readonly string[], out: number | "pipe"): Ended => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...argv], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, ...IDENTITY }, stdio: ["ignore", out, "pipe"], encoding: "utf8" });
    return { status, out: "", err: stderr };
  };
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  // Scanned once, scan answers from what it kept.
  for (const argv of [["scan"], ["scan"], ["log"]]) {
    const { status, err } = run(argv, full);
    assert.deepEqual([status, err.split("\n").length], [2, 3], err);
    assert.match(err, /^error: cannot write to standard output: ENOSPC/);
    run(argv, "pipe");
  }
  for (const argv of [["scan"], ["log"]]) {
    const child = spawn(process.execPath, [BIN, ...argv], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder }, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const err = await text(child.stderr);
    assert.equal(err, "");
    assert.equal(child.exitCode ?? (await once(child, "exit"))[0], 0);
  }
});

test("Ctrl-C ends the process with 130, and a model that it waits for with it", async (t) => {
  const folder = project(t, { ...DOUBLE, ...MODEL, "replies/src.math/double.md": "wait" });
  const ended = await start(folder, ["compile"], () => asked(folder).length > 0);
  assert.deepEqual([ended.status, ended.out], [130, ""]);
  execFileSync("git", ["--git-dir=.vibesafe", "fsck", "--strict", "--full"], { cwd: folder, stdio: "ignore" });
});

test("processes that save at once lose nothing of each other", async (t) => {
  const folder = project(t, {});
  many(folder, 4);
  assert.equal((await vibe(folder, ["compile"])).status, 0);
  const ended = await Promise.all([
    start(folder, ["save", "--target", "src.many/f0"]),
    start(folder, ["save", "--target", "src.many/f1"]),
    start(folder, ["save", "--target", "src.many/f2", "--target", "src.many/f3"]),
    start(folder, ["save", "--target", "src.many/f3"]),
  ]);
  assert.deepEqual(ended.map(({ status, err }) => [status, err]), ended.map(() => [0, ""]));
  const git = (...args: string[]): string => execFileSync("git", ["--git-dir=.vibesafe", ...args], { cwd: folder, encoding: "utf8" });
  assert.deepEqual(git("for-each-ref", "--format=%(refname)").trim().split("\n"), [0, 1, 2, 3].map((i) => `refs/units/src.many/f${i}`));
  git("fsck", "--strict", "--full");
  assert.equal((await vibe(folder, ["diff"])).status, 0);
});
