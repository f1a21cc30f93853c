/**
 * Accepting: keeping code that is still right under a spec that changed, without asking a model.
 *
 * @module
 */

import { countExamples } from "../compile/count-examples.ts";
import { judge, type Judgement } from "../compile/judge.ts";
import { VibesafeCheckpointMissing, VibesafeError, VibesafeMissingDoctest, VibesafeUsageError, VibesafeValidationError } from "../errors.ts";
import { buildImpl } from "../generate/build.ts";
import { validateImplementation } from "../generate/validate.ts";
import { encodeCheckpoint, encodeSaveTree, formatSaveMessage, type Save } from "../spec/checkpoint.ts";
import type { Change } from "../spec/explain.ts";
import { unitStatus } from "../spec/status.ts";
import type { HashedSpec, UnitId } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import { usesChanges } from "../spec/uses.ts";
import { makeWitnesses } from "../spec/witness.ts";
import type { Workspace } from "../spec/workspace.ts";
import { formatCommit } from "../store/commit.ts";
import type { CommitId, TreeId } from "../store/id.ts";
import type { RefUpdate } from "../store/ref-transaction.ts";
import type { Store } from "../store/store.ts";
import { migrateObjects, writeObject } from "../store/write.ts";
import { moveRefs } from "./operations.ts";
import { retryWhenMoved } from "./retry.ts";
import type { SaveOptions } from "./save.ts";

export interface AcceptOptions extends Omit<SaveOptions, "onGates"> {
  /** The caller says that the code is right although what was meant changed. */
  readonly intentChanged?: boolean;
  /** Called before the gates run, with how many implementations they will judge. */
  readonly onGates?: (implementations: number) => void;
}

export interface AcceptResult {
  readonly id: UnitId;
  /** `accepted` on a dry run means that it would be. */
  readonly status: "accepted" | "unchanged" | "refused";
  /** The active save's commit, where there is one. */
  readonly commit: CommitId | null;
  readonly checkpointHash: TreeId | null;
  readonly changes: readonly Change[];
  /** Why it was refused; none on one that only stands behind another that was. */
  readonly reason?: VibesafeError;
}

interface Ready {
  readonly hashed: HashedSpec;
  readonly active: Save;
  readonly changes: readonly Change[];
  readonly checkpointHash: TreeId;
}

/** Fields of a spec that a person does not write into the unit: they say how code is made, not what it must do. */
const SETTINGS = /^(?:vibesafe|template|format|provider)(?:\.|$)/;

/** Whether nothing but version, template, model or provider settings moved. */
export function onlySettings(changes: readonly Change[]): boolean {
  return changes.every(({ field }) => SETTINGS.test(field));
}

/**
 * Saves the active code of `units` anew under their present specs, where it passes validation and all gates. Where one is refused,
 * none is saved.
 *
 * @throws VibesafeStoreError when the store cannot be read or written, or other processes keep moving the refs
 */
export async function acceptUnits(workspace: Workspace, store: Store, units: readonly HashedSpec[], options: AcceptOptions): Promise<AcceptResult[]> {
  return retryWhenMoved(store, units, () => tryAccept(workspace, store, units, options));
}

async function tryAccept(workspace: Workspace, store: Store, units: readonly HashedSpec[], options: AcceptOptions): Promise<AcceptResult[]> {
  if (options.message?.trim() === "") throw new VibesafeUsageError("the message is empty", { remedy: "write one after -m, or leave -m out" });
  const results = new Map<HashedSpec, AcceptResult>();
  const ready: Ready[] = [];
  for (const hashed of units) {
    const { status, active, changes: drift } = unitStatus(store, hashed);
    const changes = status === "active" ? usesChanges(workspace, hashed, active?.verification?.witness) : drift;
    const reason = refusal(workspace, hashed, active, changes, options);
    if (status === "active" && changes.length === 0) results.set(hashed, resultOf(hashed, "unchanged", active, changes));
    else if (active === undefined || reason !== undefined) results.set(hashed, { ...resultOf(hashed, "refused", active, changes), ...(reason !== undefined && { reason }) });
    else ready.push({ hashed, active, changes, checkpointHash: encodeCheckpoint({ ...active, spec: hashed.bytes }).checkpointHash });
  }
  const judgements = await judge(
    workspace,
    store,
    ready.map(({ hashed, active, checkpointHash }) => ({ hashed, impl: active.impl, checkpointHash, sameSpec: true })),
    { ...(options.signal !== undefined && { signal: options.signal }), ...(options.onGates !== undefined && { onGates: options.onGates }) },
  );
  const passed = ready.flatMap((item, i) => {
    const judgement = judgements[i];
    if (judgement?.passed === true) return [{ ...item, judgement }];
    const { hashed, active, changes } = item;
    results.set(hashed, { ...resultOf(hashed, "refused", active, changes), reason: failedGates(hashed.spec.id, judgement) });
    return [];
  });
  const refused = [...results.values()].some(({ status }) => status === "refused");
  const commits = refused || options.dryRun === true ? [] : await commitAll(workspace, store, passed, options);
  passed.forEach(({ hashed, active, changes, checkpointHash }, i) => {
    const commit = commits[i] ?? active.commitId;
    results.set(hashed, refused ? resultOf(hashed, "refused", active, changes) : { id: hashed.spec.id, status: "accepted", commit, checkpointHash, changes });
  });
  return units.flatMap((hashed) => results.get(hashed) ?? []);
}

async function commitAll(workspace: Workspace, store: Store, passed: readonly (Ready & { judgement: Judgement })[], options: AcceptOptions): Promise<CommitId[]> {
  const witnesses = makeWitnesses(workspace.project.root, passed.map(({ hashed, active: { impl }, judgement: { uses } }) => ({ hashed, impl, uses })));
  const commits: CommitId[] = [];
  const updates: RefUpdate[] = [];
  for (const [i, item] of passed.entries()) {
    const witness = witnesses[i];
    const verification = { ...item.judgement.verification, ...(witness !== undefined && { witness }) };
    const commit = await writeAccepted(store, item, verification, options);
    commits.push(commit);
    updates.push({ name: unitRef(item.hashed.spec.id), expected: item.active.commitId, to: commit });
  }
  options.signal?.throwIfAborted();
  if (updates.length > 0) moveRefs(store, updates, { who: options.identities.committer, command: options.command ?? "accept" });
  return commits;
}

/** Writes the objects of an accepted save; nothing refers to them until the refs move. */
async function writeAccepted(store: Store, { hashed, active, changes, checkpointHash }: Ready, verification: Judgement["verification"], options: AcceptOptions): Promise<CommitId> {
  const unit = hashed.spec.id;
  const { impl, prompt, commitId: from } = active;
  const { js: buildJs } = await buildImpl(impl);
  const provenance = { ...active.provenance, accepted: { from, intentChanged: !onlySettings(changes) } };
  const { treeId, objects } = encodeSaveTree({ impl, prompt, spec: hashed.bytes, buildJs, provenance, verification });
  for (const { type, payload } of objects) writeObject(store, type, payload);
  migrateObjects(store, [treeId]);
  const said = options.message ?? `accept: ${unit}`;
  const message = formatSaveMessage(`${said}\n\nAccepted: the code of ${from} under a spec in which this changed:\n${changes.map(({ text }) => `- ${oneLine(text)}`).join("\n")}`, {
    unit,
    specHash: hashed.specHash,
    checkpointHash,
  });
  return writeObject(store, "commit", formatCommit({ tree: treeId, parents: [from], ...options.identities, message }));
}

function refusal(workspace: Workspace, hashed: HashedSpec, active: Save | undefined, changes: readonly Change[], { intentChanged }: AcceptOptions): VibesafeError | undefined {
  const { id: unit, file, line, name } = hashed.spec;
  if (active === undefined) return new VibesafeCheckpointMissing(`${unit} has no active save whose code could be kept`, { unit, remedy: `run \`vibe compile --target ${unit}\`` });
  if (changes.length === 0) return undefined;
  if (intentChanged !== true && !onlySettings(changes)) {
    const meant = changes.filter(({ field }) => !SETTINGS.test(field)).map(({ text }) => `\n  - ${text}`);
    return new VibesafeValidationError(`what is asked of ${unit} changed:${meant.join("")}`, {
      unit,
      remedy: `run \`vibe compile --target ${unit}\`, or say that its code is right all the same: \`vibe accept --intent-changed --target ${unit}\``,
    });
  }
  if (countExamples(hashed.spec) === 0) {
    return new VibesafeMissingDoctest(`${unit} has no example (${file}:${line})`, { unit, remedy: `add one to its doc comment: >>> ${name}(…), the expected value below it` });
  }
  try {
    validateImplementation(workspace, hashed, active.impl);
    return undefined;
  } catch (error) {
    if (!(error instanceof VibesafeError) || (error.code !== "VALIDATION_FAILED" && error.code !== "TYPE_ERROR")) throw error;
    return new VibesafeValidationError(`the code of ${unit} does not fit its present spec: ${error.message}`, { unit, cause: error, remedy: `run \`vibe compile --target ${unit}\`` });
  }
}

function failedGates(unit: UnitId, judgement: Judgement | undefined): VibesafeError {
  const gates = judgement?.verification.gates.filter(({ passed }) => !passed) ?? [];
  const titles = gates.flatMap(({ name, details }) => details.filter(({ passed }) => !passed).map(({ title }) => `\n  - ${name}: ${title}`));
  return new VibesafeValidationError(`the code of ${unit} does not pass under its present spec: ${gates.map(({ name }) => name).join(", ")}${titles.join("")}`, {
    unit,
    remedy: `run \`vibe compile --target ${unit}\``,
  });
}

function resultOf({ spec }: HashedSpec, status: AcceptResult["status"], active: Save | undefined, changes: readonly Change[]): AcceptResult {
  return { id: spec.id, status, commit: active?.commitId ?? null, checkpointHash: active?.checkpointHash ?? null, changes };
}

/** A change as one line of a message: a line that is empty or looks like a trailer would end the paragraph. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
