/**
 * Candidates: what was compiled and not yet saved, as commits under `refs/candidates/`.
 *
 * @module
 */

import { encodeSaveTree, formatSaveMessage, type Provenance } from "../spec/checkpoint.ts";
import type { HashedSpec } from "../spec/types.ts";
import { candidateRef, unitRef } from "../spec/unit-id.ts";
import { formatCommit, type Identity } from "../store/commit.ts";
import { hashObject, type CommitId, type TreeId } from "../store/id.ts";
import { updateRefs } from "../store/ref-transaction.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { writeObjects, type NewObject } from "../store/write.ts";

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
 * Writes the objects and commits of candidates to the cache and points the units' candidate refs at them, in one move; results in the
 * order of `all`. A candidate's parent is the active save. One that another process put there meanwhile is replaced: the last one
 * compiled counts.
 *
 * @param all - one a unit at most
 */
export function writeCandidates(store: Store, all: readonly CandidateParts[], who: { readonly author: Identity; readonly committer: Identity }): Candidate[] {
  const objects: NewObject[] = [];
  const written = all.map((parts) => {
    const { hashed } = parts;
    const unit = hashed.spec.id;
    const save = encodeSaveTree({ impl: parts.impl, prompt: parts.prompt, spec: hashed.bytes, buildJs: parts.buildJs, provenance: parts.provenance });
    const active = readRef(store, unitRef(unit));
    const message = formatSaveMessage(`compile: ${unit}`, { unit, specHash: hashed.specHash, checkpointHash: save.checkpointHash });
    const payload = formatCommit({ tree: save.treeId, parents: active === undefined ? [] : [active], ...who, message });
    objects.push(...save.objects, { type: "commit", payload });
    return { unit, commitId: hashObject("commit", payload), checkpointHash: save.checkpointHash };
  });
  writeObjects(store, objects, { area: "cache" });
  updateRefs(store, written.map(({ unit, commitId }) => ({ name: candidateRef(unit), to: commitId })), { who: who.committer, message: "compile" });
  return written.map(({ commitId, checkpointHash }) => ({ commitId, checkpointHash }));
}
