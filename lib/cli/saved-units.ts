/**
 * Units by what the store holds of them, whether or not their source is still there.
 *
 * @module
 */

import type { UnitId } from "../spec/types.ts";
import { refUnit, splitUnitId, UNIT_REFS } from "../spec/unit-id.ts";
import type { CommitId } from "../store/id.ts";
import { listRefs } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import type { Context } from "./context.ts";
import { selectTargets } from "./targets.ts";

export interface SavedUnit {
  readonly id: UnitId;
  /** Where the id says the source was: extensions other than `.ts` are lost in it. */
  readonly file: string;
  readonly commit: CommitId;
}

/** Every unit with an active save, selected by targets as everywhere. @throws VibesafeUsageError for a target that names none */
export function savedUnits(context: Context, store: Store, targets: readonly string[]): SavedUnit[] {
  const all = listRefs(store, UNIT_REFS).flatMap((ref): SavedUnit[] => {
    const id = refUnit(ref.name);
    return id === undefined ? [] : [{ id, file: fileOfUnit(id), commit: ref.id }];
  });
  return selectTargets(all, targets, { project: context.project(), folder: context.folder });
}

/** Where a unit's id says that its source is or was. */
export function fileOfUnit(id: UnitId): string {
  return `${splitUnitId(id).modulePath.replaceAll(".", "/")}.ts`;
}
