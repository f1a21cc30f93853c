/**
 * The gates: every check that generated code must pass, run over many units at once.
 *
 * @module
 */

import type { UnitId } from "../spec/types.ts";
import { readActive, readCandidate } from "../spec/status.ts";
import type { Workspace } from "../spec/workspace.ts";
import { openStore, storeExists } from "../store/store.ts";
import { runExamples } from "./examples.ts";
import { runLint } from "./lint-gate.ts";
import { openOverlay } from "./overlay.ts";
import { runTypes } from "./types-gate.ts";
import type { GateResult, GateSubject, Verdict } from "./types.ts";

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
  const overlay = openOverlay(workspace.project);
  try {
    const examples = runExamples(workspace, subjects, { implementations, signal, onDone: tell });
    const types = runTypes(workspace, subjects, overlay, signal);
    // The linter reads what the type checker has been given; that is written before anything is awaited.
    const lint = runLint(workspace, subjects, overlay, signal);
    const all = [examples, types.then((results) => told(results)), lint.then((results) => told(results))] as const;
    for (const gate of all) gate.catch((error: unknown) => stop.abort(error));
    await Promise.allSettled(all);
    const [byStatements, byTypes, byLint] = await Promise.all(all);
    return subjects.map(({ hashed }, i) => verdictOf(hashed.spec.id, byStatements[i], byTypes[i], byLint[i]));
  } finally {
    overlay.remove();
  }

  function told(results: readonly GateResult[]): readonly GateResult[] {
    results.forEach((gate, i) => tell(i, [gate]));
    return results;
  }
}

function verdictOf(unit: UnitId, statements: readonly GateResult[] | undefined, types: GateResult | undefined, lint: GateResult | undefined): Verdict {
  const [examples, ...others] = statements ?? [];
  const gates = [examples, types, lint, ...others].flatMap((gate) => gate ?? []);
  return { unit, passed: gates.length >= 3 && gates.every(({ passed }) => passed), gates };
}

function implementationsOf({ project }: Workspace, subjects: readonly GateSubject[]): (unit: UnitId) => string | undefined {
  const given = new Map(subjects.map(({ hashed, impl }) => [hashed.spec.id, impl]));
  const store = storeExists(project.storeDir) ? openStore(project.storeDir) : undefined;
  return (unit) => given.get(unit) ?? (store === undefined ? undefined : (readCandidate(store, unit) ?? readActive(store, unit))?.impl);
}
