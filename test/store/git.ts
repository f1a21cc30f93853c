/**
 * The git binary, as the second opinion on everything the store writes and reads.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "../temp.ts";
import { initStore } from "../../lib/store/init.ts";
import type { Store } from "../../lib/store/store.ts";
import type { CommitId, TreeId } from "../../lib/store/id.ts";
import { formatCommit, type Identity } from "../../lib/store/commit.ts";
import { formatTree } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";

type Test = { after(cleanUp: () => void): void };

export const WHO: Identity = { name: "Ada Lovelace", email: "ada@example.com", seconds: 1_700_000_000, offsetMinutes: 60 };

const ENV = {
  PATH: process.env["PATH"],
  LC_ALL: "C",
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: WHO.name,
  GIT_AUTHOR_EMAIL: WHO.email,
  GIT_AUTHOR_DATE: "1700000000 +0100",
  GIT_COMMITTER_NAME: WHO.name,
  GIT_COMMITTER_EMAIL: WHO.email,
  GIT_COMMITTER_DATE: "1700000000 +0100",
};

/** Runs git on a store; gives stdout, throws on a status but 0. */
export function git(dir: string, args: readonly string[], input?: string | Uint8Array): Buffer {
  return execFileSync("git", [`--git-dir=${dir}`, ...args], { env: ENV, input: input ?? "", stdio: "pipe", maxBuffer: 1 << 28 });
}

/** Stdout of git as text, without the last line feed. */
export function gitText(dir: string, args: readonly string[], input?: string): string {
  return git(dir, args, input).toString("utf8").replace(/\n$/, "");
}

/** What `git fsck --strict --full` has to say; empty when all is well. */
export function gitFsck(dir: string): string {
  const command = ['git "--git-dir=$0" fsck --strict --full --no-dangling 2>&1 | grep -v "^notice: "; exit 0', dir];
  return execFileSync("sh", ["-c", ...command], { env: ENV }).toString();
}

/** A new store in a temporary folder. */
export function newStore(t: Test): Store {
  return initStore(join(tempDir(t), "store"));
}

/** A SHA-256 repository that git made. */
export function gitStore(t: Test): string {
  const dir = join(tempDir(t), "repository");
  mkdirSync(dir);
  git(dir, ["init", "-q", "--bare", "--object-format=sha256", "-b", "main", dir]);
  return dir;
}

/** Writes a commit whose tree holds one file. */
export function writeSave(store: Store, text: string, parents: readonly CommitId[] = [], area: "objects" | "cache" = "objects"): CommitId {
  const id = writeObject(store, "blob", Buffer.from(text), area);
  const tree: TreeId = writeObject(store, "tree", formatTree([{ mode: "100644", name: "impl.ts", id }]), area);
  return writeObject(store, "commit", formatCommit({ tree, parents, author: WHO, committer: WHO, message: `${text}\n` }), area);
}
