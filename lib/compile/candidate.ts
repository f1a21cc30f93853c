/**
 * Candidates: what was compiled and not yet saved, as commits under `refs/candidates/`.
 *
 * @module
 */

import { encodeSaveTree, formatSaveMessage, type Provenance } from "../spec/checkpoint.ts";
import type { HashedSpec } from "../spec/types.ts";
import { candidateRef, unitRef } from "../spec/unit-id.ts";
import { formatCommit, type Identity } from "../store/commit.ts";
import type { CommitId, TreeId } from "../store/id.ts";
import { updateRefs } from "../store/ref-transaction.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { writeObject } from "../store/write.ts";

export interface CandidateParts {
  readonly hashed: HashedSpec;
  readonly impl: string;
  readonly prompt: string;
  readonly buildJs: string;
  readonly provenance: Provenance;
}

export interface Candidate {
  readonly commitId: CommitId;
  readonly checkpointHash: TreeId;
}

/**
 * Writes the objects and commit of a candidate to the cache and points the unit's candidate ref at it. Its parent is the active save.
 * A candidate that another process put there meanwhile is replaced: the last one compiled counts.
 */
export function writeCandidate(store: Store, parts: CandidateParts, who: { readonly author: Identity; readonly committer: Identity }): Candidate {
  const { hashed } = parts;
  const unit = hashed.spec.id;
  const { treeId, checkpointHash, objects } = encodeSaveTree({
    impl: parts.impl,
    prompt: parts.prompt,
    spec: hashed.bytes,
    buildJs: parts.buildJs,
    provenance: parts.provenance,
  });
  for (const { type, payload } of objects) writeObject(store, type, payload, "cache");
  const active = readRef(store, unitRef(unit));
  const message = formatSaveMessage(`compile: ${unit}`, { unit, specHash: hashed.specHash, checkpointHash });
  const commit = formatCommit({ tree: treeId, parents: active === undefined ? [] : [active], ...who, message });
  const commitId = writeObject(store, "commit", commit, "cache");
  updateRefs(store, [{ name: candidateRef(unit), to: commitId }], { who: who.committer, message: "compile" });
  return { commitId, checkpointHash };
}
