/**
 * The gates: every check that generated code must pass, run over many units at once.
 *
 * @module
 */

import { performance } from "node:perf_hooks";
import type { UnitId } from "../spec/types.ts";
import { readActive, readCandidate } from "../spec/status.ts";
import type { Workspace } from "../spec/workspace.ts";
import { openStore, storeExists } from "../store/store.ts";
import { runCommandGate } from "./command-gate.ts";
import type { Branch } from "./coverage.ts";
import { runExamples } from "./examples.ts";
import { runLint } from "./lint-gate.ts";
import type { MutationReport } from "./mutation/report.ts";
import { mutationGate, runMutation } from "./mutation/run.ts";
import { openOverlay } from "./overlay.ts";
import { runTypes } from "./types-gate.ts";
import type { GateResult, GateSubject, Verdict } from "./types.ts";
import { writeModules } from "./written-modules.ts";

export { gateKey } from "./gate-key.ts";

export interface GateOptions {
  /** Ends everything that runs; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called as each gate of each unit is decided, in no fixed order. */
  readonly onProgress?: (done: { readonly unit: UnitId; readonly gate: GateResult }) => void;
  /**
   * Code of the other units that the code under test may call. Not given: the other subjects', then what the store holds as candidate
   * or active save.
   */
  readonly implementations?: (unit: UnitId) => string | undefined;
  /** Tries mutants also where the configuration makes them no gate. */
  readonly mutate?: { readonly limit: number } | undefined;
}

/**
 * Judges all subjects; the verdicts are in the order of the subjects. Code that cannot be judged fails.
 *
 * @throws VibesafeConfigError when the project's own settings (tsconfig, lint configuration) keep a gate from running
 */
export async function runGates(workspace: Workspace, subjects: readonly GateSubject[], options: GateOptions = {}): Promise<Verdict[]> {
  options.signal?.throwIfAborted();
  if (subjects.length === 0) return [];
  // One failure ends the others, and only then is it told: nothing runs on in the background.
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const tell = (index: number, gates: readonly GateResult[]): void => {
    const unit = subjects[index]?.hashed.spec.id;
    if (unit !== undefined) for (const gate of gates) options.onProgress?.({ unit, gate });
  };
  const implementations = options.implementations ?? implementationsOf(workspace, subjects);
  const { config } = workspace.project;
  const missed = new Map<number, readonly Branch[]>();
  const overlay = openOverlay(workspace.project);
  try {
    const mutation = options.mutate ?? config.gates.mutation;
    const onReached = (index: number, branches: readonly Branch[]): void => void missed.set(index, branches);
    const examples = runExamples(workspace, subjects, { implementations, signal, onDone: tell, onReached, ...(mutation !== undefined && { counts: true }) });
    // The linter and the user's commands read what the type checker is given.
    const written = writeModules(workspace, subjects, overlay, signal);
    const perAll = [
      written.then((modules) => runTypes(workspace, subjects, overlay, modules, signal)),
      written.then(() => runLint(workspace, subjects, overlay, signal)),
      ...config.gates.command.map((gate) => written.then(() => runCommandGate(workspace, subjects, overlay, gate, signal))),
    ];
    // While examples still run, there is time to tidy up.
    const tidied = Promise.allSettled(perAll).then(() => overlay.remove());
    const mutants = examples.then((results) => (mutation === undefined ? [] : runMutants(results, mutation)));
    const all = [examples, mutants, tidied, ...perAll.map((gate) => gate.then((results) => told(results)))];
    for (const gate of all) gate.catch((error: unknown) => stop.abort(error));
    await Promise.allSettled(all);
    const [byStatements, reports, [byTypes = [], byLint = [], ...byCommands]] = await Promise.all([examples, mutants, Promise.all(perAll)]);
    return subjects.map(({ hashed }, i) => {
      const [first, ...others] = byStatements[i] ?? [];
      const report = reports[i];
      const gates = [first, byTypes[i], byLint[i], ...others, report?.gate, ...byCommands.map((results) => results[i])];
      const decided = gates.flatMap((gate) => gate ?? []);
      const passed = decided.length >= 3 + byCommands.length && decided.every((gate) => gate.passed);
      return { unit: hashed.spec.id, passed, gates: decided, ...(report !== undefined && { mutation: report.report }) };
    });
  } finally {
    overlay.remove();
  }

  function told(results: readonly GateResult[]): readonly GateResult[] {
    results.forEach((gate, i) => tell(i, [gate]));
    return results;
  }

  /** Mutants of the units whose examples pass; of the others there is nothing to be learned. */
  async function runMutants(results: readonly (readonly GateResult[])[], { limit }: { readonly limit: number }): Promise<(Mutated | undefined)[]> {
    const begun = performance.now();
    const units = subjects.flatMap((subject, index) => {
      const gates = (results[index] ?? []).filter(({ name }) => name === "examples" || name === "properties");
      const ms = gates.reduce((sum, { durationMs }) => sum + durationMs, 0);
      return gates.length > 0 && gates.every(({ passed }) => passed) ? [{ index, subject, missed: missed.get(index) ?? [], ms }] : [];
    });
    const reports = await runMutation(workspace, units, { limit, implementations, signal });
    const durationMs = (performance.now() - begun) / Math.max(1, units.length);
    const mutated: (Mutated | undefined)[] = subjects.map(() => undefined);
    units.forEach(({ index }, i) => {
      const report = reports[i];
      if (report === undefined) return;
      const gate = mutationGate(report, config.gates.mutation?.threshold, durationMs);
      tell(index, [gate]);
      mutated[index] = { report, gate };
    });
    return mutated;
  }
}

interface Mutated {
  readonly report: MutationReport;
  readonly gate: GateResult;
}

function implementationsOf({ project }: Workspace, subjects: readonly GateSubject[]): (unit: UnitId) => string | undefined {
  const given = new Map(subjects.map(({ hashed, impl }) => [hashed.spec.id, impl]));
  const store = storeExists(project.storeDir) ? openStore(project.storeDir) : undefined;
  return (unit) => given.get(unit) ?? (store === undefined ? undefined : (readCandidate(store, unit) ?? readActive(store, unit))?.impl);
}
