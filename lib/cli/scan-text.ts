/**
 * What `vibe scan` says of the units.
 *
 * @module
 */

import type { IndexedUnit } from "../spec/project-index.ts";
import type { UnitStatus } from "../spec/status.ts";
import type { BlobId, TreeId } from "../store/id.ts";
import type { Context } from "./context.ts";
import { columns, count } from "./text.ts";

export const STATUS_TEXT: Readonly<Record<UnitStatus["status"], string>> = {
  active: "✓ checkpoint active",
  missing: "⚠ no checkpoint",
  drift: "⚠ drift detected",
  candidate: "… candidate, not saved",
};

export interface ScanRow {
  readonly unit: Pick<IndexedUnit, "id" | "kind" | "file" | "line" | "examples">;
  readonly specHash: BlobId;
  readonly status: UnitStatus["status"];
  readonly checkpointHash: TreeId | undefined;
}

/** Entries of `units` in the document. */
export function scanDocuments(rows: readonly ScanRow[]): unknown[] {
  return rows.map(({ unit: { id, kind, file, line, examples }, status, specHash, checkpointHash }) => ({
    id,
    kind,
    file,
    line,
    examples,
    status,
    specHash,
    checkpointHash: checkpointHash ?? null,
  }));
}

export function sayUnits(context: Pick<Context, "say" | "colour">, rows: readonly ScanRow[]): void {
  if (rows.length === 0) context.say("No units found.");
  else context.say(`Found ${count(rows.length, "unit")}:`);
  const paint = { active: context.colour.green, missing: context.colour.yellow, drift: context.colour.yellow, candidate: context.colour.cyan };
  const lines = columns(rows.map(({ unit: { id, examples }, status }) => [id, `[${count(examples, "example")}]`, STATUS_TEXT[status]]));
  rows.forEach(({ status }, i) => {
    const text = STATUS_TEXT[status];
    context.say(`  ${(lines[i] ?? "").replace(text, paint[status](text))}`);
  });
}
