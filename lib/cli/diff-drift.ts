/**
 * Drift as a comment shows it: what changed in the spec, how the prompt changes with it, and the candidate's code where there is one.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { renderPrompt } from "../generate/prompt.ts";
import { patchOf, type Patch } from "../history/patch.ts";
import type { HashedSpec } from "../spec/types.ts";
import { unitStatus, type UnitStatus } from "../spec/status.ts";
import { usesChanges } from "../spec/uses.ts";
import type { Context } from "./context.ts";
import type { MarkdownReport, MarkdownUnit } from "./diff-markdown.ts";
import { selectUnits } from "./units.ts";

/** The units that are not what is active, and those that cannot be read. */
export async function driftReport(context: Context, targets: readonly string[] = []): Promise<Pick<MarkdownReport, "units" | "total">> {
  const { units, broken } = selectUnits(context, targets);
  const store = context.store();
  const found: MarkdownUnit[] = broken.map(({ id, file, line, error }) => ({ id, state: "broken", changes: [`${error.message}\nfix: ${error.remedy}`], patches: [], location: `${file}:${line}` }));
  for (const hashed of units) {
    const state = unitStatus(store, hashed);
    const moved = state.status === "active" ? usesChanges(context.workspace(), hashed, state.active?.verification?.witness) : [];
    if (state.status === "active" && moved.length === 0) continue;
    const { spec } = hashed;
    found.push({
      id: spec.id,
      state: state.active === undefined ? "missing" : "drift",
      changes: [...state.changes, ...moved].map(({ text }) => text),
      patches: await patchesOf(context, hashed, state),
      location: `${spec.file}:${spec.line}`,
    });
  }
  return { units: found, total: units.length + broken.length };
}

async function patchesOf(context: Context, hashed: HashedSpec, { active, candidate }: UnitStatus): Promise<Patch[]> {
  const patches = [
    candidate === undefined ? undefined : await patchOf({ path: "impl.ts", before: active?.impl, after: candidate.impl }),
    await patchOf({ path: "prompt.md", before: active?.prompt, after: await promptOf(context, hashed) }),
  ];
  return patches.filter((patch) => patch !== undefined);
}

async function promptOf(context: Context, hashed: HashedSpec): Promise<string | undefined> {
  try {
    return await renderPrompt(context.workspace(), hashed, []);
  } catch (error) {
    // A spec or template that no prompt can be made of: `vibe compile` says why.
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}
