/**
 * The message of a save: what a person wrote, then trailers that bind unit, spec and checkpoint to the commit.
 *
 * @module
 */

import { VibesafeHashMismatch } from "../../errors.ts";
import type { BlobId, CommitId, TreeId } from "../../store/id.ts";
import type { UnitId } from "../types.ts";
import { isUnitId } from "../unit-id.ts";

/** What the trailers of a save's message bind together. */
export interface SaveTrailers {
  readonly unit: UnitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
}

/** A commit message: what a person wrote, then the trailers as a paragraph of their own. */
export function formatSaveMessage(message: string, { unit, specHash, checkpointHash }: SaveTrailers): string {
  const said = message.replaceAll(/\r\n?/g, "\n").trim();
  return `${said}\n\nVibesafe-Unit: ${unit}\nVibesafe-Spec: ${specHash}\nVibesafe-Checkpoint: ${checkpointHash}\n`;
}

const TRAILERS = ["Vibesafe-Unit", "Vibesafe-Spec", "Vibesafe-Checkpoint"] as const;

/** What the trailers of a message say; the ids are as written, to be compared. */
export interface SaidTrailers {
  readonly unit: UnitId;
  readonly specHash: string;
  readonly checkpointHash: string;
}

/**
 * Reads the trailers of the last paragraph, as `git interpret-trailers` sees them.
 *
 * @throws VibesafeHashMismatch when one is absent, there twice, or no unit
 */
export function parseTrailers(message: string, commitId: CommitId): SaidTrailers {
  const last = message.trimEnd().split(/\n{2,}/).at(-1) ?? "";
  const found = new Map<string, string>();
  for (const line of last.split("\n")) {
    const [, key, value] = /^([A-Za-z0-9-]+): (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || !TRAILERS.some((known) => known === key)) continue;
    if (found.has(key)) throw mismatch(commitId, `its message has two ${key} lines`);
    found.set(key, value);
  }
  const [unit, specHash, checkpointHash] = TRAILERS.map((key) => {
    const value = found.get(key);
    if (value === undefined) throw mismatch(commitId, `its message has no ${key} line`);
    return value;
  });
  if (unit === undefined || !isUnitId(unit)) throw mismatch(commitId, `its Vibesafe-Unit is ${JSON.stringify(unit)}`);
  return { unit, specHash: specHash ?? "", checkpointHash: checkpointHash ?? "" };
}

/** The error for a commit that is no save. */
export function mismatch(commitId: CommitId, detail: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`commit ${commitId} is no save of vibesafe: ${detail}`, {
    remedy: "point the unit's ref at a save: `vibe log` lists them, `vibe rollback` moves it",
  });
}
