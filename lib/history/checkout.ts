/**
 * Checkout: making saves active again, one unit's or a whole snapshot's, in one move of all refs.
 *
 * @module
 */

import type { Save } from "../spec/checkpoint.ts";
import type { UnitId } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import type { CommitId } from "../store/id.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { moveRefs, type Mover } from "./operations.ts";
import { readSnapshot } from "./snapshot.ts";
import { readUnitSave } from "./unit-save.ts";

export interface CheckoutOptions {
  /** Which units of a snapshot; all when not given. */
  readonly wants?: (unit: UnitId) => boolean;
  /** How the command line named it, for messages. */
  readonly named: string;
  readonly mover: Mover;
}

export interface CheckedOut {
  readonly unit: UnitId;
  /** What was active; undefined when nothing was. */
  readonly from: CommitId | undefined;
  readonly to: Save;
}

/**
 * Makes active what `commitId` holds: the save that it is, or the saves of the snapshot that it is. Units that a snapshot does not
 * name stay as they are. Every object is verified before anything moves.
 *
 * @returns the units in question, also those that were there already; empty when none is wanted
 * @throws VibesafeUsageError when the commit is a candidate
 * @throws VibesafeHashMismatch, VibesafeStoreError when it is neither save nor snapshot, damaged, or a ref moved meanwhile
 */
export function checkout(store: Store, commitId: CommitId, { wants = () => true, named, mover }: CheckoutOptions): CheckedOut[] {
  const snapshot = readSnapshot(store, commitId);
  const saves = snapshot === undefined ? [readUnitSave(store, commitId, undefined, named)] : [...snapshot].filter(([unit]) => wants(unit)).map(([unit, id]) => readUnitSave(store, id, unit, named));
  const moved = saves.filter(({ unit }) => wants(unit)).map((to): CheckedOut => ({ unit: to.unit, from: readRef(store, unitRef(to.unit)), to }));
  const updates = moved.map(({ unit, from, to }): RefUpdate => ({ name: unitRef(unit), expected: from ?? null, to: to.commitId }));
  moveRefs(store, updates, mover);
  return moved;
}
