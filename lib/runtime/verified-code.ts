/**
 * From a unit to the code that may run.
 *
 * @module
 */

import { VibesafeHashMismatch } from "../errors.ts";
import type { Bundle } from "../spec/bundle.ts";
import type { Save } from "../spec/checkpoint.ts";
import { concerning } from "../spec/concerning.ts";
import { decodeSpecMap } from "../spec/checkpoint/spec.ts";
import { readBuild, readDeployed } from "../spec/deployed.ts";
import { hashSpec } from "../spec/hash.ts";
import { drifted, packageMismatch, requireSave, verifiedSave } from "../spec/verified-save.ts";
import { usesMismatch } from "../spec/uses.ts";
import type { Workspace } from "../spec/workspace.ts";
import { workspaceAt } from "./burst.ts";
import { codeText } from "./code-text.ts";
import type { VerifiedCode } from "./evaluate.ts";
import { sealedAt } from "./sealed.ts";
import { specOf, type Unit } from "./unit.ts";

/** The code of a unit in production, from the bundle where one is deployed, else from the store. @throws as `verifiedSave` */
export function verifiedCode(unit: Unit): VerifiedCode {
  const workspace = workspaceAt(unit.folder);
  const sealed = sealedAt(workspace.project.root);
  if (sealed !== undefined) return concerning(unit, () => bundledCode(workspace, sealed.bundle, unit));
  const save = verifiedSave(workspace, unit, () => specOf(workspace, unit));
  // Otherwise they were looked at with the save.
  if (workspace.project.config.runtime.deps === "warn") warnOfPackages(packageMismatch(workspace, specOf(workspace, unit), save.verification?.dependencies));
  return codeOf(save, unit);
}

/** What `[runtime] deps = "warn"` lets pass is told all the same. */
function warnOfPackages(difference: VibesafeHashMismatch | undefined): void {
  if (difference !== undefined) process.emitWarning(difference.message, { type: "VibesafeWarning", detail: difference.remedy });
}

function bundledCode(workspace: Workspace, { units, read, vibesafe }: Bundle, unit: Unit): VerifiedCode {
  const { id, importer } = unit;
  const commit = requireSave(units.get(id)?.commit, unit);
  const found = readDeployed(read, commit);
  if (found?.unit !== id) {
    throw new VibesafeHashMismatch(`the bundle, sealed by vibesafe ${vibesafe}, has no save of ${id} that may run`, { unit: id, remedy: "run `vibe build`" });
  }
  const hashed = hashSpec(workspace, specOf(workspace, unit));
  if (hashed.specHash !== found.specHash) throw drifted(hashed, { specHash: found.specHash, spec: decodeSpecMap(read(found.specHash).payload) });
  const moved = usesMismatch(workspace, hashed.spec, found.witness.uses);
  if (moved !== undefined) throw moved;
  const difference = packageMismatch(workspace, hashed.spec, found.dependencies);
  if (difference !== undefined && workspace.project.config.runtime.deps === "error") throw difference;
  warnOfPackages(difference);
  return { unit: id, name: hashed.map.name, checkpoint: found.checkpointHash, js: codeText(readBuild(read, found)), importer };
}

/** What the runtime evaluates: the text whose bytes were checked a moment ago. */
export function codeOf(save: Save, { id, importer }: Unit): VerifiedCode {
  return { unit: id, name: save.spec.name, checkpoint: save.checkpointHash, js: save.buildJs, importer };
}
