/**
 * What to do next about a unit.
 *
 * @module
 */

import type { IndexedUnit } from "../spec/project-index.ts";
import type { UnitStatus } from "../spec/status.ts";

export type StepUnit = Pick<IndexedUnit, "id" | "file" | "line" | "examples">;

export interface NextStep {
  readonly title: string;
  readonly what: string;
  /** The command to run. */
  readonly command: string;
  /** What to write before that. */
  readonly first?: string;
}

/** The one step that brings a unit nearer to production, or undefined when it is there. @param ready - production takes its active save */
export function nextStep({ id, file, line, examples }: StepUnit, status: UnitStatus["status"], ready: boolean): NextStep | undefined {
  if (status === "active") {
    return ready ? undefined : { title: "Verify", what: `${id} (its save is unverified)`, command: `vibe compile --force --target ${id}` };
  }
  if (examples === 0) {
    return { title: "Add an example", what: `${id} (${file}:${line})`, command: `vibe compile --target ${id}`, first: "add an example to its doc comment" };
  }
  if (status === "candidate") return { title: "Save", what: id, command: `vibe save --target ${id}` };
  return { title: status === "drift" ? "Recompile" : "Compile", what: id, command: `vibe compile --target ${id}` };
}
