/**
 * What to do next about a unit.
 *
 * @module
 */

import { countExamples } from "../compile/count-examples.ts";
import { isVerified } from "../spec/checkpoint.ts";
import type { UnitStatus } from "../spec/status.ts";
import type { HashedSpec } from "../spec/types.ts";

export interface NextStep {
  readonly title: string;
  readonly what: string;
  /** The command to run. */
  readonly command: string;
  /** What to write before that. */
  readonly first?: string;
}

/** The one step that brings a unit nearer to production, or undefined when it is there. */
export function nextStep({ spec }: HashedSpec, state: UnitStatus): NextStep | undefined {
  const { id } = spec;
  if (state.status === "active") {
    if (state.active === undefined || isVerified(state.active)) return undefined;
    return { title: "Verify", what: `${id} (its save is unverified)`, command: `vibe compile --force --target ${id}` };
  }
  if (countExamples(spec) === 0) {
    return { title: "Add an example", what: `${id} (${spec.file}:${spec.line})`, command: `vibe compile --target ${id}`, first: "add an example to its doc comment" };
  }
  if (state.status === "candidate") return { title: "Save", what: id, command: `vibe save --target ${id}` };
  return { title: state.status === "drift" ? "Recompile" : "Compile", what: id, command: `vibe compile --target ${id}` };
}
