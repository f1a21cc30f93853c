/**
 * What was read of packed saves, remembered between runs: `cache/index/saves` in the store.
 *
 * A commit's id is a digest of it, so what it says never changes; that its bytes are still there and whole is vouched for by the stamps
 * of the packs that it was read and verified from. Loose commits are read each time.
 *
 * @module
 */

import { join } from "node:path";
import type { BlobId, CommitId, TreeId } from "../../store/id.ts";
import { listSources, packStems } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { VERSION } from "../../version.ts";
import { readIndex, writeIndex } from "../project-index/index-file.ts";
import { stampOf } from "../stamp.ts";
import { looseFinder } from "./loose.ts";
import type { UnitId } from "../types.ts";
import type { Uses } from "../uses.ts";

/** A save as its commit tells of it. */
export interface SaveRecord {
  readonly commitId: CommitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
}

export interface Memory {
  record(unit: UnitId, commitId: CommitId, read: () => SaveRecord): SaveRecord;
  seen(commitId: CommitId, read: () => Seen): Seen;
  save(): void;
}

/** What the `verification.json` of a save says. */
export interface Seen {
  /** The gates passed, with nothing left unverified. */
  readonly verified: boolean;
  readonly uses: Uses | undefined;
}

type Row = [unit: UnitId, commit: CommitId, specHash: BlobId, checkpointHash: TreeId, verified: 0 | 1 | -1, uses: Uses | 0];

const NAME = "saves";

export function recallRecords(store: Store): Memory {
  const folders = listSources(store).map(({ objectsDir }) => objectsDir);
  const packs = folders.flatMap((folder) => packStems(folder).map((stem) => join(folder, "pack", stem)));
  const key = JSON.stringify([VERSION, 2, packs.map((path) => [path, stampOf(`${path}.pack`), stampOf(`${path}.idx`)])]);
  // The checksum in its heading says that this version wrote it, for these very packs.
  const rows = packs.length === 0 ? [] : ((readIndex(store.dir, NAME, key) ?? []) as Row[]);
  const known = new Map(rows.map((row) => [row[1], row]));
  const fresh = new Map<CommitId, Row>();
  return {
    record(unit, commitId, read) {
      const row = known.get(commitId) ?? fresh.get(commitId);
      if (row !== undefined && row[0] === unit) return { commitId, specHash: row[2], checkpointHash: row[3] };
      const record = read();
      fresh.set(commitId, [unit, commitId, record.specHash, record.checkpointHash, -1, 0]);
      return record;
    },
    seen(commitId, read) {
      const row = fresh.get(commitId) ?? known.get(commitId);
      if (row !== undefined && row[4] !== -1) return { verified: row[4] === 1, uses: row[5] === 0 ? undefined : row[5] };
      const seen = read();
      if (row !== undefined) fresh.set(commitId, [row[0], commitId, row[2], row[3], seen.verified ? 1 : 0, seen.uses ?? 0]);
      return seen;
    },
    save() {
      if (fresh.size === 0 || packs.length === 0) return;
      const looseOf = looseFinder(folders);
      const packed = [...fresh.values()].filter(([, commit]) => looseOf(commit).length === 0);
      if (packed.length > 0) writeIndex(store.dir, NAME, key, [...new Map([...known, ...packed.map((row) => [row[1], row] as const)]).values()]);
    },
  };
}
