/**
 * What a unit's function is called.
 *
 * @module
 */

import type { UnitId } from "../spec/types.ts";
import { splitUnitId } from "../spec/unit-id.ts";

/** Name of the function that the unit is: of a method what follows the dot. */
export function functionName({ id }: { readonly id: UnitId }): string {
  const { name } = splitUnitId(id);
  return name.slice(name.lastIndexOf(".") + 1);
}
