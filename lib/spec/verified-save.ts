/**
 * The checks between a unit and the code that production runs.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { VibesafeCheckpointMissing, VibesafeHashMismatch } from "../errors.ts";
import { readRef } from "../store/refs.ts";
import { openStore, storeExists, type Store } from "../store/store.ts";
import { isVerified, readSave, type Save } from "./checkpoint.ts";
import { concerning, type WithId } from "./concerning.ts";
import { explainChanges } from "./explain.ts";
import type { FrozenDependencies } from "./checkpoint/frozen.ts";
import { hashSpec } from "./hash.ts";
import { installedDifferences, otherPackages, packageFinder, showDifference, type PackageDifference } from "./installed.ts";
import { perWorkspace } from "./per-workspace.ts";
import type { HashedSpec, Spec, SpecMap } from "./types.ts";
import { unitRef } from "./unit-id.ts";
import { usesMismatch } from "./uses.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Reads the active save of a unit and checks, in this order: that there is one, that every object of it hashes to its name, that it is a
 * save of this very unit, that its gates passed, that its spec is the spec as deployed, that what its code imports beyond the spec is
 * what it was, and that the packages that were frozen with it are those that are installed.
 *
 * @param specOf - reads the spec as deployed; asked last
 * @throws VibesafeCheckpointMissing when there is none that production may run
 * @throws VibesafeHashMismatch when anything is not what it was when it was saved
 * @throws VibesafeStoreError when the store cannot be read
 */
export function verifiedSave(workspace: Workspace, unit: WithId, specOf: () => Spec): Save {
  const save = requireSave(activeSave(storeOf(workspace), unit), unit);
  const hashed = hashSpec(workspace, specOf());
  if (hashed.specHash !== save.specHash) throw drifted(hashed, save);
  const moved = usesMismatch(workspace, hashed.spec, save.verification?.witness?.uses);
  if (moved !== undefined) throw moved;
  const difference = packageMismatch(workspace, hashed.spec, save.verification?.dependencies);
  if (difference !== undefined && workspace.project.config.runtime.deps === "error") throw difference;
  return save;
}

const finders = perWorkspace(packageFinder);

/** The error for a unit that was verified with other packages than are installed; undefined where none is frozen or all are the same. */
export function packageMismatch(workspace: Workspace, { id, file }: Spec, frozen: FrozenDependencies | undefined): VibesafeHashMismatch | undefined {
  const differences = packageDifferences(workspace, { file }, frozen);
  return differences.length === 0 ? undefined : otherPackages(id, differences);
}

/** Where installed packages differ from those that were frozen with a unit. */
export function packageDifferences(workspace: Workspace, { file }: Pick<Spec, "file">, frozen: FrozenDependencies | undefined): PackageDifference[] {
  return frozen === undefined ? [] : installedDifferences(frozen, dirname(join(workspace.project.root, file)), finders(workspace));
}

/** What `[runtime] deps = "warn"` lets pass, a line for each package. */
export function packageWarnings(workspace: Workspace, spec: Spec, { verification }: Save): string[] {
  if (workspace.project.config.runtime.deps !== "warn") return [];
  return packageDifferences(workspace, spec, verification?.dependencies).map((difference) => `${spec.id}: ${showDifference(difference)}`);
}

/** @throws VibesafeCheckpointMissing when there is none */
export function requireSave<T>(save: T | undefined, unit: WithId): T {
  if (save === undefined) throw missing(unit, `${unit.id} has no active checkpoint`);
  return save;
}

/** The store, or undefined where there is none yet. */
export function storeOf({ project }: Workspace): Store | undefined {
  return storeExists(project.storeDir) ? openStore(project.storeDir) : undefined;
}

/** The active save of a unit, fit to run as far as the store can tell; undefined when nothing was ever saved. */
export function activeSave(store: Store | undefined, unit: WithId): Save | undefined {
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

function missing({ id }: WithId, found: string): VibesafeCheckpointMissing {
  return new VibesafeCheckpointMissing(found, { unit: id, remedy: `run \`vibe compile --target ${id}\`, then \`vibe save --target ${id}\`` });
}

/** The error for a spec that is not the one that was saved. */
export function drifted({ spec: { id }, specHash, map }: HashedSpec, saved: { readonly specHash: string; readonly spec: SpecMap }): VibesafeHashMismatch {
  const causes = explainChanges(saved.spec, map).map(({ text }) => `\n  - ${text}`);
  return new VibesafeHashMismatch(`${id} is not the spec that was saved: current ${specHash}, expected ${saved.specHash}${causes.join("")}`, {
    unit: id,
    remedy: `undo the change, or run \`vibe compile --target ${id}\`, then \`vibe save --target ${id}\``,
  });
}

function backTo({ id }: WithId): string {
  return `run \`vibe log --target ${id}\` to find a save of it, then \`vibe rollback\``;
}
