/**
 * Verdict files: `cache/verdicts/<H_chk>.json` in the store says how the gates judged a candidate.
 *
 * They are a cache: never committed, never enough to save or to run in production. Losing one costs a run of the gates.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TreeId } from "../store/id.ts";

export interface CandidateVerdict {
  /** H_chk of the candidate that was judged. */
  readonly checkpoint: TreeId;
  /** Digest of everything but the candidate that the verdict depends on: tools, settings, sandbox. */
  readonly gateKey: string;
  readonly passed: boolean;
  /** Nothing failed, but the spec has no example: dev may run it, `save` and production refuse it. */
  readonly unverified: boolean;
}

/** Where the verdict on a checkpoint lies. */
export function verdictPath(storeDir: string, checkpoint: TreeId): string {
  return join(storeDir, "cache", "verdicts", `${checkpoint}.json`);
}

/** The text of a verdict file; keys sorted, so that the same verdict is the same bytes. */
export function formatVerdict({ checkpoint, gateKey, passed, unverified }: CandidateVerdict): string {
  return `${JSON.stringify({ checkpoint, gateKey, passed, unverified }, undefined, 2)}\n`;
}

/**
 * Parses the text of a verdict file on `checkpoint`. A torn or foreign file is no verdict, so the gates run again.
 *
 * @returns undefined for anything but what `formatVerdict` writes for this very checkpoint
 */
export function parseVerdict(text: string, checkpoint: TreeId): CandidateVerdict | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { gateKey, passed, unverified } = value as Partial<Record<keyof CandidateVerdict, unknown>>;
  if (typeof gateKey !== "string" || typeof passed !== "boolean" || typeof unverified !== "boolean") return undefined;
  const verdict: CandidateVerdict = { checkpoint, gateKey, passed, unverified };
  return formatVerdict(verdict) === text ? verdict : undefined;
}

/** Reads the verdict on a checkpoint, or undefined when there is none that can be used. */
export function readVerdict(storeDir: string, checkpoint: TreeId): CandidateVerdict | undefined {
  let text: string;
  try {
    text = readFileSync(verdictPath(storeDir, checkpoint), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parseVerdict(text, checkpoint);
}
