/**
 * From a save or candidate to what the gates judge.
 *
 * @module
 */

import type { Save } from "../spec/checkpoint.ts";
import type { HashedSpec } from "../spec/types.ts";
import type { Subject } from "./judge.ts";

/** The code of `save` under the present spec. */
export function subjectOf(hashed: HashedSpec, save: Save): Subject {
  return { hashed, impl: save.impl, checkpointHash: save.checkpointHash, sameSpec: save.specHash === hashed.specHash };
}
