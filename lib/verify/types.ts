/**
 * What the gates are given and what they say.
 *
 * @module
 */

import type { MutationReport } from "./mutation/report.ts";
import type { HashedSpec, UnitId } from "../spec/types.ts";

/** `examples`, `types`, `lint`, `properties`, `coverage`, `mutation`, or as the configuration names a command. */
export type GateName = string;

/** Code to be judged, with its spec. */
export interface GateSubject {
  readonly hashed: HashedSpec;
  /** `impl.ts`, the generated module. */
  readonly impl: string;
}

/** One line of a gate's result: an example, a property, a diagnostic. */
export interface GateDetail {
  readonly title: string;
  readonly passed: boolean;
  /** Why it failed, for a person and for the model: no colour, no time, no path of the machine. */
  readonly message?: string;
}

/** What the sandbox stopped a unit for; `crashed` is an end without a verdict. */
export type Stop = "timeout" | "memory" | "access" | "crashed";

export interface GateResult {
  readonly name: GateName;
  readonly passed: boolean;
  readonly tool: string;
  readonly version: string;
  readonly durationMs: number;
  readonly details: readonly GateDetail[];
  /** The gate failed and the sandbox had stopped the unit. */
  readonly stopped?: Stop;
}

export interface Verdict {
  readonly unit: UnitId;
  readonly passed: boolean;
  readonly gates: readonly GateResult[];
  /** What became of each mutant, where they were asked for and the examples pass. */
  readonly mutation?: MutationReport;
}
