/**
 * Saving: making candidates that passed the active checkpoints, all or none.
 *
 * @module
 */

import { countExamples } from "../compile/count-examples.ts";
import { judge, type Judgement } from "../compile/judge.ts";
import { subjectOf } from "../compile/subject.ts";
import { VibesafeCheckpointMissing, VibesafeMissingDoctest, VibesafeUsageError, VibesafeValidationError, type VibesafeError } from "../errors.ts";
import { buildImpl } from "../generate/build.ts";
import { encodeSaveTree, formatSaveMessage, type Save, type Verification } from "../spec/checkpoint.ts";
import type { HashedSpec, UnitId } from "../spec/types.ts";
import { candidateRef, unitRef } from "../spec/unit-id.ts";
import type { FrozenDependencies } from "../spec/checkpoint/frozen.ts";
import { unitStatus } from "../spec/status.ts";
import { makeWitnesses } from "../spec/witness.ts";
import type { Workspace } from "../spec/workspace.ts";
import { formatCommit } from "../store/commit.ts";
import type { CommitId, TreeId } from "../store/id.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { migrateObjects, writeObject } from "../store/write.ts";
import { createFreeze } from "./freeze.ts";
import { explainFrozen } from "./frozen-changes.ts";
import type { Identities } from "./identity.ts";
import { moveRefs } from "./operations.ts";
import { retryWhenMoved } from "./retry.ts";

export interface SaveOptions {
  readonly identities: Identities;
  /** Of the commits; `save: <unit>` if not given. */
  readonly message?: string;
  /** The command line, for the reflogs. */
  readonly command?: string;
  /** Judge, and change nothing. */
  readonly dryRun?: boolean;
  /** Records the packages that each unit can reach, and saves units anew that were saved with others. */
  readonly freeze?: boolean;
  readonly signal?: AbortSignal;
  /** Called before the gates run, with how many candidates have no pass on record. */
  readonly onGates?: (candidates: number) => void;
}

export interface SaveResult {
  readonly id: UnitId;
  /** `saved` on a dry run means that it would be. */
  readonly status: "saved" | "unchanged" | "refused";
  /** The active save's commit, where there is one. */
  readonly commit: CommitId | null;
  readonly checkpointHash: TreeId | null;
  /** Why it was refused; none on one that only stands behind another that was. */
  readonly reason?: VibesafeError;
}

interface Ready {
  readonly hashed: HashedSpec;
  readonly candidate: Save;
  readonly active: Save | undefined;
  readonly dependencies: FrozenDependencies | undefined;
}

/**
 * Saves the candidates of `units` in one move of all their refs. Where one is refused, none is saved.
 *
 * A candidate needs a pass of exactly its code under the present gates; the gates run where no such pass is on record.
 *
 * @throws VibesafeStoreError when the store cannot be read or written, or other processes keep moving the refs
 */
export async function saveUnits(workspace: Workspace, store: Store, units: readonly HashedSpec[], options: SaveOptions): Promise<SaveResult[]> {
  return retryWhenMoved(store, units, () => trySave(workspace, store, units, options));
}

async function trySave(workspace: Workspace, store: Store, units: readonly HashedSpec[], options: SaveOptions): Promise<SaveResult[]> {
  if (options.message?.trim() === "") throw new VibesafeUsageError("the message is empty", { remedy: "write one after -m, or leave -m out" });
  const results = new Map<HashedSpec, SaveResult>();
  const ready: Ready[] = [];
  const freeze = options.freeze === true ? await createFreeze(workspace.project.root, store) : undefined;
  for (const hashed of units) {
    const { status, active, candidate: compiled } = unitStatus(store, hashed);
    const code = compiled ?? (status === "active" ? active : undefined);
    const dependencies = code === undefined ? undefined : freeze?.(hashed, code.impl);
    // Active code whose packages are not on record is saved again, as it is.
    const candidate = compiled ?? (code !== undefined && dependencies !== undefined && !isFrozen(code, dependencies) ? code : undefined);
    const refused = refusal(hashed, candidate, status === "active");
    if (candidate === undefined && status === "active") results.set(hashed, resultOf(hashed, "unchanged", active));
    else if (candidate === undefined || refused !== undefined) results.set(hashed, { ...resultOf(hashed, "refused", active), ...(refused !== undefined && { reason: refused }) });
    else ready.push({ hashed, candidate, active, dependencies });
  }
  const judgements = await judge(
    workspace,
    store,
    ready.map(({ hashed, candidate }) => subjectOf(hashed, candidate)),
    {
      ...(options.signal !== undefined && { signal: options.signal }),
      ...(options.onGates !== undefined && { onGates: options.onGates }),
    },
  );
  const passed: (Ready & { judgement: Judgement })[] = [];
  ready.forEach((item, i) => {
    const judgement = judgements[i];
    if (judgement?.passed === true) passed.push({ ...item, judgement });
    else results.set(item.hashed, { ...resultOf(item.hashed, "refused", item.active), reason: failedGates(item.hashed.spec.id, judgement) });
  });
  const refused = [...results.values()].some(({ status }) => status === "refused");
  if (refused || options.dryRun === true) {
    for (const { hashed, active, candidate } of passed) {
      results.set(hashed, { ...resultOf(hashed, refused ? "refused" : "saved", active), ...(!refused && { checkpointHash: candidate.checkpointHash }) });
    }
  } else {
    for (const [hashed, result] of await commitAll(workspace, store, passed, options)) results.set(hashed, result);
  }
  return units.flatMap((hashed) => results.get(hashed) ?? []);
}

async function commitAll(workspace: Workspace, store: Store, passed: readonly (Ready & { judgement: Judgement })[], options: SaveOptions): Promise<Map<HashedSpec, SaveResult>> {
  const results = new Map<HashedSpec, SaveResult>();
  const updates: RefUpdate[] = [];
  const witnesses = makeWitnesses(workspace.project.root, passed.map(({ hashed, candidate: { impl }, judgement: { uses } }) => ({ hashed, impl, uses })));
  for (const [i, { hashed, candidate, active, dependencies, judgement }] of passed.entries()) {
    const id = hashed.spec.id;
    const verification = { ...judgement.verification, ...(witnesses[i] !== undefined && { witness: witnesses[i] }), ...(dependencies !== undefined && { dependencies }) };
    const commit = await writeSave(store, { hashed, candidate, active, dependencies, verification }, options);
    updates.push({ name: unitRef(id), expected: active?.commitId ?? null, to: commit });
    if (readRef(store, candidateRef(id)) === candidate.commitId) updates.push({ name: candidateRef(id), to: null });
    results.set(hashed, { id, status: "saved", commit, checkpointHash: candidate.checkpointHash });
  }
  options.signal?.throwIfAborted();
  const command = options.command ?? `save${options.message === undefined ? "" : `: ${firstLine(options.message)}`}`;
  if (updates.length > 0) moveRefs(store, updates, { who: options.identities.committer, command });
  return results;
}

/** Writes a save's objects; nothing refers to them until the refs move. */
async function writeSave(store: Store, { hashed, candidate, active, verification }: Ready & { verification: Verification }, { identities, message }: SaveOptions): Promise<CommitId> {
  const unit = hashed.spec.id;
  const { checkpointHash, specHash, impl, prompt, provenance } = candidate;
  // Built anew from the code that was judged: what will run comes from what was verified, whatever lay in the cache.
  const { js: buildJs } = await buildImpl(impl);
  const { treeId, objects } = encodeSaveTree({ impl, prompt, spec: hashed.bytes, buildJs, provenance, verification });
  for (const { type, payload } of objects) writeObject(store, type, payload);
  migrateObjects(store, [treeId]);
  const commit = formatCommit({
    tree: treeId,
    parents: active === undefined ? [] : [active.commitId],
    ...identities,
    message: formatSaveMessage(message ?? `save: ${unit}`, { unit, specHash, checkpointHash }),
  });
  return writeObject(store, "commit", commit);
}

/** Whether a save has these very packages on record. */
function isFrozen({ verification }: Save, dependencies: FrozenDependencies): boolean {
  return explainFrozen(verification?.dependencies, dependencies).length === 0;
}

function refusal({ spec }: HashedSpec, candidate: Save | undefined, active: boolean): VibesafeError | undefined {
  const unit = spec.id;
  if (candidate === undefined) {
    if (active) return undefined;
    return new VibesafeCheckpointMissing(`nothing is compiled for the present spec of ${unit}`, { unit, remedy: `run \`vibe compile --target ${unit}\`` });
  }
  if (countExamples(spec) > 0) return undefined;
  return new VibesafeMissingDoctest(`${unit} has no example (${spec.file}:${spec.line})`, {
    unit,
    remedy: `add one to its doc comment: >>> ${spec.name}(…), the expected value below it; then run \`vibe compile --target ${unit}\``,
  });
}

function failedGates(unit: UnitId, judgement: Judgement | undefined): VibesafeError {
  const gates = judgement?.verification.gates.filter(({ passed }) => !passed).map(({ name }) => name) ?? [];
  return new VibesafeValidationError(`the candidate of ${unit} does not pass: ${gates.join(", ")}`, {
    unit,
    remedy: `see \`vibe test --target ${unit}\`, then run \`vibe compile --force --target ${unit}\``,
  });
}

function resultOf({ spec }: HashedSpec, status: SaveResult["status"], active: Save | undefined): SaveResult {
  return { id: spec.id, status, commit: active?.commitId ?? null, checkpointHash: active?.checkpointHash ?? null };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
