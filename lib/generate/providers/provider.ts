/**
 * What every provider of completions is: the seam between the compile loop and whoever answers prompts.
 *
 * @module
 */

import type { UnitId } from "../../spec/types.ts";

export interface CompletionRequest {
  readonly prompt: string;
  readonly unit: UnitId;
  /** From 1; the prompts of later attempts hold what went wrong before. */
  readonly attempt: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Completion {
  readonly text: string;
  /** As the server named it, which may be more exact than what was asked for. */
  readonly model: string;
  readonly usage?: Usage;
  readonly finishReason?: string;
  readonly responseId?: string;
}

export interface Provider {
  /**
   * Answers a prompt.
   *
   * @throws VibesafeProviderError when there is no whole answer; `signal.reason` when the caller gave up
   */
  complete(request: CompletionRequest): Promise<Completion>;
}

/** Longest answer that is read, in bytes; far beyond what a model writes, far below what hurts. */
export const MAX_REPLY_BYTES: number = 8 * 1024 * 1024;

/** UTF-8 to text; undefined for bytes that are none. A leading byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
