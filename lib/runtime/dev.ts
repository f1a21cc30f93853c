/**
 * Development: at the first call, code of the spec as it is now; compiled and tested first where there is none.
 *
 * @module
 */

import { channel } from "node:diagnostics_channel";
import { VibesafeValidationError } from "../errors.ts";
import { explainChanges } from "../spec/explain.ts";
import { hashSpec } from "../spec/hash.ts";
import { readCandidate } from "../spec/status.ts";
import { activeSave, storeOf } from "../spec/verified-save.ts";
import { readVerdict } from "../spec/verdict.ts";
import type { Save } from "../spec/checkpoint.ts";
import type { Project } from "../project/project.ts";
import { endBurst, workspaceAt } from "./burst.ts";
import { now } from "./clock.ts";
import { compileAndWait, compileMeanwhile } from "./compile-child.ts";
import { evaluate, type AnyFunction, type VerifiedCode } from "./evaluate.ts";
import { specOf, type Unit } from "./unit.ts";
import { codeOf } from "./verified-code.ts";

/** Is told, in one line for a person, what dev mode does on its own account. */
export type Reporter = (line: string) => void;

/** Who is told what dev mode does. */
export interface DevObserver {
  readonly report: Reporter;
  /** A unit was loaded; the time is when it was asked for. */
  readonly loaded: (code: VerifiedCode, start: number) => void;
}

const regenerate = channel("vibesafe:regenerate");

/** Finds or makes the code of one unit, however often and from wherever it is asked. */
export interface DevLoader {
  /** Waits for the compiler where it has to run. */
  load(): AnyFunction;
  /** The function where it is at hand, else a promise of it; every failure is a rejection. */
  loadMeanwhile(): AnyFunction | Promise<AnyFunction>;
}

/** Code that may run. */
interface Ready {
  readonly save: Save;
  readonly unverified: boolean;
}

/** Why there is no code that may run. */
interface Lacking {
  readonly project: Project;
  readonly why: string;
  /** Changes with the spec and with what the store holds for the unit. */
  readonly key: string;
}

/**
 * Makes the loader of a unit. A compilation that failed is not tried again until the spec or the candidate changes: its error is thrown
 * at each call instead, and the refused code never runs.
 */
export function devLoader(unit: Unit, { report, loaded }: DevObserver): DevLoader {
  let asked = 0;
  let failed: { readonly key: string; readonly error: unknown } | undefined;
  let pending: Promise<AnyFunction> | undefined;

  const run = ({ save, unverified }: Ready): AnyFunction => {
    if (unverified) report(`vibesafe: ${unit.id} runs unverified (its spec has no example)`);
    const code = codeOf(save, unit);
    const fn = evaluate(code);
    loaded(code, asked);
    return fn;
  };
  const announce = ({ key, why }: Lacking): void => {
    if (failed?.key === key) throw failed.error;
    report(`vibesafe: ${unit.id} ${why}; compiling…`);
    if (regenerate.hasSubscribers) regenerate.publish({ unit: unit.id, why });
  };
  const fail = (error: unknown): never => {
    const now = find(unit);
    failed = "key" in now ? { key: now.key, error } : undefined;
    throw error;
  };
  const runCompiled = (): AnyFunction => {
    const now = find(unit);
    return "save" in now ? run(now) : fail(noVerdict(unit));
  };
  const compileAndRun = async (lacking: Lacking): Promise<AnyFunction> => {
    announce(lacking);
    await compileMeanwhile(lacking.project, unit.id).catch(fail);
    return runCompiled();
  };
  return {
    load() {
      asked = now();
      const found = find(unit);
      if ("save" in found) return run(found);
      announce(found);
      try {
        compileAndWait(found.project, unit.id);
      } catch (error) {
        fail(error);
      }
      return runCompiled();
    },
    loadMeanwhile() {
      if (pending !== undefined) return pending;
      asked = now();
      try {
        const found = find(unit);
        if ("save" in found) return run(found);
        return (pending = compileAndRun(found).finally(() => (pending = undefined)));
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}

/** The active save if it is of the current spec, else a candidate of it that has passed. */
function find(unit: Unit): Ready | Lacking {
  endBurst();
  const workspace = workspaceAt(unit.folder);
  const { project } = workspace;
  const hashed = hashSpec(workspace, specOf(workspace, unit));
  const store = storeOf(workspace);
  const active = activeSave(store, unit);
  if (active?.specHash === hashed.specHash) return { save: active, unverified: false };
  const candidate = store === undefined ? undefined : readCandidate(store, unit.id);
  const current = candidate?.specHash === hashed.specHash ? candidate : undefined;
  const verdict = current === undefined ? undefined : readVerdict(project.storeDir, current.checkpointHash);
  if (current !== undefined && verdict?.passed === true) return { save: current, unverified: verdict.unverified };
  return {
    project,
    why: active === undefined ? "has no checkpoint" : `has drifted (${inShort(explainChanges(active.spec, hashed.map).map(({ text }) => text))})`,
    key: `${hashed.specHash} ${active?.commitId ?? ""} ${candidate?.commitId ?? ""} ${verdict === undefined ? "" : verdict.gateKey}`,
  };
}

function inShort(causes: readonly string[]): string {
  const [first = "unexplained", ...rest] = causes;
  const text = first.replaceAll(/\s+/g, " ");
  return rest.length === 0 ? text : `${text}, and ${rest.length} more`;
}

function noVerdict({ id }: Unit): VibesafeValidationError {
  return new VibesafeValidationError(`${id} was compiled, but no candidate of its present spec has passed the gates`, {
    unit: id,
    remedy: `run \`vibe test --target ${id}\``,
  });
}
