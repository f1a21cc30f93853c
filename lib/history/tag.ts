/**
 * Tags: names for snapshots.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { isRefName } from "../store/ref-name.ts";
import type { CommitId } from "../store/id.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import { listRefs, readRefTarget, type Ref } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import type { Identities } from "./identity.ts";
import { moveRefs, type Mover } from "./operations.ts";
import { activeSnapshot, writeSnapshot, type Snapshot } from "./snapshot.ts";

const TAG_REFS = "refs/tags/";

export interface TagOptions {
  readonly identities: Identities;
  readonly mover: Mover;
  readonly message?: string;
  /** Move a tag that is there. */
  readonly force?: boolean;
}

export interface NewTag {
  readonly commit: CommitId;
  readonly snapshot: Snapshot;
}

/**
 * Names what is active now.
 *
 * @throws VibesafeUsageError when the tag exists, git does not allow the name, or nothing is active
 */
export function createTag(store: Store, name: string, { identities, mover, message, force = false }: TagOptions): NewTag {
  const ref = tagRef(name);
  const before = readRefTarget(store, ref);
  if (before !== undefined && !force) throw new VibesafeUsageError(`tag ${name} exists already`, { remedy: `choose another name, or move it: \`vibe tag -f ${name}\`` });
  if (message?.trim() === "") throw new VibesafeUsageError("the message is empty", { remedy: "write one after -m, or leave -m out" });
  const snapshot = activeSnapshot(store);
  const commit = writeSnapshot(store, snapshot, identities, message ?? `snapshot: ${name}`);
  moveRefs(store, [{ name: ref, expected: before ?? null, to: commit }], mover);
  return { commit, snapshot };
}

/** Deletes tags, all or none; what they lead to stays. @throws VibesafeUsageError when one does not exist */
export function deleteTags(store: Store, names: readonly string[], mover: Mover): { readonly name: string; readonly was: CommitId }[] {
  const found = [...new Set(names)].map((name) => {
    const ref = tagRef(name);
    const was = listRefs(store, ref).find((known) => known.name === ref)?.id;
    if (was === undefined) throw new VibesafeUsageError(`there is no tag ${name}`, { remedy: "`vibe tag -l` lists them" });
    return { name, was, update: { name: ref, expected: was, to: null } satisfies RefUpdate };
  });
  moveRefs(store, found.map(({ update }) => update), mover);
  return found.map(({ name, was }) => ({ name, was }));
}

/** All tags, by name. */
export function listTags(store: Store): Ref[] {
  return listRefs(store, TAG_REFS).map(({ name, id }) => ({ name: name.slice(TAG_REFS.length), id }));
}

function tagRef(name: string): string {
  const ref = TAG_REFS + name;
  if (!isRefName(ref) || name.startsWith("-")) throw new VibesafeUsageError(`${JSON.stringify(name)} is no name for a tag`, { remedy: "see git-check-ref-format(1); v1.2 is one" });
  return ref;
}
