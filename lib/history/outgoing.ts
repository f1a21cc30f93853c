/**
 * Whether a commit of the project holds a whole store: every object that its refs lead to is among its files.
 *
 * What the working tree has and the commit has not is what a forgotten `git add` leaves behind; a clone could not run it.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import type { ObjectId } from "../store/id.ts";
import { findInIndex } from "../store/pack-index.ts";
import { parsePackedRefs } from "../store/packed-refs.ts";
import { readObject } from "../store/read.ts";
import { references } from "../store/references.ts";
import { objectSources, sourcePacks } from "../store/sources.ts";
import type { Store } from "../store/store.ts";
import { isConflictText, storeFile } from "./merge-files.ts";
import { refContent } from "./merge-refs.ts";
import { askGit, pathInGit, readBlobs, type ProjectGit } from "./project-git.ts";

const NO_COMMIT = /^0+$/;

/** One of a hook's lines: what goes to the server, and what it has now. */
export interface PushedRef {
  readonly local: string;
  readonly remote: string;
}

/** What is wrong with the store in the commit `local`; empty where all is there, or the commit has no store. */
export function lookAtOutgoing(repository: ProjectGit, store: Store, { local, remote }: PushedRef): string[] {
  const prefix = pathInGit(repository, store.dir);
  const files = filesOf(repository, local, prefix);
  const problems: string[] = [];
  const roots = new Map<ObjectId, string>();
  const names = [...files].filter((name) => name.startsWith("refs/") || name === "packed-refs");
  readBlobs(repository, names.map((name) => `${local}:${prefix}/${name}`)).forEach((bytes, i) => {
    const name = names[i] ?? "";
    const text = bytes?.toString("utf8") ?? "";
    try {
      if (name === "packed-refs") for (const [ref, { id }] of parsePackedRefs(text)) roots.set(id, ref);
      else {
        const id = refContent(text);
        if (id !== undefined) roots.set(id, name);
        else problems.push(isConflictText(text) ? `${name} holds a conflict that nobody settled: run \`vibe merge\`` : `${name} is no ref`);
      }
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      problems.push(`${error.message}: run \`vibe merge\``);
    }
  });
  const there = isIn(store, files);
  const before = NO_COMMIT.test(remote) ? () => false : isIn(store, filesOf(repository, remote, prefix), true);
  for (const [root, ref] of roots) {
    const absent = firstAbsent(store, root, there, before);
    if (absent !== undefined) problems.push(`${ref} needs ${absent}`);
  }
  return problems;
}

function filesOf(repository: ProjectGit, commit: string, prefix: string): Set<string> {
  const names = askGit(repository, ["ls-tree", "-r", "-z", "--name-only", commit, "--", `${prefix}/`])?.toString("utf8").split("\0").slice(0, -1) ?? [];
  return new Set(names.map((name) => name.slice(prefix.length + 1)));
}

/** @param looseOnly - for what a server has: only what is surely there */
function isIn(store: Store, files: ReadonlySet<string>, looseOnly = false): (id: ObjectId) => boolean {
  const packs = looseOnly ? [] : objectSources(store).filter(({ isCache }) => !isCache).flatMap((source) => sourcePacks(store, source)).filter(({ index }) => files.has(index.file.shownAs.replace(/(?:\.idx)?$/, ".idx")));
  return (id) => files.has(`objects/${id.slice(0, 2)}/${id.slice(2)}`) || packs.some((pack) => findInIndex(pack.index, id) !== undefined);
}

function firstAbsent(store: Store, root: ObjectId, there: (id: ObjectId) => boolean, before: (id: ObjectId) => boolean): string | undefined {
  const seen = new Set<ObjectId>();
  const stack = [root];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (!there(id)) return `object ${id}, which the commit does not hold: \`git add\` the store, and commit`;
    try {
      const { type, payload } = readObject(store, id);
      // A commit that the server had came there with all that it needs.
      if (type === "commit" && before(id)) continue;
      for (const reference of references(type, payload)) stack.push(reference.id);
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      return `${error.message}; ${error.remedy}`;
    }
  }
  return undefined;
}

/** Files of the store that differ from what the last commit of the project has. */
export function uncommittedFiles(repository: ProjectGit, store: Store): string[] {
  const prefix = pathInGit(repository, store.dir);
  const lines = askGit(repository, ["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", prefix])?.toString("utf8").split("\0") ?? [];
  return lines.flatMap((line) => (line === "" ? [] : [line.slice(3)])).filter((path) => storeFile(path.slice(prefix.length + 1)) !== undefined || path.endsWith(".pack"));
}

/** Whether tracked files besides the store have edits that no commit holds. */
export function hasOtherEdits(repository: ProjectGit, store: Store): boolean {
  const prefix = pathInGit(repository, store.dir);
  return (askGit(repository, ["status", "--porcelain", "--untracked-files=no", "--", `:(exclude)${prefix}`, "."])?.length ?? 0) > 0;
}
