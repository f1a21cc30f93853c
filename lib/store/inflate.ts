/**
 * zlib, with bounds: nothing here allocates more than the caller expects.
 *
 * @module
 */

import { constants, inflateSync } from "node:zlib";
import { errorCode } from "./files.ts";
import { inflateSmall } from "./inflate-engine.ts";

export interface Inflated {
  readonly bytes: Uint8Array;
  /** How many bytes of the input the stream took. */
  readonly consumed: number;
}

/** Longer streams are worth an engine of their own. */
const LARGEST_SMALL: number = 1 << 16;

/** Why a stream was refused. */
export type InflateFailure = "corrupt" | "truncated" | "longer";

/**
 * Inflates one whole zlib stream at the beginning of `input`.
 *
 * @param limit - most bytes that may come out
 */
export function inflateStream(input: Uint8Array, limit: number): Inflated | InflateFailure {
  // Whatever it does not take, zlib's own interface says what is wrong with.
  return (input.length <= LARGEST_SMALL ? inflateSmall(input, limit) : undefined) ?? run(input, limit, constants.Z_FINISH);
}

/** Inflates what the first bytes of a stream give, however incomplete; at most some 1000 times the input (zlib's best ratio). */
export function inflatePrefix(input: Uint8Array): Inflated | InflateFailure {
  return run(input, input.length * 1100 + 4096, constants.Z_SYNC_FLUSH);
}

function run(input: Uint8Array, limit: number, finishFlush: number): Inflated | InflateFailure {
  let result: unknown;
  try {
    // `info` makes the engine part of the result, whose bytesWritten is what it took: what follows the stream is seen.
    const chunkSize = Math.max(1024, Math.min(limit + 1, input.length * 4, 1 << 16));
    result = inflateSync(input, { maxOutputLength: Math.max(1, limit), info: true, finishFlush, chunkSize });
  } catch (error) {
    const code = errorCode(error);
    if (code === "ERR_BUFFER_TOO_LARGE") return "longer";
    if (code === "Z_BUF_ERROR") return "truncated";
    if (code === "Z_DATA_ERROR" || code === "Z_NEED_DICT" || code === "Z_STREAM_ERROR") return "corrupt";
    throw error;
  }
  if (!isInfo(result)) throw new TypeError("node:zlib gave no engine");
  return { bytes: result.buffer, consumed: result.engine.bytesWritten };
}

function isInfo(value: unknown): value is { buffer: Uint8Array; engine: { bytesWritten: number } } {
  if (typeof value !== "object" || value === null || !("engine" in value) || !("buffer" in value)) return false;
  const { engine, buffer } = value;
  return buffer instanceof Uint8Array && typeof engine === "object" && engine !== null && "bytesWritten" in engine;
}
