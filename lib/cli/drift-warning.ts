/**
 * What a person must know after an older save became active.
 *
 * @module
 */

import type { Save } from "../spec/checkpoint.ts";
import type { Context } from "./context.ts";
import { selectUnits } from "./units.ts";

/** Those of `saves` that are of another spec than the source has now. */
export function driftOf(context: Context, saves: readonly Save[]): Set<Save> {
  const present = new Map(selectUnits(context, []).units.map(({ spec, specHash }) => [spec.id, specHash]));
  return new Set(saves.filter(({ unit, specHash }) => present.has(unit) && present.get(unit) !== specHash));
}

/** Warns that production refuses what is of another spec. */
export function warnOfDrift(context: Context, saves: Iterable<Save>): void {
  for (const { unit } of saves) context.warn(`that save is of another spec: production refuses ${unit} until its source goes back too (\`vibe diff ${unit}\`)`);
}
