/**
 * Units that need no compiling: what is active, or a candidate that passes, is of the present spec.
 *
 * @module
 */

import { unitStatus } from "../spec/status.ts";
import type { HashedSpec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import type { Store } from "../store/store.ts";
import { judge, type Subject } from "./judge.ts";
import { subjectOf } from "./subject.ts";
import type { CompileOptions, CompileResult } from "./types.ts";

/** Results of the units whose present spec has code that passed. A candidate without a verdict is judged first. */
export async function unchangedUnits(
  workspace: Workspace,
  store: Store,
  units: readonly HashedSpec[],
  { signal }: Pick<CompileOptions, "signal">,
): Promise<Map<HashedSpec, CompileResult>> {
  const unchanged = new Map<HashedSpec, CompileResult>();
  const subjects: Subject[] = [];
  for (const hashed of units) {
    const { status, active, candidate } = unitStatus(store, hashed);
    if (status === "active" && active !== undefined) unchanged.set(hashed, resultOf(hashed, active.checkpointHash));
    if (candidate !== undefined && candidate.specHash === hashed.specHash) subjects.push(subjectOf(hashed, candidate));
  }
  const judgements = await judge(workspace, store, subjects, {
    ...(signal !== undefined && { signal }),
    trustFailures: true,
  });
  for (const [i, judgement] of judgements.entries()) {
    const hashed = subjects[i]?.hashed;
    if (hashed === undefined || !judgement.passed) continue;
    unchanged.set(hashed, { ...resultOf(hashed, judgement.checkpointHash), unverified: judgement.unverified });
  }
  return unchanged;
}

function resultOf(hashed: HashedSpec, checkpointHash: CompileResult["checkpointHash"]): CompileResult {
  return {
    id: hashed.spec.id,
    status: "unchanged",
    specHash: hashed.specHash,
    checkpointHash,
    candidate: null,
    cached: true,
    attempts: 0,
    unverified: false,
  };
}
