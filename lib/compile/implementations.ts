/**
 * The code of units that other units call while they are judged.
 *
 * @module
 */

import { readSave } from "../spec/checkpoint.ts";
import type { UnitId } from "../spec/types.ts";
import { candidateRef, unitRef } from "../spec/unit-id.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";

/**
 * `impl.ts` by unit: what `drafts` holds, else the candidate's, else the active save's.
 *
 * @param drafts - code that is in no ref yet
 * @param candidates - false to look at active saves alone, as production would
 */
export function implementationsIn(
  store: Store | undefined,
  { drafts, candidates = true }: { readonly drafts?: ReadonlyMap<UnitId, string>; readonly candidates?: boolean } = {},
): (unit: UnitId) => string | undefined {
  const read = new Map<UnitId, string | undefined>();
  return (unit) => {
    const draft = drafts?.get(unit);
    if (draft !== undefined || store === undefined) return draft;
    if (!read.has(unit)) {
      const id = (candidates ? readRef(store, candidateRef(unit)) : undefined) ?? readRef(store, unitRef(unit));
      read.set(unit, id === undefined ? undefined : readSave(store, id).impl);
    }
    return read.get(unit);
  };
}
