/**
 * What the parent tells a sandbox child, and what it hears back. Both sides of one wire, in one file.
 *
 * Parent to child, on standard input: messages, each as its length in bytes, a line feed, and JSON. Child to parent, on descriptor 3:
 * one JSON document a line; a line without the nonce of the job that is running is not from the harness and is dropped.
 *
 * @module
 */

/** How the outcome of a statement is judged; texts and flags of the spec's `Expectation`. */
export type StepExpectation =
  | { readonly kind: "none" }
  | { readonly kind: "throws"; readonly name: string; readonly message: string }
  | { readonly kind: "throwsValue" }
  | { readonly kind: "output"; readonly text: string; readonly expression: boolean };

export interface StepPlan {
  readonly expected: StepExpectation;
  /** Whether the statement itself awaits. */
  readonly awaits: boolean;
  /** Index among the expected values that are made before generated code is there. */
  readonly early?: number;
}

export interface Job {
  readonly kind: "job";
  readonly nonce: string;
  /** A function expression over `hook`, `lock`, `require` and `fc`. */
  readonly code: string;
  readonly steps: readonly StepPlan[];
  /** Node's modules that are lent to the realm; all others refuse to work. */
  readonly lent: readonly string[];
  readonly fastCheck: boolean;
  readonly seed: number;
  readonly timeoutMs: number;
  /** Whether each step is told as it begins, to know which one was stopped: that costs a system call a step. */
  readonly tellsSteps: boolean;
}

export type ToChild =
  | Job
  /** Script that furnishes a realm; comes once, first. */
  | { readonly kind: "realm"; readonly code: string }
  /** fast-check as a function expression that returns it; comes once, before the first job that needs it. */
  | { readonly kind: "fastCheck"; readonly code: string };

export interface Thrown {
  /** `RangeError: not an integer: x`, or the text of what was thrown if it is no error. */
  readonly text: string;
  readonly stack: string;
}

/** Why a step did not pass. */
export type Problem =
  /** `changed`: the example gave the expected expression another value, which is the one received. */
  | { readonly kind: "value"; readonly expected: string; readonly received: string; readonly changed?: true }
  | { readonly kind: "printed"; readonly expected: string; readonly received: string }
  | { readonly kind: "inspected"; readonly expected: string; readonly received: string }
  | { readonly kind: "threw"; readonly error: Thrown; readonly expected: string | undefined }
  | { readonly kind: "wrongError"; readonly expected: string; readonly error: Thrown }
  | { readonly kind: "noError"; readonly expected: string; readonly received: string }
  /** The value cannot be judged: a proxy, a getter. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "pending"; readonly reason: string }
  /** The expected expression itself threw. */
  | { readonly kind: "expectation"; readonly error: Thrown };

export interface StepReport {
  readonly problem?: Problem;
  readonly printed: string;
}

export interface JobReport {
  /** The modules or the generated code did not load; then there is no step. */
  readonly load?: Thrown;
  readonly steps: readonly StepReport[];
  /** What failed outside of any statement: rejections that nobody handled, errors in timers. */
  readonly uncaught: readonly Thrown[];
  /** Something of the machine was asked for: a file, a process, the network. */
  readonly denied: boolean;
  /** Counters of branches that were reached. */
  readonly reached: readonly number[];
}

export type FromChild =
  /** The first line: the harness runs. */
  | { readonly ready: true }
  | { readonly nonce: string; readonly step: number }
  | { readonly nonce: string; readonly report: JobReport };
