/**
 * What a command's end tells the shell.
 *
 * @module
 */

import type { ErrorCode } from "../errors.ts";

/** 0 done, 1 a check failed, 2 wrong usage or configuration, 3 provider or remote failure, 4 integrity failure. */
export type ExitStatus = 0 | 1 | 2 | 3 | 4;

/** Exit status of a process that Ctrl-C ended: 128 + SIGINT, as shells have it. */
export const INTERRUPTED = 130;

export const EXIT_STATUS: Readonly<Record<ErrorCode, ExitStatus>> = {
  MISSING_DOCTEST: 1,
  TYPE_ERROR: 1,
  VALIDATION_FAILED: 1,
  CHECKPOINT_MISSING: 1,
  STORE_BUSY: 1,
  CONFIG_INVALID: 2,
  USAGE: 2,
  PROVIDER_FAILED: 3,
  REMOTE_FAILED: 3,
  HASH_MISMATCH: 4,
  STORE_BROKEN: 4,
};

/** The gravest of several outcomes; 0 for none. */
export function highest(statuses: Iterable<ExitStatus>): ExitStatus {
  let worst: ExitStatus = 0;
  for (const status of statuses) if (status > worst) worst = status;
  return worst;
}
