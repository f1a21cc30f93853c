/**
 * What a mutation check found.
 *
 * @module
 */

import type { UnitId } from "../../spec/types.ts";

/**
 * `killed`: an example or property failed. `timeout`: none ended in time, which is as good. `survived`: all passed. `no-coverage`: no
 * example reaches the code, so none was run.
 */
export type MutantStatus = "killed" | "timeout" | "survived" | "no-coverage";

export interface MutantResult {
  readonly mutator: string;
  /** In `impl.ts`, from 1. */
  readonly line: number;
  readonly column: number;
  readonly status: MutantStatus;
  /** The changed lines, before with `- `, after with `+ `. */
  readonly diff: string;
  /** The example or property that noticed. */
  readonly killedBy?: string;
}

export interface MutationReport {
  readonly unit: UnitId;
  /** Percent of the tried mutants that were noticed; null where there is none. */
  readonly score: number | null;
  /** Mutants that there are; more than were tried where the limit is lower. */
  readonly total: number;
  readonly mutants: readonly MutantResult[];
}
