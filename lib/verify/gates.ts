/**
 * The gates: every check that generated code must pass, run over many units at once.
 *
 * @module
 */

import type { UnitId } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import type { GateResult, GateSubject, Verdict } from "./types.ts";

export { gateKey } from "./gate-key.ts";

export interface GateOptions {
  /** Ends everything that runs; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called as each gate of each unit is decided, in no fixed order. */
  readonly onProgress?: (done: { readonly unit: UnitId; readonly gate: GateResult }) => void;
  /** Code of the other units that the code under test may call: `impl.ts` of their candidate or active save. */
  readonly implementations?: (unit: UnitId) => string | undefined;
}

/**
 * Judges all subjects; the verdicts are in the order of the subjects. Code that cannot be judged fails.
 *
 * @throws VibesafeConfigError when the project's own settings (tsconfig, lint configuration) keep a gate from running
 */
export async function runGates(workspace: Workspace, subjects: readonly GateSubject[], options: GateOptions = {}): Promise<Verdict[]> {
  options.signal?.throwIfAborted();
  void workspace;
  return subjects.map(({ hashed }) => ({ unit: hashed.spec.id, passed: false, gates: [] }));
}
