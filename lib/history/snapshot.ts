/**
 * Snapshots: which save of every unit was active at one moment, as one commit.
 *
 * Its parents are those saves, so that they live as long as the snapshot, and its tree holds `units.json`, unit -> commit.
 *
 * @module
 */

import { VibesafeHashMismatch, VibesafeUsageError } from "../errors.ts";
import { formatJson, mapOf, parseJson, text } from "../spec/checkpoint/json.ts";
import type { UnitId } from "../spec/types.ts";
import { isUnitId, refUnit, UNIT_REFS } from "../spec/unit-id.ts";
import { formatCommit } from "../store/commit.ts";
import { isId, type BlobId, type CommitId } from "../store/id.ts";
import { readBlob, readCommit, readTree } from "../store/read.ts";
import { listRefs } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { FILE_MODE, formatTree } from "../store/tree.ts";
import { writeObject } from "../store/write.ts";
import type { Identities } from "./identity.ts";

export type Snapshot = ReadonlyMap<UnitId, CommitId>;

const FILE = "units.json";

/** What is active now, in the order of unit ids. */
export function activeSnapshot(store: Store): Snapshot {
  const active = listRefs(store, UNIT_REFS).flatMap(({ name, id }): [UnitId, CommitId][] => {
    const unit = refUnit(name);
    return unit === undefined ? [] : [[unit, id]];
  });
  return new Map(active.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes a snapshot's objects; nothing refers to them yet. @throws VibesafeUsageError when no unit has a save */
export function writeSnapshot(store: Store, snapshot: Snapshot, { author, committer }: Identities, message: string): CommitId {
  if (snapshot.size === 0) throw new VibesafeUsageError("no unit has an active save", { remedy: "run `vibe compile`, then `vibe save`" });
  const id = writeObject(store, "blob", Buffer.from(formatJson(Object.fromEntries(snapshot)), "utf8"));
  const tree = writeObject(store, "tree", formatTree([{ mode: FILE_MODE, name: FILE, id }]));
  const parents = [...new Set(snapshot.values())];
  return writeObject(store, "commit", formatCommit({ tree, parents, author, committer, message: `${message.trim()}\n` }));
}

/**
 * The snapshot that a commit is; undefined when it is none.
 *
 * @throws VibesafeHashMismatch when its `units.json` names what are not its parents
 */
export function readSnapshot(store: Store, commitId: CommitId): Snapshot | undefined {
  const { tree, parents } = readCommit(store, commitId);
  const [file, ...more] = readTree(store, tree);
  if (file?.name !== FILE || file.mode !== FILE_MODE || more.length > 0) return undefined;
  const units = mapOf(text)(parseJson(decodeUtf8(readBlob(store, file.id as BlobId), FILE), FILE), FILE);
  const snapshot = new Map<UnitId, CommitId>();
  for (const [unit, id] of Object.entries(units)) {
    const parent = parents.find((known) => known === id);
    if (!isUnitId(unit) || !isId(id) || parent === undefined) throw odd(commitId, `its ${FILE} names ${id} for ${unit}, which is no parent of it`);
    snapshot.set(unit, parent);
  }
  const left = parents.find((parent) => ![...snapshot.values()].includes(parent));
  if (left !== undefined) throw odd(commitId, `its ${FILE} does not name its parent ${left}`);
  return snapshot;
}

function odd(commitId: CommitId, detail: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`commit ${commitId} is no snapshot of vibesafe: ${detail}`, { remedy: "run `vibe fsck`, and make the snapshot again with `vibe tag`" });
}
