/**
 * What the reporters of `vibe test` are given: units with their gates, each gate's lines as cases.
 *
 * @module
 */

import type { Context } from "../context.ts";

export interface ReportedCase {
  /** `examples: add(1, 2)` */
  readonly name: string;
  readonly passed: boolean;
  readonly message?: string;
}

export interface ReportedGate {
  readonly name: string;
  readonly passed: boolean;
  readonly durationMs: number;
  readonly cases: readonly ReportedCase[];
}

export interface ReportedUnit {
  readonly id: string;
  /** POSIX path from the project root. */
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  readonly gates: readonly ReportedGate[];
  /** Why there is no gate: nothing is compiled, or the spec is broken. */
  readonly error?: { readonly message: string; readonly remedy: string };
}

/** Prints units; `spec` is the output for people, printed by the command itself. */
export type Reporter = (context: Context, units: readonly ReportedUnit[]) => void;

/** All that failed of a unit, as text. */
export function failureText({ gates, error }: ReportedUnit): string {
  if (error !== undefined) return `${error.message}; ${error.remedy}`;
  return gates.flatMap(({ cases }) => cases.flatMap(({ name, passed, message }) => (passed ? [] : [message === undefined ? name : `${name}\n${message}`]))).join("\n\n");
}
