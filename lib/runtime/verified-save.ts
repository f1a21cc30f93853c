/**
 * The checks between a unit and the code that production runs.
 *
 * @module
 */

import { VibesafeCheckpointMissing, VibesafeError, VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import { isVerified, readSave, type Save } from "../spec/checkpoint.ts";
import { explainChanges } from "../spec/explain.ts";
import { hashSpec } from "../spec/hash.ts";
import type { HashedSpec } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import type { Workspace } from "../spec/workspace.ts";
import { readRef } from "../store/refs.ts";
import { openStore, storeExists, type Store } from "../store/store.ts";
import { workspaceAt } from "./burst.ts";
import type { VerifiedCode } from "./evaluate.ts";
import { specOf, type Unit } from "./unit.ts";

/**
 * Reads the active save of a unit and checks, in this order: that there is one, that every object of it hashes to its name, that it is
 * a save of this very unit, that its gates passed, and that its spec is the spec as deployed.
 *
 * @throws VibesafeCheckpointMissing when there is none that production may run
 * @throws VibesafeHashMismatch when anything is not what it was when it was saved
 * @throws VibesafeStoreError when the store cannot be read
 */
export function verifiedSave(workspace: Workspace, unit: Unit): Save {
  const save = activeSave(storeOf(workspace), unit);
  if (save === undefined) throw missing(unit, `${unit.id} has no active checkpoint`);
  const hashed = hashSpec(workspace, specOf(workspace, unit));
  if (hashed.specHash !== save.specHash) throw drifted(unit, hashed, save);
  return save;
}

/** The code of a unit in production. @throws as `verifiedSave` */
export function verifiedCode(unit: Unit): VerifiedCode {
  return codeOf(verifiedSave(workspaceAt(unit.folder), unit), unit);
}

/** The store, or undefined where there is none yet. */
export function storeOf({ project }: Workspace): Store | undefined {
  return storeExists(project.storeDir) ? openStore(project.storeDir) : undefined;
}

/** The active save of a unit, fit to run as far as the store can tell; undefined when nothing was ever saved. */
export function activeSave(store: Store | undefined, unit: Unit): Save | undefined {
  const { id } = unit;
  const commitId = store === undefined ? undefined : concerning(unit, () => readRef(store, unitRef(id)));
  if (store === undefined || commitId === undefined) return undefined;
  const save = concerning(unit, () => readSave(store, commitId));
  if (save.unit !== id) {
    throw new VibesafeHashMismatch(`${unitRef(id)} leads to ${commitId}, a save of ${save.unit}`, { unit: id, remedy: backTo(unit) });
  }
  if (isVerified(save)) return save;
  const why = save.verification === undefined ? "a candidate that was never saved" : (save.verification.unverified ?? "its gates did not pass");
  throw missing(unit, `${unitRef(id)} leads to ${commitId}, which production may not run: ${why}`);
}

/** What the runtime evaluates: the text whose bytes were checked a moment ago. */
export function codeOf(save: Save, { id, importer }: Unit): VerifiedCode {
  return { unit: id, name: save.spec.name, checkpoint: save.checkpointHash, js: save.buildJs, importer };
}

function missing({ id }: Unit, found: string): VibesafeCheckpointMissing {
  return new VibesafeCheckpointMissing(found, { unit: id, remedy: `run \`vibe compile --target ${id}\`, then \`vibe save --target ${id}\`` });
}

function drifted(unit: Unit, hashed: HashedSpec, save: Save): VibesafeHashMismatch {
  const causes = explainChanges(save.spec, hashed.map).map(({ text }) => `\n  - ${text}`);
  return new VibesafeHashMismatch(
    `${unit.id} is not the spec that was saved: current ${hashed.specHash}, expected ${save.specHash}${causes.join("")}`,
    { unit: unit.id, remedy: `undo the change, or run \`vibe compile --target ${unit.id}\`, then \`vibe save --target ${unit.id}\`` },
  );
}

function backTo({ id }: Unit): string {
  return `run \`vibe log --target ${id}\` to find a save of it, then \`vibe rollback\``;
}

/** Names the unit in an error of the store, which knows none. */
function concerning<T>({ id }: Unit, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VibesafeError) || error.unit !== undefined) throw error;
    const Kind = [VibesafeHashMismatch, VibesafeStoreError].find((kind) => error instanceof kind);
    if (Kind === undefined) throw error;
    throw new Kind(`${id}: ${error.message}`, { unit: id, remedy: error.remedy, cause: error });
  }
}
