/**
 * What the code of active saves imports beyond its spec: whether it is what the code was verified with.
 *
 * @module
 */

import type { Change } from "../spec/explain.ts";
import type { IndexedUnit } from "../spec/project-index.ts";
import type { Standings, UnitStanding } from "../spec/standing.ts";
import { readActive } from "../spec/status.ts";
import { compareUses, usesChanges } from "../spec/uses.ts";
import type { Context } from "./context.ts";

export interface MovedUses {
  /** What changed; for a unit whose spec did not change. */
  of(unit: IndexedUnit, standing: UnitStanding): readonly Change[];
  /** Files that were read to tell, POSIX paths from the root. */
  readonly files: ReadonlySet<string>;
  /** Something changed, be it for a unit whose spec changed as well. */
  any(): boolean;
}

export function movedUses(context: Context, standings: Standings): MovedUses {
  const files = new Set<string>();
  let any = false;
  return {
    of(unit, { status, active }) {
      const recorded = active === undefined ? undefined : standings.usesOf(active);
      if (recorded === undefined) return [];
      const { spec } = unit.hashed();
      const found = compareUses(context.workspace(), spec, recorded);
      for (const file of found.files) files.add(file);
      if (found.changed.length === 0) return [];
      any = true;
      const store = context.store();
      return status !== "active" || store === undefined ? [] : usesChanges(context.workspace(), { spec }, readActive(store, unit.id)?.verification?.witness);
    },
    files,
    any: () => any,
  };
}

/** The command that verifies the code with what it imports now. */
export function acceptCommand(id: string): string {
  return `vibe accept --intent-changed --target ${id}`;
}
