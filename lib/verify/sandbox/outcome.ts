/**
 * What a pool of sandbox children is asked and what it answers.
 *
 * @module
 */

import type { Job, JobReport } from "./protocol.ts";
import type { Programs } from "./program.ts";

export type JobSpec = Omit<Job, "kind" | "nonce" | "timeoutMs" | "tellsSteps">;

export type JobOutcome =
  | { readonly kind: "report"; readonly report: JobReport; readonly ms: number }
  /** No answer is a fail; `step` is the one that was running, undefined while loading. */
  | { readonly kind: "timeout" | "memory" | "crashed"; readonly step: number | undefined; readonly ms: number };

export interface PoolOptions {
  readonly sandboxed: boolean;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly size: number;
  readonly programs: Programs;
  readonly fastCheck: () => Promise<string>;
  readonly signal?: AbortSignal | undefined;
}
