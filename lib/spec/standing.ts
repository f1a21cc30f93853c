/**
 * Where units stand, told from refs and commits alone: what counting ten thousand of them can afford.
 *
 * A save's commit says in its trailers which spec and checkpoint it is of. Its bytes are verified; the tree below it is not read.
 *
 * @module
 */

import { VibesafeHashMismatch } from "../errors.ts";
import { parseId, type BlobId, type CommitId } from "../store/id.ts";
import { hasObject, readBlob, readCommit, readTree } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { FILE_MODE } from "../store/tree.ts";
import { verificationHolds } from "./checkpoint.ts";
import { parseTrailers } from "./checkpoint/message.ts";
import { parseVerification } from "./checkpoint/provenance.ts";
import { recallRecords, type SaveRecord } from "./standing/memory.ts";
import { readUnitRefs } from "./standing/unit-refs.ts";
import { readCandidate, type UnitStatus } from "./status.ts";
import type { UnitId } from "./types.ts";

export type { SaveRecord } from "./standing/memory.ts";

export interface UnitStanding {
  readonly status: UnitStatus["status"];
  readonly active?: SaveRecord;
  readonly candidate?: SaveRecord;
}

export interface Standings {
  /** Where a unit stands whose H_spec is `specHash`. @throws VibesafeHashMismatch, VibesafeStoreError as `unitStatus` does */
  of(unit: UnitId, specHash: BlobId): UnitStanding;
  /** Whether a save says that its gates passed, with nothing left unverified; reads its `verification.json`. */
  isVerified(record: SaveRecord): boolean;
  /** Remembers what was read of packed saves. A pack that is no longer what it was is read again. */
  save(): void;
}

/** @param store - undefined when there is none yet */
export function readStandings(store: Store | undefined): Standings {
  if (store === undefined) return { of: () => ({ status: "missing" }), isVerified: () => false, save: () => undefined };
  const refs = readUnitRefs(store);
  const { active, candidates } = refs;
  const memory = recallRecords(store);
  const read = (unit: UnitId, commitId: CommitId): SaveRecord => memory.record(unit, commitId, () => readRecord(store, unit, commitId));
  return {
    of(unit, specHash) {
      const saved = active.get(unit);
      const record = saved === undefined ? undefined : read(unit, saved);
      const candidate = candidateOf(store, unit, candidates.get(unit), specHash);
      const waiting = candidate !== undefined && candidate.checkpointHash !== record?.checkpointHash ? candidate : undefined;
      const status = record?.specHash === specHash ? "active" : waiting !== undefined ? "candidate" : record === undefined ? "missing" : "drift";
      return { status, ...(record !== undefined && { active: record }), ...(waiting !== undefined && { candidate: waiting }) };
    },
    isVerified: ({ commitId }) => memory.verified(commitId, () => readVerified(store, commitId)),
    save() {
      memory.save();
      refs.save();
    },
  };
}

function readVerified(store: Store, commitId: CommitId): boolean {
  const entry = readTree(store, readCommit(store, commitId).tree).find(({ name, mode }) => name === "verification.json" && mode === FILE_MODE);
  if (entry === undefined) return false;
  const bytes = readBlob(store, parseId<"blob">(entry.id));
  return verificationHolds(parseVerification(decodeUtf8(bytes, `verification.json of ${commitId}`)));
}

/** A candidate of this very spec. Candidates are few, and a part of one may be gone with the cache, so they are read whole. */
function candidateOf(store: Store, unit: UnitId, commitId: CommitId | undefined, specHash: BlobId): SaveRecord | undefined {
  if (commitId === undefined || !hasObject(store, commitId) || readRecord(store, unit, commitId).specHash !== specHash) return undefined;
  return readCandidate(store, unit);
}

function readRecord(store: Store, unit: UnitId, commitId: CommitId): SaveRecord {
  const trailers = parseTrailers(readCommit(store, commitId).message, commitId);
  if (trailers.unit !== unit) {
    throw new VibesafeHashMismatch(`the ref of ${unit} leads to commit ${commitId}, a save of ${trailers.unit}`, {
      unit,
      remedy: `run \`vibe rollback --target ${unit}\` to one of its own saves`,
    });
  }
  return { commitId, specHash: parseId<"blob">(trailers.specHash), checkpointHash: parseId<"tree">(trailers.checkpointHash) };
}
