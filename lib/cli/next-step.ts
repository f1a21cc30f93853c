/**
 * What to do next about a unit.
 *
 * @module
 */

import type { Change } from "../spec/explain.ts";
import type { IndexedUnit } from "../spec/project-index.ts";
import type { UnitStatus } from "../spec/status.ts";
import { acceptCommand } from "./moved-uses.ts";

/** Whether no more than settings, the template or vibesafe changed: the code may well be right, and no model is needed to find out. */
export function areSettings(changes: readonly Change[]): boolean {
  return changes.length > 0 && changes.every(({ field }) => /^(?:provider|template|vibesafe|format)\b/.test(field));
}

export type StepUnit = Pick<IndexedUnit, "id" | "file" | "line" | "examples">;

export interface NextStep {
  readonly title: string;
  readonly what: string;
  /** The command to run. */
  readonly command: string;
  /** What to write before that. */
  readonly first?: string;
}

/**
 * The one step that brings a unit nearer to production, or undefined when it is there.
 *
 * @param ready - production takes its active save
 * @param changes - since that save, as far as they are known; of an active one, of what its code imports
 */
export function nextStep({ id, file, line, examples }: StepUnit, status: UnitStatus["status"], ready: boolean, changes: readonly Change[] = []): NextStep | undefined {
  if (status === "active" && changes.length > 0) {
    return { title: "Accept", what: `${id}: ${changes.map(({ text }) => text).join("; ")} (\`${acceptCommand(id)}\`)`, command: acceptCommand(id) };
  }
  if (status === "active") {
    return ready ? undefined : { title: "Verify", what: `${id} (its save is unverified)`, command: `vibe compile --force --target ${id}` };
  }
  if (examples === 0) {
    return { title: "Add an example", what: `${id} (${file}:${line})`, command: `vibe compile --target ${id}`, first: "add an example to its doc comment" };
  }
  if (status === "candidate") return { title: "Save", what: id, command: `vibe save --target ${id}` };
  if (status === "drift" && areSettings(changes)) return { title: "Accept", what: id, command: `vibe accept --target ${id}` };
  return { title: status === "drift" ? "Recompile" : "Compile", what: id, command: `vibe compile --target ${id}` };
}
