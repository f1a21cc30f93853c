/**
 * The mutation check: does any example or property notice when the generated code is broken? Each mutant runs as its unit does, in the
 * same sandbox.
 *
 * @module
 */

import type { UnitId } from "../../spec/types.ts";
import type { Workspace } from "../../spec/workspace.ts";
import { VERSION } from "../../version.ts";
import type { Branch } from "../coverage.ts";
import { runExamples } from "../examples.ts";
import type { GateDetail, GateResult, GateSubject } from "../types.ts";
import type { MutantResult, MutationReport } from "./report.ts";
import { isUnreached, mutantsOf, sampleMutants, type Mutant } from "./mutants.ts";

export interface MutationOptions {
  /** Most mutants of a unit. */
  readonly limit: number;
  readonly implementations: (unit: UnitId) => string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A unit whose examples all pass. */
export interface MutationSubject {
  readonly subject: GateSubject;
  readonly missed: readonly Branch[];
  /** What its examples took. */
  readonly ms: number;
}

/** Beyond this, and ten times what the examples took unchanged, a mutant counts as endless. In milliseconds. */
const PATIENCE_MS = 1000;

/** Tries the mutants of all units; reports in their order. */
export async function runMutation(workspace: Workspace, units: readonly MutationSubject[], options: MutationOptions): Promise<MutationReport[]> {
  const planned = units.map(({ subject, missed }) => {
    const { spec, specHash } = subject.hashed;
    const module = workspace.module(spec.file);
    const all = module === undefined ? [] : mutantsOf(subject.impl, spec, module);
    return { all, tried: sampleMutants(all, options.limit, specHash).map((mutant) => ({ mutant, unreached: isUnreached(mutant, missed) })) };
  });
  const run = planned.flatMap(({ tried }, i) => tried.flatMap(({ mutant, unreached }) => (unreached ? [] : [{ mutant, unit: units[i] }])));
  const subjects = run.flatMap(({ mutant, unit }) => (unit === undefined ? [] : [{ hashed: unit.subject.hashed, impl: mutant.code }]));
  const slowest = Math.max(0, ...units.map(({ ms }) => ms));
  const gates = await runExamples(workspace, subjects, {
    implementations: options.implementations,
    signal: options.signal,
    counts: false,
    timeoutMs: Math.min(workspace.project.config.sandbox.timeout * 1000, PATIENCE_MS + 10 * slowest),
  });
  const outcomes = new Map(run.map(({ mutant }, i) => [mutant, gates[i] ?? []]));
  return planned.flatMap(({ all, tried }, i) => {
    const unit = units[i]?.subject.hashed.spec.id;
    const mutants = tried.map(({ mutant, unreached }) => resultOf(mutant, unreached ? undefined : outcomes.get(mutant)));
    return unit === undefined ? [] : [{ unit, score: scoreOf(mutants), total: all.length, mutants }];
  });
}

function resultOf({ mutator, line, column, diff }: Mutant, gates: readonly GateResult[] | undefined): MutantResult {
  const base = { mutator, line, column, diff };
  if (gates === undefined) return { ...base, status: "no-coverage" };
  const failed = gates.find(({ passed }) => !passed);
  if (failed === undefined) return { ...base, status: "survived" };
  if (failed.stopped === "timeout") return { ...base, status: "timeout" };
  return { ...base, status: "killed", killedBy: failed.details.find(({ passed }) => !passed)?.title ?? failed.name };
}

function scoreOf(mutants: readonly MutantResult[]): number | null {
  if (mutants.length === 0) return null;
  const noticed = mutants.filter(({ status }) => status === "killed" || status === "timeout").length;
  return Math.round((noticed / mutants.length) * 10_000) / 100;
}

/** The gate `mutation`. @param threshold - least score; undefined: it is shown, and passes */
export function mutationGate({ score, total, mutants }: MutationReport, threshold: number | undefined, durationMs: number): GateResult {
  const passed = threshold === undefined || score === null || score >= threshold;
  const unnoticed = mutants.filter(({ status }) => status === "survived" || status === "no-coverage");
  const details = unnoticed.map(({ line, mutator, status, diff }): GateDetail => ({
    title: `impl.ts:${line}: ${mutator}: no example ${status === "survived" ? "notices" : "reaches it"}`,
    passed,
    message: diff,
  }));
  const tried = mutants.length < total ? `${mutants.length} of ${total}` : String(total);
  const score100 = score === null ? "there is nothing to change" : `the examples notice ${mutants.length - unnoticed.length} of ${tried} changes, ${score} %`;
  const least = threshold === undefined ? "" : `, at least ${threshold} % wanted`;
  return { name: "mutation", passed, tool: "vibesafe", version: VERSION, durationMs: Math.round(durationMs), details: [...details, { title: `${score100}${least}`, passed }] };
}
