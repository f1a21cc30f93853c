/**
 * A save that may become active: read, verified, and of the right unit.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { readSave, type Save } from "../spec/checkpoint.ts";
import type { UnitId } from "../spec/types.ts";
import type { CommitId } from "../store/id.ts";
import type { Store } from "../store/store.ts";

/**
 * Reads the save `commitId`, every object of it verified.
 *
 * @param named - how the command line named it, for messages
 * @throws VibesafeUsageError when it is another unit's, or a candidate
 * @throws VibesafeHashMismatch, VibesafeStoreError when it is damaged, or no save at all
 */
export function readUnitSave(store: Store, commitId: CommitId, unit: UnitId | undefined, named: string): Save {
  const save = readSave(store, commitId);
  if (unit !== undefined && save.unit !== unit) {
    throw new VibesafeUsageError(`${named} is a save of ${save.unit}, not of ${unit}`, { remedy: `\`vibe log ${unit}\` shows its own saves` });
  }
  if (save.verification === undefined) {
    throw new VibesafeUsageError(`${named} is a candidate, which no save has verified`, { remedy: `run \`vibe save --target ${save.unit}\`` });
  }
  return save;
}
