/**
 * What was active in a commit of the project's own repository.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import type { UnitId } from "../spec/types.ts";
import { refUnit, UNIT_REFS } from "../spec/unit-id.ts";
import type { CommitId } from "../store/id.ts";
import { parsePackedRefs } from "../store/packed-refs.ts";
import type { Store } from "../store/store.ts";
import { openOverlay } from "./merge-overlay.ts";
import { refContent } from "./merge-refs.ts";
import { askGit, pathInGit, readBlobs, type ProjectGit } from "./project-git.ts";
import type { Snapshot } from "./snapshot.ts";

export interface PastSnapshot {
  readonly units: Snapshot;
  /** Calls `work` with a store in which these saves can be read, also those that the working tree has no more. */
  use<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

/** @throws VibesafeUsageError when git knows no such commit */
export function activeAt(repository: ProjectGit, store: Store, revision: string): PastSnapshot {
  const commit = askGit(repository, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])?.toString("latin1").trim();
  if (commit === undefined || commit === "") {
    throw new VibesafeUsageError(`--since ${revision}: git knows no such commit`, { remedy: "name a commit or branch of the project's repository; in CI, fetch it first (fetch-depth: 0)" });
  }
  const prefix = pathInGit(repository, store.dir);
  const names = askGit(repository, ["ls-tree", "-r", "-z", "--name-only", commit, "--", `${prefix}/${UNIT_REFS}`])?.toString("utf8").split("\0").slice(0, -1) ?? [];
  const [packed, ...loose] = readBlobs(repository, [`${commit}:${prefix}/packed-refs`, ...names.map((name) => `${commit}:${name}`)]);
  const units = new Map<UnitId, CommitId>();
  const add = (ref: string, id: CommitId | undefined): void => {
    const unit = ref.startsWith(UNIT_REFS) ? refUnit(ref) : undefined;
    if (unit !== undefined && id !== undefined) units.set(unit, id);
  };
  for (const [ref, { id }] of parsePackedRefs(packed?.toString("utf8") ?? "")) add(ref, id as CommitId);
  names.forEach((name, i) => add(name.slice(prefix.length + 1), refContent(loose[i]?.toString("latin1") ?? "")));
  return {
    units,
    async use(work) {
      const overlay = openOverlay(store, repository, [commit]);
      try {
        for (const id of units.values()) overlay.fetch(id);
        return await work(overlay.store);
      } finally {
        overlay.close();
      }
    },
  };
}
