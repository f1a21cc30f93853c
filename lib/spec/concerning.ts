/**
 * Errors of what is read for a unit.
 *
 * @module
 */

import { VibesafeError, VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import type { UnitId } from "./types.ts";

/** Whatever has a unit's id. */
export interface WithId {
  readonly id: UnitId;
}

/** Names the unit in an error of the store or of a bundle, which know none. @throws VibesafeError as `read` */
export function concerning<T>({ id }: WithId, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VibesafeError) || error.unit !== undefined) throw error;
    const Kind = [VibesafeHashMismatch, VibesafeStoreError].find((kind) => error instanceof kind);
    if (Kind === undefined) throw error;
    throw new Kind(`${id}: ${error.message}`, { unit: id, remedy: error.remedy, cause: error });
  }
}
