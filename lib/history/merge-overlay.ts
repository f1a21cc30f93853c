/**
 * Objects of a side that is not checked out yet.
 *
 * While git merges, the working tree still holds one side's store. The other side's objects are in git, as files of its commits; from
 * there they are taken into a store of their own, whose alternate is the project's. Every object is verified when it is read, as always.
 *
 * @module
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryPath } from "../store/durable.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { initStore } from "../store/init.ts";
import { hasSavedObject, readCommit, readObject, tryReadObject } from "../store/read.ts";
import { references } from "../store/references.ts";
import { packStems, refreshSources } from "../store/sources.ts";
import { areaDir, type Store } from "../store/store.ts";
import { askGit, git, pathInGit, readBlobs, type ProjectGit } from "./project-git.ts";

export interface Overlay {
  /** The project's store, and what was fetched besides. */
  readonly store: Store;
  /** Makes a commit and what its tree holds readable; false where nobody has it whole. Its parents are left to later calls. */
  fetch(commit: CommitId): boolean;
  /** Makes readable the commits from one back to where the project's store knows the rest. */
  fetchHistory(commit: CommitId): void;
  /** Commits of the project that were looked into. */
  heads(): readonly string[];
  close(): void;
}

/** Where git notes the commits that it is about to merge, pick or apply. */
const HEAD_FILES = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "FETCH_HEAD", "rebase-merge/done", "rebase-merge/stopped-sha", "rebase-apply/original-commit"];

/** @param given - commits to look into first; those that git tells of if not given */
export function openOverlay(base: Store, repository: ProjectGit, given: readonly string[] = namedHeads(repository)): Overlay {
  const dir = temporaryPath(base, "merge");
  const store = initStore(dir);
  const objectsDir = areaDir(store, "objects");
  mkdirSync(join(objectsDir, "info"), { recursive: true });
  writeFileSync(join(objectsDir, "info", "alternates"), `${areaDir(base, "objects")}\n${areaDir(base, "cache")}\n`);
  const prefix = `${pathInGit(repository, base.dir)}/objects/`;
  const heads = new Set(given);
  let packsTaken = false;

  const take = (ids: readonly ObjectId[], from: Iterable<string>): void => {
    const asked = [...from].flatMap((head) => ids.map((id) => ({ id, name: `${head}:${prefix}${id.slice(0, 2)}/${id.slice(2)}` })));
    readBlobs(repository, asked.map(({ name }) => name)).forEach((bytes, i) => {
      const id = asked[i]?.id;
      if (bytes === undefined || id === undefined) return;
      const path = join(objectsDir, id.slice(0, 2), id.slice(2));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    });
  };
  const missing = (ids: readonly ObjectId[]): ObjectId[] => ids.filter((id) => tryReadObject(store, id) === undefined);
  const fetchAll = (ids: readonly ObjectId[]): boolean => {
    let open = missing(ids);
    if (open.length > 0 && heads.size > 0) {
      take(open, heads);
      open = missing(open);
    }
    if (open.length > 0 && !packsTaken) {
      packsTaken = true;
      takePacks(repository, heads, prefix, base, objectsDir);
      refreshSources(store);
      open = missing(open);
    }
    for (const id of open) {
      // No head that git tells of has it: then it came with some commit, which the history of its path names.
      const found = commitThatAdded(repository, `${prefix}${id.slice(0, 2)}/${id.slice(2)}`);
      if (found === undefined) return false;
      heads.add(found);
      take([id], [found]);
    }
    return missing(open).length === 0;
  };
  return {
    store,
    fetch(commit) {
      if (!fetchAll([commit])) return false;
      let level: ObjectId[] = [readCommit(store, commit).tree];
      while (level.length > 0) {
        if (!fetchAll(level)) return false;
        level = level.flatMap((id) => {
          const { type, payload } = readObject(store, id);
          return type === "tree" ? references(type, payload).map((reference) => reference.id) : [];
        });
      }
      return true;
    },
    fetchHistory(commit) {
      const seen = new Set<CommitId>([commit]);
      for (const id of seen) {
        if (hasSavedObject(base, id) || !fetchAll([id])) continue;
        for (const parent of readCommit(store, id).parents) seen.add(parent);
      }
    },
    heads: () => [...heads],
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Commits that the operation under way is about. */
function namedHeads({ gitDir, env }: ProjectGit): string[] {
  // git-merge(1) tells its drivers whom it merges: GITHEAD_<id>=<name>.
  const told = Object.keys(env).flatMap((name) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(name)?.[1] ?? []);
  const noted = HEAD_FILES.flatMap((name) => readIfThere(join(gitDir, name)).split("\n").flatMap((line) => /(?:^|\s)([0-9a-f]{40,64})(?:\s|$)/.exec(line)?.[1] ?? []).slice(-8));
  return [...told, ...noted, "HEAD"];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return "";
    throw error;
  }
}

function commitThatAdded(repository: ProjectGit, path: string): string | undefined {
  const found = askGit(repository, ["log", "--all", "--reflog", "--diff-filter=A", "--format=%H", "-1", "--", path])?.toString("latin1").trim();
  return found === undefined || found === "" ? undefined : found;
}

/** The packs of the heads that the project's store does not have. */
function takePacks(repository: ProjectGit, heads: ReadonlySet<string>, prefix: string, base: Store, objectsDir: string): void {
  const known = new Set(packStems(areaDir(base, "objects")));
  for (const head of heads) {
    const names = askGit(repository, ["ls-tree", "-z", "--name-only", head, `${prefix}pack/`])?.toString("utf8").split("\0") ?? [];
    const wanted = names.filter((name) => /\/pack-[^/]+\.(?:pack|idx)$/.test(name) && !known.has((name.split("/").at(-1) ?? "").replace(/\.\w+$/, "")));
    const here = new Set(readdirSync(join(objectsDir, "pack")));
    for (const name of wanted.sort().reverse()) {
      const file = name.split("/").at(-1) ?? "";
      // The index last, as it makes the pack visible: sorted backwards, .pack comes first.
      if (!here.has(file)) writeFileSync(join(objectsDir, "pack", file), git(repository, ["cat-file", "blob", `${head}:${name}`]));
    }
  }
}
