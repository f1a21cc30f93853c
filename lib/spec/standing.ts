/**
 * Where units stand, told from refs and commits alone: what counting ten thousand of them can afford.
 *
 * A save's commit says in its trailers which spec and checkpoint it is of. Its bytes are verified; the tree below it is not read.
 *
 * @module
 */

import { VibesafeHashMismatch } from "../errors.ts";
import type { Commit } from "../store/commit.ts";
import { parseId, type BlobId, type CommitId, type ObjectId, type TreeId } from "../store/id.ts";
import { hasObject, readBlob, readCommit, readTree } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { FILE_MODE } from "../store/tree.ts";
import { verificationHolds } from "./checkpoint.ts";
import { parseTrailers } from "./checkpoint/message.ts";
import { parseVerification } from "./checkpoint/provenance.ts";
import { storeFacts } from "./standing/facts.ts";
import { recallRecords, type SaveRecord, type Seen } from "./standing/memory.ts";
import { readUnitRefs } from "./standing/unit-refs.ts";
import { readCandidate, type UnitStatus } from "./status.ts";
import type { UnitId } from "./types.ts";
import type { Uses } from "./uses.ts";

export type { SaveRecord } from "./standing/memory.ts";

export interface UnitStanding {
  readonly status: UnitStatus["status"];
  readonly active?: SaveRecord;
  readonly candidate?: SaveRecord;
}

export interface Standings {
  /** Where a unit stands whose H_spec is `specHash`. @throws VibesafeHashMismatch, VibesafeStoreError as `unitStatus` does */
  of(unit: UnitId, specHash: BlobId): UnitStanding;
  /** Whether a unit has a candidate, of whatever spec. */
  hasCandidate(unit: UnitId): boolean;
  /** Whether a save says that its gates passed, with nothing left unverified; reads its `verification.json`. */
  isVerified(record: SaveRecord): boolean;
  /** What the code of a save imports beyond its spec; undefined for nothing. Reads its `verification.json`. */
  usesOf(record: SaveRecord): Uses | undefined;
  /**
   * Absolute paths of the files and folders, there or not, that what was told rests on; undefined where a candidate was read
   * whole, of which too many files tell.
   */
  facts(): Set<string> | undefined;
  /** Remembers what was read of packed saves. A pack that is no longer what it was is read again. */
  save(): void;
}

/** @param store - undefined when there is none yet */
export function readStandings(store: Store | undefined): Standings {
  if (store === undefined) return { of: () => ({ status: "missing" }), hasCandidate: () => false, isVerified: () => false, usesOf: () => undefined, facts: () => undefined, save: () => undefined };
  const refs = readUnitRefs(store);
  const { active, candidates } = refs;
  const memory = recallRecords(store);
  const absent = new Set<ObjectId>();
  let readWhole = false;
  const saves = createReader(store);
  const read = (unit: UnitId, commitId: CommitId): SaveRecord => memory.record(unit, commitId, () => saves.record(unit, commitId));
  // A candidate of this very spec. Candidates are few, and a part of one may be gone with the cache, so they are read whole.
  const candidateOf = (unit: UnitId, commitId: CommitId | undefined, specHash: BlobId): SaveRecord | undefined => {
    if (commitId === undefined) return undefined;
    if (!hasObject(store, commitId)) absent.add(commitId);
    else if (saves.record(unit, commitId).specHash === specHash) {
      readWhole = true;
      return readCandidate(store, unit);
    }
    return undefined;
  };
  return {
    of(unit, specHash) {
      const saved = active.get(unit);
      const record = saved === undefined ? undefined : read(unit, saved);
      const candidate = candidateOf(unit, candidates.get(unit), specHash);
      const waiting = candidate !== undefined && candidate.checkpointHash !== record?.checkpointHash ? candidate : undefined;
      const status = record?.specHash === specHash ? "active" : waiting !== undefined ? "candidate" : record === undefined ? "missing" : "drift";
      return { status, ...(record !== undefined && { active: record }), ...(waiting !== undefined && { candidate: waiting }) };
    },
    hasCandidate: (unit) => candidates.has(unit),
    isVerified: ({ commitId }) => memory.seen(commitId, () => saves.seen(commitId)).verified,
    usesOf: ({ commitId }) => memory.seen(commitId, () => saves.seen(commitId)).uses,
    facts: () => (readWhole ? undefined : storeFacts(store, { objects: saves.objects, absent })),
    save() {
      memory.save();
      refs.save();
    },
  };
}

interface SaveReader {
  /** What was read. */
  readonly objects: ReadonlySet<ObjectId>;
  record(unit: UnitId, commitId: CommitId): SaveRecord;
  seen(commitId: CommitId): Seen;
}

/** Reads each commit once, and each `verification.json`: the units of a file often have the same. */
function createReader(store: Store): SaveReader {
  const objects = new Set<ObjectId>();
  const trees = new Map<CommitId, TreeId>();
  const verdicts = new Map<ObjectId, Seen>();
  const commitOf = (commitId: CommitId): Commit => {
    const commit = readCommit(store, commitId);
    objects.add(commitId);
    trees.set(commitId, commit.tree);
    return commit;
  };
  return {
    objects,
    record: (unit, commitId) => recordOf(unit, commitId, commitOf(commitId)),
    seen(commitId) {
      const tree = trees.get(commitId) ?? commitOf(commitId).tree;
      objects.add(tree);
      const entry = readTree(store, tree).find(({ name, mode }) => name === "verification.json" && mode === FILE_MODE);
      if (entry === undefined) return { verified: false, uses: undefined };
      let verdict = verdicts.get(entry.id);
      if (verdict === undefined) {
        objects.add(entry.id);
        const bytes = readBlob(store, parseId<"blob">(entry.id));
        const verification = parseVerification(decodeUtf8(bytes, `verification.json of ${commitId}`));
        verdict = { verified: verificationHolds(verification), uses: verification.witness?.uses };
        verdicts.set(entry.id, verdict);
      }
      return verdict;
    },
  };
}

function recordOf(unit: UnitId, commitId: CommitId, { message }: Commit): SaveRecord {
  const trailers = parseTrailers(message, commitId);
  if (trailers.unit !== unit) {
    throw new VibesafeHashMismatch(`the ref of ${unit} leads to commit ${commitId}, a save of ${trailers.unit}`, {
      unit,
      remedy: `run \`vibe rollback --target ${unit}\` to one of its own saves`,
    });
  }
  return { commitId, specHash: parseId<"blob">(trailers.specHash), checkpointHash: parseId<"tree">(trailers.checkpointHash) };
}
