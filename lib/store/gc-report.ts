/**
 * What gc is asked for and reports.
 *
 * @module
 */

export interface GcOptions {
  /** Unreachable objects that were written or re-used within so many seconds are kept: somebody may be about to name them. Two weeks, as git. */
  readonly graceSeconds?: number;
  /** Finds out what would be done, and does nothing. */
  readonly dryRun?: boolean;
  /** Prunes the cache too: candidates that no ref holds, and their logs, older than the grace period. */
  readonly cache?: boolean;
  /** Gathers refs in `packed-refs`, as git's gc does. Not by itself: files merge better in the project's own repository. */
  readonly packRefs?: boolean;
  /** Seconds since 1970. */
  readonly now?: number;
}

export interface GcReport {
  /** Objects in the new pack, which holds all that can be reached; 0 when there was nothing to pack. */
  readonly packed: number;
  /** Unreachable objects that were removed. */
  readonly pruned: number;
  /** Unreachable objects that are too young, or named by one that is. */
  readonly kept: number;
  /** Copies in the cache of what is saved, removed. */
  readonly cacheCopies: number;
  /** Refs that were gathered in `packed-refs`. */
  readonly packedRefs: number;
  /** Objects and packs, in the store and its cache. */
  readonly bytesBefore: number;
  /** After a dry run: without what packing would save. */
  readonly bytesAfter: number;
}

export const DEFAULT_GRACE_SECONDS: number = 14 * 86_400;
