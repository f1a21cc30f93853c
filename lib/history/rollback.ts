/**
 * Rollback: pointing a unit's ref at an earlier save. One move of one ref; no gate runs and no model is asked.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { readSave, type Save } from "../spec/checkpoint.ts";
import type { UnitId } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { moveRefs, type Mover } from "./operations.ts";
import { resolveRevision } from "./revision.ts";

export interface RollbackOptions {
  readonly unit: UnitId;
  /** Saves back, or the revision to go to. */
  readonly to: number | string;
  readonly mover: Mover;
}

export interface Rollback {
  readonly from: Save;
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
  const target = resolveRevision(store, typeof to === "number" ? `${unit}~${to}` : to);
  const save = readSave(store, target);
  if (save.unit !== unit) throw new VibesafeUsageError(`${to} is a save of ${save.unit}, not of ${unit}`, { remedy: `\`vibe log ${unit}\` shows its own saves` });
  if (save.verification === undefined) throw new VibesafeUsageError(`${to} is a candidate, which no save has verified`, { remedy: `run \`vibe save --target ${unit}\`` });
  const from = readSave(store, current);
  moveRefs(store, [{ name: unitRef(unit), expected: current, to: target }], mover);
  return { from, to: save };
}
