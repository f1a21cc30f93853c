/**
 * Where a unit stands: its spec as it is now against what the store holds.
 *
 * @module
 */

import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import type { CommitId, TreeId } from "../store/id.ts";
import { hasObject, readCommit, readTree } from "../store/read.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { TREE_MODE } from "../store/tree.ts";
import { readSave, type ReadSaveOptions, type Save } from "./checkpoint.ts";
import { explainChanges, type Change } from "./explain.ts";
import type { HashedSpec, UnitId } from "./types.ts";
import { candidateRef, unitRef } from "./unit-id.ts";

export interface UnitStatus {
  /**
   * `active`: the active save is of this very spec. `candidate`: a candidate is, and waits to be saved. `drift`: there is a save, of
   * another spec. `missing`: there is none.
   */
  readonly status: "active" | "missing" | "drift" | "candidate";
  readonly active?: Save;
  /** The candidate of this very spec, where it is not what is active. */
  readonly candidate?: Save;
  /** What changed since the active save; worked out when first read. Empty without a save. */
  readonly changes: readonly Change[];
}

/**
 * Compares a hashed spec with the store.
 *
 * @param store - undefined when there is none yet
 * @param options - read lazily, a save may throw later, when a part of it is asked for
 * @throws VibesafeHashMismatch, VibesafeStoreError when what the unit's ref leads to is damaged or no save of this unit
 */
export function unitStatus(store: Store | undefined, hashed: HashedSpec, options: ReadSaveOptions = {}): UnitStatus {
  const active = store === undefined ? undefined : readActive(store, hashed.spec.id, options);
  const found = store === undefined ? undefined : readCandidate(store, hashed.spec.id, options);
  const isCurrent = active?.specHash === hashed.specHash;
  const candidate = found?.specHash === hashed.specHash && found.checkpointHash !== active?.checkpointHash ? found : undefined;
  let changes: readonly Change[] | undefined;
  return {
    status: isCurrent ? "active" : candidate !== undefined ? "candidate" : active === undefined ? "missing" : "drift",
    ...(active !== undefined && { active }),
    ...(candidate !== undefined && { candidate }),
    get changes() {
      return (changes ??= active === undefined || isCurrent ? [] : explainChanges(active.spec, hashed.map));
    },
  };
}

/** The active save of a unit, or undefined. @throws VibesafeHashMismatch when its ref leads to another unit's save */
export function readActive(store: Store, unit: UnitId, options: ReadSaveOptions = {}): Save | undefined {
  const commitId = readRef(store, unitRef(unit));
  return commitId === undefined ? undefined : readSaveOf(store, unit, commitId, options);
}

/** The candidate of a unit, or undefined; also when its ref outlived the cache, or a part of the cache, that held it. */
export function readCandidate(store: Store, unit: UnitId, options: ReadSaveOptions = {}): Save | undefined {
  const commitId = readRef(store, candidateRef(unit));
  if (commitId === undefined || !hasObject(store, commitId)) return undefined;
  try {
    return readSaveOf(store, unit, commitId, options);
  } catch (error) {
    // Deleting from the cache is allowed; what is there and broken is not.
    if (error instanceof VibesafeStoreError && !isWhole(store, readCommit(store, commitId).tree)) return undefined;
    throw error;
  }
}

/** Whether every object below a tree is there; none is verified but the trees. */
function isWhole(store: Store, treeId: TreeId): boolean {
  if (!hasObject(store, treeId)) return false;
  return readTree(store, treeId).every(({ mode, id }) => (mode === TREE_MODE ? isWhole(store, id as TreeId) : hasObject(store, id)));
}

function readSaveOf(store: Store, unit: UnitId, commitId: CommitId, options: ReadSaveOptions): Save {
  const save = readSave(store, commitId, options);
  if (save.unit === unit) return save;
  throw new VibesafeHashMismatch(`the ref of ${unit} leads to commit ${commitId}, a save of ${save.unit}`, {
    unit,
    remedy: `run \`vibe rollback --target ${unit}\` to one of its own saves`,
  });
}
