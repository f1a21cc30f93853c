/**
 * The project's own repository, asked through the git binary: what `vibe install` sets up there runs only where git does.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { relative } from "node:path";
import { VibesafeStoreError, VibesafeUsageError } from "../errors.ts";
import type { Environment } from "./identity.ts";

export interface ProjectGit {
  /** Absolute path of the working tree. */
  readonly top: string;
  /** Absolute path of the repository, of a linked working tree its own part. */
  readonly gitDir: string;
  /** Absolute path of what all working trees share: configuration, hooks, `info/attributes`. */
  readonly commonDir: string;
  readonly env: Environment;
}

const MOST_BYTES = 1 << 30;

/**
 * The repository around a folder.
 *
 * @throws VibesafeUsageError when there is no git, or no working tree around the folder
 */
export function openProjectGit(folder: string, env: Environment): ProjectGit {
  const { status, stdout, stderr } = run(folder, env, ["rev-parse", "--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir"]);
  const [top, gitDir, commonDir] = stdout.toString("utf8").split("\n");
  if (status === 0 && top !== undefined && gitDir !== undefined && commonDir !== undefined) return { top, gitDir, commonDir, env };
  throw new VibesafeUsageError(`no git working tree here: ${firstLine(stderr)}`, { remedy: "run it inside the project's own repository; `git init` makes one" });
}

/** Standard output of git, run at the top of the working tree. @throws VibesafeStoreError when git fails */
export function git(repository: ProjectGit, args: readonly string[], input?: string): Buffer {
  const { status, stdout, stderr } = run(repository.top, repository.env, args, input);
  if (status === 0) return stdout;
  throw new VibesafeStoreError(`git ${args[0] ?? ""} failed: ${firstLine(stderr)}`, { remedy: `run \`git ${args.join(" ")}\` to see why` });
}

/** Standard output of git; undefined when it fails, which to these questions is an answer: there is no such thing. */
export function askGit(repository: ProjectGit, args: readonly string[], input?: string): Buffer | undefined {
  const { status, stdout } = run(repository.top, repository.env, args, input);
  return status === 0 ? stdout : undefined;
}

/** A path as git names it: from the top of the working tree, with slashes. */
export function pathInGit({ top }: ProjectGit, path: string): string {
  return relative(top, path).replaceAll("\\", "/");
}

/** The contents of blobs by any name that git takes, such as `HEAD:path` or `:2:path`; undefined for what is no blob. */
export function readBlobs(repository: ProjectGit, names: readonly string[]): (Buffer | undefined)[] {
  // A line feed would be two questions.
  const asked = names.map((name) => (name.includes("\n") ? "\u0001" : name));
  if (asked.length === 0) return [];
  const answer = git(repository, ["cat-file", "--batch"], `${asked.join("\n")}\n`);
  let at = 0;
  return asked.map(() => {
    const end = answer.indexOf(0x0a, at);
    const [, type, size] = / (blob|tree|commit|tag) (\d+)$/.exec(answer.toString("utf8", at, end)) ?? [];
    at = end + 1;
    if (type === undefined) return undefined;
    const content = answer.subarray(at, at + Number(size));
    at += Number(size) + 1;
    return type === "blob" ? content : undefined;
  });
}

function run(cwd: string, env: Environment, args: readonly string[], input = ""): { status: number | null; stdout: Buffer; stderr: Buffer } {
  const { status, stdout, stderr, error } = spawnSync("git", args, { cwd, env: { ...env }, input, maxBuffer: MOST_BYTES });
  if (error === undefined) return { status, stdout, stderr };
  if ("code" in error && error.code === "ENOENT") {
    throw new VibesafeUsageError("there is no git here", { cause: error, remedy: "install git, or put it on the PATH" });
  }
  throw error;
}

function firstLine(text: Buffer): string {
  return text.toString("utf8").trim().split("\n")[0] ?? "";
}
