/**
 * A project in a git repository of its own, with the real git and `vibe` as a program that git can call.
 *
 * @module
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatSaveMessage } from "../../lib/spec/checkpoint.ts";
import { unitRef } from "../../lib/spec/unit-id.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import { readRef } from "../../lib/store/refs.ts";
import { writeObject } from "../../lib/store/write.ts";
import { IDENTITY, IMPORT, project, reply, REPOSITORY, spec, vibe, type Files, type Ran } from "../cli/vibe.ts";
import { save } from "../runtime/project.ts";

const BIN = join(REPOSITORY, "dist", "bin", "vibe.js");

/** As git's shell starts it. */
export const COMMAND: string = `'${process.execPath}' '${BIN}'`;

/** Time of every commit of `git`; saves get one of their own, by `at`. */
const DATE = "2026-01-02T03:04:05Z";

export interface Gave {
  readonly status: number | null;
  readonly out: string;
}

/** Runs a program in `folder`; its two outputs as one text. */
export function run(folder: string, program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ""): Gave {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    input,
    env: { PATH: process.env["PATH"], HOME: folder, ...IDENTITY, GIT_AUTHOR_DATE: DATE, GIT_COMMITTER_DATE: DATE, GIT_EDITOR: "true", ...env },
  });
  if (error !== undefined) throw error;
  return { status, out: `${stdout}${stderr}` };
}

/** Runs git and says whether it went well. */
export function git(folder: string, ...args: string[]): Gave {
  return run(folder, "git", args);
}

/** Runs git, which must succeed; gives what it printed. */
export function must(folder: string, ...args: string[]): string {
  const { status, out } = git(folder, ...args);
  assert.equal(status, 0, `git ${args.join(" ")}\n${out}`);
  return out.trimEnd();
}

/** Two ways to write each unit, so that two people can save different code that passes. */
export const UNITS: Files = {
  "src/math.ts": IMPORT + spec("double", "(n: number): number", [["double(2)", "4"]]) + "\n" + spec("triple", "(n: number): number", [["triple(2)", "6"]]),
  "replies/src.math/double.md": reply("export function double(n: number): number {\n  return 2 * n;\n}"),
  "replies/src.math/triple.md": reply("export function triple(n: number): number {\n  return 3 * n;\n}"),
  ".gitignore": "node_modules\n",
};

/** A project with both units saved and committed, `vibe install` done. */
export async function repository(t: Parameters<typeof project>[0], ...flags: string[]): Promise<string> {
  const folder = project(t, UNITS);
  must(folder, "init", "-q", "-b", "main");
  await writeSave(folder, "Ada", "double", "2 * n", 1_700_000_000);
  await writeSave(folder, "Ada", "triple", "3 * n", 1_700_000_000);
  assert.ok(existsSync(BIN), "run `npm run build` first");
  await step(folder, "install", "--command", COMMAND, ...flags);
  must(folder, "add", "-A");
  must(folder, "commit", "-q", "-m", "first");
  return folder;
}

/** Runs `vibe`, which must succeed. */
export async function step(folder: string, ...argv: string[]): Promise<Ran> {
  const ran = await vibe(folder, argv);
  assert.equal(ran.status, 0, `vibe ${argv.join(" ")}\n${ran.out}${ran.err}`);
  return ran;
}

/** Somebody's new code of a unit, saved without the gates and committed on the present branch. */
export async function saveAs(folder: string, name: string, unit: string, body: string, at: number): Promise<void> {
  await writeSave(folder, name, unit, body, at);
  must(folder, "add", "-A");
  must(folder, "commit", "-q", "-m", `${unit} by ${name}`);
}

/** Makes code the active save of a unit, upon the one that was. */
export async function writeSave(folder: string, name: string, unit: string, body: string, at: number): Promise<void> {
  const { store, treeId, specHash, checkpointHash, unit: id } = await save(folder, "src/math.ts", unit, `export function ${unit}(n: number): number {\n  return ${body};\n}\n`, { ref: "none" });
  const who = { name, email: "ada@example.org", seconds: at, offsetMinutes: 0 };
  const active = readRef(store, unitRef(id));
  const message = formatSaveMessage(`${unit} by ${name}`, { unit: id, specHash, checkpointHash });
  const commit = writeObject(store, "commit", formatCommit({ tree: treeId, parents: active === undefined ? [] : [active], author: who, committer: who, message }));
  updateRefs(store, [{ name: unitRef(id), to: commit }], { who, message: "save" });
}

/** What the active ref of a unit holds. */
export function activeOf(folder: string, unit: string): string {
  return must(folder, "--git-dir=.vibesafe", "rev-parse", `refs/units/src.math/${unit}`);
}

/** Nothing is missing, odd or damaged in git's eyes. */
export function isWhole(folder: string): void {
  const { status, out } = git(folder, "--git-dir=.vibesafe", "fsck", "--strict", "--full", "--no-dangling");
  assert.equal(status, 0, out);
}

/** A copy of a repository on one of its branches, without the logs of the others: they name what is not checked out here. */
export function copyOf(t: { after(work: () => void): void }, from: string, branch: string): string {
  const folder = mkdtempSync(join(tmpdir(), "vibesafe-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(from, folder, { recursive: true, verbatimSymlinks: true });
  must(folder, "checkout", "-q", branch);
  rmSync(join(folder, ".vibesafe", "logs"), { recursive: true, force: true });
  return folder;
}
