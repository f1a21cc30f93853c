/**
 * Every error that vibesafe throws on purpose.
 *
 * Each says what was found and where (`message`), carries a stable `code`, the unit it concerns, if any, and the command or edit
 * that mends it (`remedy`). The command line translates `code` into an exit status in one table.
 *
 * @module
 */

export type ErrorCode =
  | "MISSING_DOCTEST"
  | "TYPE_ERROR"
  | "VALIDATION_FAILED"
  | "PROVIDER_FAILED"
  | "HASH_MISMATCH"
  | "CHECKPOINT_MISSING"
  | "CONFIG_INVALID"
  | "REMOTE_FAILED"
  | "STORE_BROKEN"
  | "STORE_BUSY"
  | "USAGE";

export interface VibesafeErrorOptions extends ErrorOptions {
  /** Unit that the error concerns, `<module.path>/<name>`. */
  unit?: string | undefined;
  /** What to run or edit next; one line, imperative. */
  remedy: string;
}

export abstract class VibesafeError extends Error {
  abstract readonly code: ErrorCode;
  readonly unit: string | undefined;
  readonly remedy: string;

  constructor(message: string, options: VibesafeErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.unit = options.unit;
    this.remedy = options.remedy;
  }
}

/** A spec has no example, and what was asked needs one. */
export class VibesafeMissingDoctest extends VibesafeError {
  override readonly name = "VibesafeMissingDoctest";
  readonly code = "MISSING_DOCTEST";
}

/** A spec cannot be used as it stands: no types, no hole, two holes, a name that does not resolve, a file that does not parse. */
export class VibesafeTypeError extends VibesafeError {
  override readonly name = "VibesafeTypeError";
  readonly code = "TYPE_ERROR";
}

/** Generated code was refused: by the validation of its shape, by the policy, or by a gate. */
export class VibesafeValidationError extends VibesafeError {
  override readonly name = "VibesafeValidationError";
  readonly code = "VALIDATION_FAILED";
}

/** Why a provider gave no usable completion. */
export type ProviderFailure = "auth" | "quota" | "timeout" | "refusal" | "truncated" | "network" | "rejected" | "malformed" | "missing";

export interface VibesafeProviderErrorOptions extends VibesafeErrorOptions {
  failure: ProviderFailure;
}

/** A provider failed: no key, no quota, no answer, or an answer that is no completion. Never fed back to the model. */
export class VibesafeProviderError extends VibesafeError {
  override readonly name = "VibesafeProviderError";
  readonly code = "PROVIDER_FAILED";
  readonly failure: ProviderFailure;

  constructor(message: string, options: VibesafeProviderErrorOptions) {
    super(message, options);
    this.failure = options.failure;
  }
}

/** Bytes do not hash to their name, or the spec as deployed is not the spec of the active checkpoint. */
export class VibesafeHashMismatch extends VibesafeError {
  override readonly name = "VibesafeHashMismatch";
  readonly code = "HASH_MISMATCH";
}

/** A unit has no active checkpoint, or only one that production may not run. */
export class VibesafeCheckpointMissing extends VibesafeError {
  override readonly name = "VibesafeCheckpointMissing";
  readonly code = "CHECKPOINT_MISSING";
}

/** `vibesafe.toml`, a mode, or another setting is wrong. */
export class VibesafeConfigError extends VibesafeError {
  override readonly name = "VibesafeConfigError";
  readonly code = "CONFIG_INVALID";
}

export interface VibesafeStoreErrorOptions extends VibesafeErrorOptions {
  /** Nothing is broken: another process was faster, or holds the lock. */
  busy?: boolean;
}

/** The store cannot be read or written: a broken object or ref, a full disk (`STORE_BROKEN`); a held lock, a lost race (`STORE_BUSY`). */
export class VibesafeStoreError extends VibesafeError {
  override readonly name = "VibesafeStoreError";
  readonly code: "STORE_BROKEN" | "STORE_BUSY";

  constructor(message: string, options: VibesafeStoreErrorOptions) {
    super(message, options);
    this.code = options.busy === true ? "STORE_BUSY" : "STORE_BROKEN";
  }
}

/** A remote cannot be reached, does not let in, breaks off, or answers with what is not git's protocol. */
export class VibesafeRemoteError extends VibesafeError {
  override readonly name = "VibesafeRemoteError";
  readonly code = "REMOTE_FAILED";
}

/** The command or function was called wrongly. */
export class VibesafeUsageError extends VibesafeError {
  override readonly name = "VibesafeUsageError";
  readonly code = "USAGE";
}
