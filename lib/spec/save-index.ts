/**
 * Which saves there are of a spec, among all refs of the store and their history: `cache/index/history` in the store.
 *
 * A commit's id is a digest of it, so what was read of it once need not be read again; whoever uses a save reads and verifies it whole.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import type { Commit } from "../store/commit.ts";
import { parseId, type BlobId, type CommitId, type ObjectId, type TreeId } from "../store/id.ts";
import { readCommit } from "../store/read.ts";
import { listRefs } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { VERSION } from "../version.ts";
import { parseTrailers } from "./checkpoint/message.ts";
import { readIndex, writeIndex } from "./project-index/index-file.ts";
import type { UnitId } from "./types.ts";
import { CANDIDATE_REFS } from "./unit-id.ts";

/** A save as its commit tells of it. */
export interface KnownSave {
  readonly commitId: CommitId;
  readonly unit: UnitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
  /** Of the committer, since 1970. */
  readonly seconds: number;
  /** The ref whose history it was found in. */
  readonly ref: string;
  /** The remote that it was fetched from; null for one of ours. */
  readonly remote: string | null;
}

/** Parents, and what the trailers say; a commit that is no save has no trailers. */
type Row = readonly [commit: CommitId, parents: readonly CommitId[], seconds: number, save?: readonly [unit: UnitId, specHash: BlobId, checkpointHash: TreeId]];

const NAME = "history";

/** The saves of `specs` that can be reached from any ref but candidates', our own refs before those of remotes. */
export function findSaves(store: Store, specs: ReadonlySet<BlobId>): Map<BlobId, KnownSave[]> {
  // The checksum in its heading says that this version wrote it.
  const known = new Map(((readIndex(store.dir, NAME, VERSION) ?? []) as Row[]).map((row) => [row[0], row]));
  const before = known.size;
  const found = new Map<BlobId, KnownSave[]>();
  const seen = new Set<ObjectId>();
  const refs = listRefs(store).filter(({ name }) => !name.startsWith(CANDIDATE_REFS));
  const remoteOf = (ref: string): string | null => /^refs\/remotes\/([^/]+)\//.exec(ref)?.[1] ?? null;
  for (const { name: ref, id } of refs.sort((a, b) => Number(remoteOf(a.name) !== null) - Number(remoteOf(b.name) !== null))) {
    const stack: CommitId[] = [id];
    for (let commitId = stack.pop(); commitId !== undefined; commitId = stack.pop()) {
      if (seen.has(commitId)) continue;
      seen.add(commitId);
      const row = known.get(commitId) ?? readRow(store, commitId);
      if (row === undefined) continue;
      known.set(commitId, row);
      const [, parents, seconds, save] = row;
      stack.push(...parents);
      if (save === undefined || !specs.has(save[1])) continue;
      const [unit, specHash, checkpointHash] = save;
      found.set(specHash, [...(found.get(specHash) ?? []), { commitId, unit, specHash, checkpointHash, seconds, ref, remote: remoteOf(ref) }]);
    }
  }
  if (known.size > before) writeIndex(store.dir, NAME, VERSION, [...known.values()]);
  return found;
}

/** Undefined for what is no commit, or is not here: history may end where a shallow fetch ended. */
function readRow(store: Store, commitId: CommitId): Row | undefined {
  let commit: Commit;
  try {
    commit = readCommit(store, commitId);
  } catch (error) {
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
  const { parents, committer, message } = commit;
  try {
    const { unit, specHash, checkpointHash } = parseTrailers(message, commitId);
    return [commitId, parents, committer.seconds, [unit, parseId<"blob">(specHash), parseId<"tree">(checkpointHash)]];
  } catch (error) {
    // A snapshot, whose parents are saves.
    if (error instanceof VibesafeError) return [commitId, parents, committer.seconds];
    throw error;
  }
}
