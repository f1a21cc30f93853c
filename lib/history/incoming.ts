/**
 * What a merge of the project's repository brought into the store: looked at, and remembered in the reflogs.
 *
 * @module
 */

import { join } from "node:path";
import { VibesafeError } from "../errors.ts";
import { refUnit } from "../spec/unit-id.ts";
import type { Identity } from "../store/commit.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { fsck } from "../store/fsck.ts";
import { withLocks } from "../store/lock.ts";
import { hasSavedObject, readObject } from "../store/read.ts";
import { appendReflog } from "../store/reflog-write.ts";
import { readReflog } from "../store/reflog.ts";
import { references } from "../store/references.ts";
import { readRefTarget } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { isAncestor, refContent } from "./merge-refs.ts";
import { askGit, pathInGit, readBlobs, type ProjectGit } from "./project-git.ts";

export interface IncomingRef {
  readonly ref: string;
  readonly from: CommitId | undefined;
  readonly to: CommitId | undefined;
  /** What is wrong with it, or with what it leads to. */
  readonly problem: string | undefined;
}

/**
 * Looks at every ref of the store that differs between two commits of the project, reads and verifies what it newly leads to, and
 * writes the move into its reflog: git moved the file and wrote no line. A save that gave way to the same checkpoint of somebody else
 * gets a line too, so that it stays reachable here.
 */
export function lookAtIncoming(repository: ProjectGit, store: Store, { before, after, who }: { readonly before: string; readonly after: string; readonly who: Identity }): IncomingRef[] {
  const prefix = pathInGit(repository, store.dir);
  const changed = (from: string): string[] => askGit(repository, ["diff", "--no-renames", "--name-only", "-z", from, after, "--", `${prefix}/refs`])?.toString("utf8").split("\0").slice(0, -1) ?? [];
  // Against the other side too: where ours stayed, theirs gave way.
  const names = [...new Set([before, `${after}^2`].flatMap(changed))];
  const versions = [before, `${after}^2`].flatMap((commit) => names.map((name) => `${commit}:${name}`));
  const contents = readBlobs(repository, versions).map((bytes) => (bytes === undefined ? undefined : refContent(bytes.toString("latin1"))));
  return names.map((name, i): IncomingRef => {
    const ref = name.slice(prefix.length + 1);
    const [from, other] = [contents[i], contents[i + names.length]];
    try {
      const to = readRefTarget(store, ref);
      const missing = to === undefined ? undefined : findMissing(store, to, from);
      if (missing !== undefined) return { ref, from, to: to as CommitId, problem: missing };
      if (to !== undefined) remember(store, ref, { from, other, to: to as CommitId, who });
      return { ref, from, to: to as CommitId | undefined, problem: undefined };
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      return { ref, from, to: undefined, problem: `${error.message}; ${error.remedy}` };
    }
  });
}

/**
 * What is wrong in the whole store where the merge took objects away, as a side that packed or pruned does: what our side's saves share
 * with older ones may have been among them.
 */
export function lookAtLoss(repository: ProjectGit, store: Store, before: string, after: string): string[] {
  const gone = askGit(repository, ["diff", "--no-renames", "--diff-filter=D", "--name-only", before, after, "--", `${pathInGit(repository, store.dir)}/objects`]);
  if (gone === undefined || gone.length === 0) return [];
  const damage = fsck(store).problems.filter(({ kind }) => kind !== "bad-reflog");
  return damage.map(({ id, detail }) => `${id}: ${detail}; restore it with \`git checkout ${before} -- ${pathInGit(repository, store.dir)}/objects\``);
}

/** The first object that is missing or damaged among those that `to` leads to and `known` does not. */
function findMissing(store: Store, to: ObjectId, known: CommitId | undefined): string | undefined {
  const seen = new Set<ObjectId>(known === undefined ? [] : [known]);
  const stack = [to];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    try {
      const { type, payload } = readObject(store, id);
      for (const reference of references(type, payload)) stack.push(reference.id);
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      return `${error.message}; restore it with \`git checkout ORIG_HEAD -- .vibesafe/objects\` or \`vibe fsck --repair --from\` another clone`;
    }
  }
  return undefined;
}

interface Moved {
  readonly from: CommitId | undefined;
  readonly other: CommitId | undefined;
  readonly to: CommitId;
  readonly who: Identity;
}

function remember(store: Store, ref: string, { from, other, to, who }: Moved): void {
  if (refUnit(ref) === undefined) return;
  const lost = other !== undefined && other !== to && hasSavedObject(store, other) && !isAncestor(store, other, to) ? other : undefined;
  const stops = [from ?? null, ...(lost === undefined ? [] : [lost]), to].filter((id, i, all) => id !== all[i - 1]);
  if (stops.length < 2) return;
  withLocks(store, (lock) => {
    lock(join(store.dir, ref));
    const entries = readReflog(store, ref);
    if (lost === undefined ? entries.at(-1)?.to === to : entries.some((entry) => entry.to === lost)) return;
    for (const [i, id] of stops.slice(1).entries()) if (id !== null) appendReflog(store, ref, { from: stops[i] ?? null, to: id, who, message: "git merge" });
  });
}
