/**
 * Rollback: pointing a unit's ref at an earlier save. One move of one ref; no gate runs and no model is asked.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import type { Save } from "../spec/checkpoint.ts";
import type { UnitId } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import type { CommitId } from "../store/id.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { moveRefs, type Mover } from "./operations.ts";
import { resolveRevision } from "./revision.ts";
import { readSnapshot } from "./snapshot.ts";
import { readUnitSave } from "./unit-save.ts";

export interface RollbackOptions {
  readonly unit: UnitId;
  /** Saves back, or the revision to go to: a save, or a snapshot that has one of the unit. */
  readonly to: number | string;
  readonly mover: Mover;
}

export interface Rollback {
  /** Not read: what is active may be what is damaged. */
  readonly from: CommitId;
  readonly to: Save;
}

/**
 * Makes an earlier save of `unit` its active one. Every object of it is verified first.
 *
 * @throws VibesafeUsageError when there is no such save, or it is another unit's
 * @throws VibesafeHashMismatch, VibesafeStoreError when the save is damaged, or another process moved the ref meanwhile
 */
export function rollbackUnit(store: Store, { unit, to, mover }: RollbackOptions): Rollback {
  const current = readRef(store, unitRef(unit));
  if (current === undefined) throw new VibesafeUsageError(`${unit} has no active checkpoint`, { remedy: "run `vibe compile`, then `vibe save`" });
  const named = resolveRevision(store, typeof to === "number" ? `${unit}~${to}` : to);
  const target = saveIn(store, named, unit, String(to));
  const save = readUnitSave(store, target, unit, String(to));
  moveRefs(store, [{ name: unitRef(unit), expected: current, to: target }], mover);
  return { from: current, to: save };
}

/** The save that a commit is, or that a snapshot has of the unit. */
function saveIn(store: Store, commitId: CommitId, unit: UnitId, named: string): CommitId {
  const snapshot = readSnapshot(store, commitId);
  if (snapshot === undefined) return commitId;
  const found = snapshot.get(unit);
  if (found === undefined) throw new VibesafeUsageError(`the snapshot ${named} has no save of ${unit}`, { remedy: `\`vibe log ${unit}\` shows its saves` });
  return found;
}
