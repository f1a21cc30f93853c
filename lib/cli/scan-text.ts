/**
 * What `vibe scan` says of the units.
 *
 * @module
 */

import type { Change } from "../spec/explain.ts";
import type { IndexedUnit } from "../spec/project-index.ts";
import type { UnitStatus } from "../spec/status.ts";
import type { BlobId, TreeId } from "../store/id.ts";
import type { Context } from "./context.ts";
import { acceptCommand } from "./moved-uses.ts";
import { columns, count } from "./text.ts";

export const STATUS_TEXT: Readonly<Record<UnitStatus["status"], string>> = {
  active: "✓ checkpoint active",
  missing: "⚠ no checkpoint",
  drift: "⚠ drift detected",
  candidate: "… candidate, not saved",
};

const MOVED_TEXT = "⚠ its code imports what changed";

export interface ScanRow {
  readonly unit: Pick<IndexedUnit, "id" | "kind" | "file" | "line" | "examples">;
  readonly specHash: BlobId;
  readonly status: UnitStatus["status"];
  readonly checkpointHash: TreeId | undefined;
  /** What its code imports that is not what it was verified with. */
  readonly moved?: readonly Change[];
}

/** Entries of `units` in the document. */
export function scanDocuments(rows: readonly ScanRow[]): unknown[] {
  return rows.map(({ unit: { id, kind, file, line, examples }, status, specHash, checkpointHash, moved = [] }) => ({
    id,
    kind,
    file,
    line,
    examples,
    status,
    specHash,
    checkpointHash: checkpointHash ?? null,
    ...(moved.length > 0 && { changes: moved }),
  }));
}

export function sayUnits(context: Pick<Context, "say" | "colour">, rows: readonly ScanRow[]): void {
  if (rows.length === 0) context.say("No units found.");
  else context.say(`Found ${count(rows.length, "unit")}:`);
  const paint = { active: context.colour.green, missing: context.colour.yellow, drift: context.colour.yellow, candidate: context.colour.cyan };
  const textOf = ({ status, moved = [] }: ScanRow): string => (moved.length > 0 ? MOVED_TEXT : STATUS_TEXT[status]);
  const lines = columns(rows.map((row) => [row.unit.id, `[${count(row.unit.examples, "example")}]`, textOf(row)]));
  rows.forEach((row, i) => {
    const { unit, status, moved = [] } = row;
    context.say(`  ${(lines[i] ?? "").replace(textOf(row), (text) => (moved.length > 0 ? context.colour.yellow : paint[status])(text))}`);
    for (const { text } of moved) context.say(`      - ${text}`);
    if (moved.length > 0) context.say(`      fix: undo the change, or verify the code anew: \`${acceptCommand(unit.id)}\``);
  });
}
