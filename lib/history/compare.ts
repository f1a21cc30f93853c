/**
 * What differs between two revisions: saves, candidates or snapshots.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { readSave } from "../spec/checkpoint.ts";
import { explainChanges, type Change } from "../spec/explain.ts";
import type { UnitId } from "../spec/types.ts";
import type { CommitId } from "../store/id.ts";
import type { Store } from "../store/store.ts";
import { explainFrozen } from "./frozen-changes.ts";
import { patchOf, type Patch } from "./patch.ts";
import { resolveRevision } from "./revision.ts";
import { activeSnapshot, readSnapshot, type Snapshot } from "./snapshot.ts";

export interface UnitDiff {
  readonly unit: UnitId;
  readonly status: "added" | "removed" | "modified" | "same";
  readonly from: CommitId | undefined;
  readonly to: CommitId | undefined;
  /** Between the specs, and between the packages that the saves froze. */
  readonly changes: readonly Change[];
  /** Of `impl.ts` and `prompt.md`. */
  readonly files: readonly Patch[];
}

/**
 * Compares what two revisions hold, unit by unit. A save against a snapshot compares with the snapshot's save of that unit; a save
 * against another unit's compares the two.
 *
 * @param to - left out: what is active
 * @throws VibesafeUsageError, VibesafeHashMismatch, VibesafeStoreError when a revision names nothing, or what is damaged
 */
export async function compareRevisions(store: Store, from: string, to?: string): Promise<UnitDiff[]> {
  const before = sideOf(store, from);
  const after = to === undefined ? { units: activeSnapshot(store), isSnapshot: true } : sideOf(store, to);
  const diffs: UnitDiff[] = [];
  const [single] = before.units;
  const [other] = after.units;
  if (!before.isSnapshot && !after.isSnapshot && single !== undefined && other !== undefined) {
    return [await compareUnit(store, other[0], single[1], other[1])];
  }
  for (const unit of unitsOf(before, after)) {
    const diff = await compareUnit(store, unit, before.units.get(unit), after.units.get(unit));
    diffs.push(diff);
  }
  return diffs;
}

/** Compares two sets of saves, unit by unit. */
export async function compareSnapshots(store: Store, before: Snapshot, after: Snapshot): Promise<UnitDiff[]> {
  const diffs: UnitDiff[] = [];
  for (const unit of [...new Set([...before.keys(), ...after.keys()])].sort()) diffs.push(await compareUnit(store, unit, before.get(unit), after.get(unit)));
  return diffs;
}

interface Side {
  readonly units: Snapshot;
  readonly isSnapshot: boolean;
}

function sideOf(store: Store, text: string): Side {
  const commit = resolveRevision(store, text);
  const snapshot = readSnapshot(store, commit);
  return snapshot === undefined ? { units: new Map([[readSave(store, commit).unit, commit]]), isSnapshot: false } : { units: snapshot, isSnapshot: true };
}

/** All units of two snapshots; of a snapshot and a save, the save's. */
function unitsOf(before: Side, after: Side): UnitId[] {
  const sides = [before, after];
  const narrow = sides.find(({ isSnapshot }) => !isSnapshot);
  if (narrow === undefined) return [...new Set(sides.flatMap(({ units }) => [...units.keys()]))].sort();
  const wide = narrow === before ? after : before;
  const units = [...narrow.units.keys()];
  const missing = units.find((unit) => !wide.units.has(unit));
  if (missing === undefined) return units;
  throw new VibesafeUsageError(`nothing to compare the save of ${missing} with`, { remedy: "name two saves of it; `vibe log` shows them" });
}

async function compareUnit(store: Store, unit: UnitId, from: CommitId | undefined, to: CommitId | undefined): Promise<UnitDiff> {
  if (from === to) return { unit, status: "same", from, to, changes: [], files: [] };
  const before = from === undefined ? undefined : readSave(store, from);
  const after = to === undefined ? undefined : readSave(store, to);
  const patches = await Promise.all([
    patchOf({ path: `${unit}/impl.ts`, before: before?.impl, after: after?.impl }),
    patchOf({ path: `${unit}/prompt.md`, before: before?.prompt, after: after?.prompt }),
  ]);
  const packages = explainFrozen(before?.verification?.dependencies, after?.verification?.dependencies);
  return {
    unit,
    status: before === undefined ? "added" : after === undefined ? "removed" : before.checkpointHash === after.checkpointHash && packages.length === 0 ? "same" : "modified",
    from,
    to,
    changes: before === undefined || after === undefined ? [] : [...explainChanges(before.spec, after.spec), ...packages],
    files: patches.filter((patch) => patch !== undefined),
  };
}
