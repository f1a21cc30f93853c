/**
 * Two people moved one ref: what follows from the saves alone, and what a person must decide.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { isVerified, readSave, type Save } from "../spec/checkpoint.ts";
import { isId, type CommitId } from "../store/id.ts";
import { readCommit } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { isoDate } from "./git-date.ts";

/** What one side's ref holds, and of what it leads to as much as can be read. */
export interface Side {
  readonly id: CommitId;
  /** Undefined where it is no save, as a snapshot, or cannot be read here. */
  readonly save: Save | undefined;
}

export type RefMerge =
  /** One save came after the other. */
  | { readonly kind: "forward"; readonly id: CommitId }
  /** Two people saved the same checkpoint; everybody who merges them takes this one. */
  | { readonly kind: "same-checkpoint"; readonly id: CommitId; readonly other: CommitId }
  /** A person must choose. */
  | { readonly kind: "conflict" };

/** The id that a ref's file holds; undefined for anything else. */
export function refContent(text: string): CommitId | undefined {
  const id = text.trimEnd();
  return isId(id) ? (id as CommitId) : undefined;
}

/**
 * Merges what two sides made of one ref.
 *
 * A save that follows the other one wins, unless the other side went back on purpose: who rolled back said that what came later is
 * wrong, and a save upon it does not answer that.
 *
 * @param base - what both began with; undefined where there was nothing, or it is not known
 */
export function mergeRef(store: Store, base: CommitId | undefined, ours: Side, theirs: Side): RefMerge {
  const [older, newer] = isAncestor(store, ours.id, theirs.id) ? [ours, theirs] : isAncestor(store, theirs.id, ours.id) ? [theirs, ours] : [];
  if (older !== undefined && newer !== undefined && (base === undefined || isAncestor(store, base, older.id))) return { kind: "forward", id: newer.id };
  if (ours.save === undefined || theirs.save === undefined) return { kind: "conflict" };
  if (ours.save.unit !== theirs.save.unit || ours.save.checkpointHash !== theirs.save.checkpointHash) return { kind: "conflict" };
  const [first, second] = [ours.save, theirs.save].sort(byPrecedence);
  return first === undefined || second === undefined ? { kind: "conflict" } : { kind: "same-checkpoint", id: first.commitId, other: second.commitId };
}

/** Whether `ancestor` is `commit` or one that it came from; where a commit cannot be read, the answer is no. */
export function isAncestor(store: Store, ancestor: CommitId, commit: CommitId): boolean {
  const seen = new Set<CommitId>([commit]);
  for (const id of seen) {
    if (id === ancestor) return true;
    for (const parent of parentsOf(store, id)) seen.add(parent);
  }
  return false;
}

/** The side that was saved later; of two at one time, the one with the greater id. */
export function newest(ours: Side, theirs: Side): Side {
  const time = ({ save }: Side): number => save?.commit.committer.seconds ?? 0;
  const later = time(theirs) - time(ours) || (theirs.id > ours.id ? 1 : -1);
  return later > 0 ? theirs : ours;
}

/** Reads what a ref leads to, as far as it is a save that can be read. */
export function readSide(store: Store, id: CommitId): Side {
  try {
    return { id, save: readSave(store, id) };
  } catch (error) {
    // A snapshot, or an object that is not here or damaged: then a person decides, with less to go by.
    if (error instanceof VibesafeError) return { id, save: undefined };
    throw error;
  }
}

/** A side in one line: id, who saved it, when, and what they said. */
export function describeSide({ id, save }: Side): string {
  if (save === undefined) return `${id.slice(0, 12)} (not readable here)`;
  const { author, message } = save.commit;
  return `${id.slice(0, 12)} ${author.name} <${author.email}>, ${isoDate(author)}: ${message.split("\n")[0] ?? ""}`;
}

/** What passed its gates comes first, then what was saved first, then the smaller id. */
function byPrecedence(a: Save, b: Save): number {
  return Number(isVerified(b)) - Number(isVerified(a)) || a.commit.committer.seconds - b.commit.committer.seconds || (a.commitId < b.commitId ? -1 : 1);
}

function parentsOf(store: Store, id: CommitId): readonly CommitId[] {
  try {
    return readCommit(store, id).parents;
  } catch (error) {
    if (error instanceof VibesafeError) return [];
    throw error;
  }
}
