/**
 * What compiling a unit takes and yields.
 *
 * @module
 */

import type { ErrorCode, ProviderFailure } from "../errors.ts";
import type { BlobId, CommitId, TreeId } from "../store/id.ts";
import type { Identity } from "../store/commit.ts";
import type { Attempt } from "../spec/checkpoint/provenance.ts";
import type { UnitId } from "../spec/types.ts";

/** Where a unit's compilation ended; `sandbox`: the time or memory limit, or access to what a unit may not have, kept a gate from passing. */
export type CompileStage = "spec" | "provider" | "validate" | "policy" | "sandbox" | `gate:${string}`;

export interface CompileFailure {
  readonly code: ErrorCode;
  readonly stage: CompileStage;
  readonly message: string;
  /** Why a provider gave no reply. */
  readonly failure?: ProviderFailure;
  /** What to do next, one line. */
  readonly remedy: string;
}

export interface CompileResult {
  readonly id: UnitId;
  readonly status: "compiled" | "unchanged" | "failed";
  /** Null when the spec could not be hashed. */
  readonly specHash: BlobId | null;
  /** Of the candidate or active save that stands for this spec now; on a failure, of the last candidate, if there is one. */
  readonly checkpointHash: TreeId | null;
  readonly candidate: CommitId | null;
  /** No provider was asked: nothing changed, or every reply came from the response cache. */
  readonly cached: boolean;
  /** Replies looked at in this run. */
  readonly attempts: number;
  /** Those replies, and what became of each; not given where none was looked at. */
  readonly history?: readonly Attempt[];
  /** Passed, but without an example: dev may run it, save refuses it. */
  readonly unverified: boolean;
  /** No provider was asked, because somebody had saved code for this very spec. */
  readonly reused?: Reused;
  readonly error?: CompileFailure;
}

/** Whose save the code of a candidate comes from. */
export interface Reused {
  readonly from: CommitId;
  /** Unit that it was saved for. */
  readonly unit: UnitId;
  /** Ref in whose history it lies, and the remote whose ref that is. */
  readonly ref: string;
  readonly remote: string | null;
  readonly by: { readonly name: string; readonly email: string };
}

export type CompileEvent =
  | { readonly kind: "ask"; readonly unit: UnitId; readonly attempt: number }
  | { readonly kind: "gates"; readonly units: number; readonly attempt: number }
  | { readonly kind: "done"; readonly unit: UnitId; readonly status: CompileResult["status"]; readonly finished: number; readonly total: number };

export interface CompileOptions {
  /** Author and committer of the candidates. */
  readonly identities: { readonly author: Identity; readonly committer: Identity };
  /** Compile what has not changed as well, and ask the provider anew. */
  readonly force?: boolean;
  /** Replies a unit may take; the configuration's `max_attempts` if not given. */
  readonly maxAttempts?: number;
  /** Most requests to providers, over all units; no limit if not given. Cached replies cost nothing. */
  readonly budget?: number;
  /** Requests at a time; the configuration's `concurrency` if not given. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: CompileEvent) => void;
}
