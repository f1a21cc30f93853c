/**
 * The active commit and the candidate of every unit, without parsing `packed-refs` again while it is the same file.
 *
 * @module
 */

import { join } from "node:path";
import type { CommitId } from "../../store/id.ts";
import { listRefs, looseRefNames, readLooseRef, readPackedRefs, type Ref } from "../../store/refs.ts";
import type { Store } from "../../store/store.ts";
import { VERSION } from "../../version.ts";
import { isRacy, TICK_MS } from "../project-index/check.ts";
import { fileSystemTime, readIndex, writeIndex } from "../project-index/index-file.ts";
import { sameStamp, stampOf, type FileStamp } from "../stamp.ts";
import type { UnitId } from "../types.ts";
import { CANDIDATE_REFS, refUnit, UNIT_REFS } from "../unit-id.ts";

/** A ref of a unit: 0 for what is active, 1 for a candidate. */
type Row = readonly [kind: 0 | 1, unit: UnitId, commit: CommitId];

const NAME = "refs";

export interface UnitRefs {
  readonly active: ReadonlyMap<UnitId, CommitId>;
  readonly candidates: ReadonlyMap<UnitId, CommitId>;
  /** Remembers what was parsed. */
  save(): void;
}

export function readUnitRefs(store: Store): UnitRefs {
  const path = join(store.dir, "packed-refs");
  const stamp = stampOf(path);
  if (stamp === undefined) return refsOf(rowsOf(listRefs(store)));
  const key = JSON.stringify([VERSION, store.dir, stamp]);
  // The checksum in its heading says that this version wrote it, for this very file.
  const known = readIndex(store.dir, NAME, key) as readonly Row[] | undefined;
  const packed = known ?? rowsOf([...readPackedRefs(store)].map(([name, { id }]) => ({ name, id: id as CommitId })));
  const loose = readLoose(store);
  const after = stampOf(path);
  // A writer moves refs by way of packed-refs: the two were read of one moment only where it stayed the same.
  if (loose === undefined || after === undefined || !sameStamp(stamp, after)) return refsOf(rowsOf(listRefs(store)));
  return refsOf([...packed, ...loose], () => {
    if (known === undefined) remember(store, stamp, key, packed);
  });
}

/** @param rows - of two on the same ref the later one counts */
function refsOf(rows: readonly Row[], save: () => void = () => undefined): UnitRefs {
  const maps = [new Map<UnitId, CommitId>(), new Map<UnitId, CommitId>()] as const;
  for (const [kind, unit, commit] of rows) maps[kind].set(unit, commit);
  return { active: maps[0], candidates: maps[1], save };
}

function remember(store: Store, stamp: FileStamp, key: string, packed: readonly Row[]): void {
  const now = fileSystemTime(store.dir);
  // A file that changed within this tick may change again and keep its stamp.
  if (now !== undefined && !isRacy(stamp, now, TICK_MS)) writeIndex(store.dir, NAME, key, packed);
}

/** Refs that have a file of their own; undefined where one of them is no plain ref. */
function readLoose(store: Store): readonly Row[] | undefined {
  const refs: Ref[] = [];
  for (const name of [UNIT_REFS, CANDIDATE_REFS].flatMap((prefix) => looseRefNames(store, prefix))) {
    const value = readLooseRef(store, name);
    if (value === undefined || "symbolic" in value) return undefined;
    refs.push({ name, id: value.id as CommitId });
  }
  return rowsOf(refs);
}

function rowsOf(refs: readonly Ref[]): Row[] {
  return refs.flatMap(({ name, id }): Row[] => {
    const unit = refUnit(name);
    return unit === undefined ? [] : [[name.startsWith(UNIT_REFS) ? 0 : 1, unit, id]];
  });
}
