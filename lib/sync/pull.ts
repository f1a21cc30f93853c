/**
 * Pulling: a fetch, and then what was fetched becomes active where nothing of this store's own stands against it.
 *
 * @module
 */

import { VibesafeHashMismatch } from "../errors.ts";
import type { Identities } from "../history/identity.ts";
import { mergeSave, type Choice } from "../history/merge-conflicts.ts";
import { isAncestor, newest, readSide, type Side } from "../history/merge-refs.ts";
import { moveRefs } from "../history/operations.ts";
import { peelTo } from "../history/peel.ts";
import { readUnitSave } from "../history/unit-save.ts";
import type { UnitId } from "../spec/types.ts";
import { refUnit } from "../spec/unit-id.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { readCommit } from "../store/read.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import { readReflog } from "../store/reflog.ts";
import type { Store } from "../store/store.ts";
import { historyOf } from "./ancestry.ts";
import type { SyncContext } from "./connect.ts";
import { fetchRemote, type Fetched } from "./fetch.ts";
import { ownRefs } from "./shared-refs.ts";

export type { Choice } from "../history/merge-conflicts.ts";

export interface PullOptions {
  /** Which of the shared refs; all if not given. */
  readonly wants?: (name: string) => boolean;
  /** What becomes of conflicts; without it they stay, and nothing of them moves. */
  readonly choice?: Choice | undefined;
  /** Of merge saves. */
  readonly identities: Identities;
}

export interface PulledRef {
  /** `units/a.b/f`, `tags/v1`. */
  readonly name: string;
  readonly unit: UnitId | undefined;
  /**
   * `forwarded`: theirs follows ours. `merged`: both saved the same checkpoint. `ahead`: ours follows theirs. `chosen`: a conflict that was
   * settled as asked. `conflict`: a person must choose; ours stays.
   */
  readonly status: "unchanged" | "new" | "forwarded" | "merged" | "ahead" | "chosen" | "conflict";
  readonly ours: ObjectId | undefined;
  readonly theirs: ObjectId;
  /** What the ref holds afterwards. */
  readonly to: ObjectId;
}

export interface Pulled {
  readonly fetched: Fetched;
  readonly refs: readonly PulledRef[];
}

/**
 * Fetches, and moves this store's refs in one operation that `undo` takes back.
 *
 * @throws what `fetchRemote` throws; VibesafeHashMismatch, VibesafeUsageError when what was fetched is no save of its unit: then nothing moves
 */
export async function pullRemote(context: SyncContext, { wants = () => true, choice, identities }: PullOptions): Promise<Pulled> {
  const { store, who, command } = context;
  const fetched = await fetchRemote(context, { wants });
  const own = ownRefs(store);
  const refs = [...fetched.claims].filter(([name]) => wants(name)).map(([name, theirs]) => settle(store, { name, theirs, ours: own.get(name), choice, identities }));
  const updates = refs.filter(({ ours, to }) => ours !== to).map(({ name, ours, to }): RefUpdate => ({ name: `refs/${name}`, expected: ours ?? null, to }));
  if (updates.length > 0) moveRefs(store, updates, { who, command });
  return { fetched, refs };
}

interface Meeting {
  readonly name: string;
  readonly ours: ObjectId | undefined;
  readonly theirs: ObjectId;
  readonly choice: Choice | undefined;
  readonly identities: Identities;
}

function settle(store: Store, meeting: Meeting): PulledRef {
  const { name, ours, theirs } = meeting;
  const unit = refUnit(`refs/${name}`);
  const found = (status: PulledRef["status"], to: ObjectId): PulledRef => ({ name, unit, status, ours, theirs, to });
  if (ours === theirs) return found("unchanged", ours);
  if (unit === undefined) {
    if (ours === undefined) return found("new", theirs);
    return meeting.choice === undefined ? found("conflict", ours) : found("chosen", chosenTag(store, ours, theirs, meeting.choice));
  }
  const [mine, other] = [ours === undefined ? undefined : (ours as CommitId), theirs as CommitId];
  if (mine !== undefined && isAncestor(store, other, mine)) return found("ahead", mine);
  // Looked at before it may become active: read, verified, and of this unit.
  readUnitSave(store, other, unit, `what the remote has of ${unit}`);
  if (mine === undefined) return found("new", other);
  if (isAncestor(store, mine, other)) {
    if (!leftBehind(store, name, mine, other) || meeting.choice === "theirs" || (meeting.choice === "newest" && newest(readSide(store, mine), readSide(store, other)).id === other)) return found("forwarded", other);
    return meeting.choice === undefined ? found("conflict", mine) : found("chosen", mine);
  }
  return settleDiverged(store, { ...meeting, mine, other, found });
}

function settleDiverged(store: Store, { mine, other, choice, identities, found }: Meeting & { readonly mine: CommitId; readonly other: CommitId; readonly found: (status: PulledRef["status"], to: ObjectId) => PulledRef }): PulledRef {
  const [ours, theirs] = [readSide(store, mine), readSide(store, other)];
  if (ours.save !== undefined && ours.save.checkpointHash === theirs.save?.checkpointHash) {
    // What the host has is what others have already. Where ours has saves of its own behind it, a merge save keeps them.
    const lone = readCommit(store, mine).parents.every((parent) => isAncestor(store, parent, other));
    return found("merged", lone ? other : mergeSave(store, theirs, ours, identities));
  }
  if (choice === undefined) return found("conflict", mine);
  const chosen: Side = choice === "ours" ? ours : choice === "theirs" ? theirs : newest(ours, theirs);
  if (chosen.save === undefined) throw new VibesafeHashMismatch(`${chosen.id} is no save that can be read`, { remedy: "run `vibe fsck`, or choose the other side" });
  return found("chosen", mergeSave(store, chosen, chosen === ours ? theirs : ours, identities));
}

/** Whether this store has been where theirs leads on from ours, and went back: then somebody said that it is wrong. */
function leftBehind(store: Store, name: string, ours: CommitId, theirs: CommitId): boolean {
  const been = new Set(readReflog(store, `refs/${name}`).flatMap(({ from, to }) => [from, to]));
  for (const id of historyOf(store, theirs)) {
    if (id === ours) return false;
    if (been.has(id)) return true;
  }
  return false;
}

/** Tags do not follow each other: one stands, the other is gone. */
function chosenTag(store: Store, ours: ObjectId, theirs: ObjectId, choice: Choice): ObjectId {
  if (choice !== "newest") return choice === "ours" ? ours : theirs;
  const seconds = (id: ObjectId): number => readCommit(store, peelTo(store, id, "commit") ?? (id as CommitId)).committer.seconds;
  return seconds(ours) > seconds(theirs) ? ours : theirs;
}
