/**
 * One unit on its way through the attempts of a compilation.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { VibesafeProviderError, type VibesafeError } from "../errors.ts";
import type { Attempt, Provenance } from "../spec/checkpoint/provenance.ts";
import type { HashedSpec } from "../spec/types.ts";
import { VERSION } from "../version.ts";
import type { ProviderConfig } from "../project/config.ts";
import type { Candidate } from "./candidate.ts";
import type { CompileFailure, CompileResult, CompileStage } from "./types.ts";

/** A reply as it came, from the provider or the cache. */
export interface Reply {
  readonly prompt: string;
  readonly text: string;
  readonly model: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number } | null;
  readonly cached: boolean;
  readonly durationMs: number;
}

/** What is known of a unit between two attempts. Changed in place: a run lives as long as one call of `compileUnits`. */
export interface UnitRun {
  readonly hashed: HashedSpec;
  readonly provider: ProviderConfig;
  readonly startedAt: Date;
  readonly feedback: string[];
  readonly attempts: Attempt[];
  /** A provider was asked; a cached reply does not count. */
  asked: boolean;
  /** The last reply was the same as the one before it. */
  repeated: boolean;
  candidate: Candidate | undefined;
  failure: CompileFailure | undefined;
  result: CompileResult | undefined;
}

export function startRun(hashed: HashedSpec, provider: ProviderConfig): UnitRun {
  return {
    hashed,
    provider,
    startedAt: new Date(),
    feedback: [],
    attempts: [],
    asked: false,
    repeated: false,
    candidate: undefined,
    failure: undefined,
    result: undefined,
  };
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

export interface Outcome {
  readonly outcome: Attempt["outcome"];
  readonly stage?: string;
  readonly message?: string;
}

/** The attempt that `reply` answers, as `provenance.json` keeps it. */
export function attemptOf(run: UnitRun, reply: Reply, outcome: Outcome): Attempt {
  return {
    attempt: run.attempts.length + 1,
    cached: reply.cached,
    ...outcome,
    usage: reply.usage,
    durationMs: reply.durationMs,
    responseDigest: digestOf(reply.text),
  };
}

/** Provenance of the candidate made from the last of `run.attempts`. */
export function provenanceOf(run: UnitRun, reply: Reply, tools: Readonly<Record<string, string>>): Provenance {
  const { provider, hashed } = run;
  return {
    format: 1,
    vibesafe: VERSION,
    provider: {
      name: provider.name,
      kind: provider.kind,
      model: reply.model,
      temperature: provider.temperature ?? null,
      seed: provider.seed ?? null,
      max_tokens: provider.max_tokens ?? null,
      reasoning_effort: provider.reasoning_effort ?? null,
      service_tier: provider.service_tier ?? null,
      base_url: provider.base_url ?? null,
    },
    attempts: [...run.attempts],
    startedAt: run.startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    responseDigest: digestOf(reply.text),
    versions: { node: process.versions.node, ...tools },
    materials: hashed.materials,
  };
}

/** The failure as results tell it. */
export function failureOf(error: VibesafeError, stage: CompileStage): CompileFailure {
  return { code: error.code, stage, message: error.message, ...(error instanceof VibesafeProviderError && { failure: error.failure }), remedy: error.remedy };
}

/** Ends the run: with the candidate that passed, or with the failure that it carries. */
export function finishRun(run: UnitRun, passed?: { readonly unverified: boolean }): CompileResult {
  const failure = passed === undefined ? run.failure : undefined;
  const result: CompileResult = {
    id: run.hashed.spec.id,
    status: passed === undefined ? "failed" : "compiled",
    specHash: run.hashed.specHash,
    checkpointHash: run.candidate?.checkpointHash ?? null,
    candidate: run.candidate?.commitId ?? null,
    cached: !run.asked,
    attempts: run.attempts.length,
    ...(run.attempts.length > 0 && { history: [...run.attempts] }),
    unverified: passed?.unverified ?? false,
    ...(failure !== undefined && { error: failure }),
  };
  run.result = result;
  return result;
}
