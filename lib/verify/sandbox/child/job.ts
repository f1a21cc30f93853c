/**
 * One unit in one realm: load, run its statements in order, judge each.
 *
 * @module
 */

import { types } from "node:util";
import { Script } from "node:vm";
import type { Job, JobReport, StepReport, Thrown } from "../protocol.ts";
import { makeBridge } from "./bridge.ts";
import { describe, judge, type Outcome } from "./judge.ts";
import { lendModule } from "./lend.ts";
import { makeRealm, type Realm } from "./realm.ts";
import { Refusal } from "./safe-read.ts";
import { settle, turn } from "./settle.ts";
import { makeSnapshots } from "./snapshot.ts";

/** What the entry module of a bundle hands over; made by `entry.ts`. */
interface Pieces {
  /** Expected values that no statement has a part in. */
  readonly early: readonly (() => unknown)[];
  /** Evaluates the generated module. */
  readonly load: () => void;
  /** `run` calls `expect` when all is ready for its last part, the call under test: then the expected value is made. */
  readonly steps: () => readonly { readonly run: (expect: () => void) => unknown; readonly expected?: () => unknown }[];
  /** A byte a branch of the generated code; nothing there can name it. */
  readonly hits: Uint8Array;
}

export interface Scripts {
  readonly furnish: Script;
  readonly fastCheck: Script | undefined;
}

export interface RejectionListener {
  readonly rejected: (promise: object, reason: unknown) => void;
  readonly handled: (promise: object) => void;
}

export interface JobEvents {
  readonly onStep: (step: number) => void;
  /** Rejections that nobody handles are told to the listener while the job runs. */
  readonly listen: (listener: RejectionListener | undefined) => void;
}

export async function runJob(job: Job, scripts: Scripts, events: JobEvents): Promise<JobReport> {
  const uncaught: Thrown[] = [];
  const rejections = new Map<object, unknown>();
  const deadline = performance.now() + job.timeoutMs;
  const prints: { snapshot?: (value: unknown) => unknown } = {};
  const bridge = makeBridge(
    (error) => void uncaught.push(describe(error)),
    (value) => forPrint(value, prints.snapshot),
  );
  events.listen({
    rejected: (promise, reason) => void rejections.set(promise, reason),
    handled: (promise) => void rejections.delete(promise),
  });
  const realm = makeRealm(scripts.furnish, bridge.host);
  const snapshot = makeSnapshots({ intrinsics: realm.intrinsics, reveal: realm.handle.reveal });
  prints.snapshot = snapshot;
  const waiting = { bridge, deadline, timeoutMs: job.timeoutMs, lends: job.lent.length > 0 };
  const steps: StepReport[] = [];
  let load: Thrown | undefined;
  let hits: Uint8Array = new Uint8Array();

  const evaluate = (thunk: () => unknown): Outcome => {
    try {
      return { kind: "value", value: snapshot(thunk()) };
    } catch (error) {
      return { kind: "thrown", value: error instanceof Refusal ? error.reason : error };
    }
  };

  try {
    const pieces = loadBundle(job, scripts, realm);
    hits = pieces.hits;
    // From here on the realm holds generated code: nothing of the language can be changed any more.
    realm.handle.lockDown();
    const early = Array.from({ length: pieces.early.length }, (_, i) => evaluate(() => pieces.early[i]?.()));
    pieces.load();
    const made = pieces.steps();
    for (const [i, plan] of job.steps.entries()) {
      const step = made[i];
      if (step === undefined) throw new Error("the examples of the unit do not match its bundle");
      events.onStep(i);
      bridge.takePrinted();
      const { expected } = step;
      let known = plan.early === undefined ? undefined : early[plan.early];
      const expectedNow = (): Outcome => (expected === undefined ? { kind: "value", value: undefined } : evaluate(expected));
      const expect = (): void => {
        const before = bridge.takePrinted();
        known ??= expectedNow();
        bridge.takePrinted();
        printedBefore += before;
      };
      let printedBefore = "";
      const report = (outcome: Outcome): StepReport => {
        const printed = printedBefore + bridge.takePrinted();
        const problem = judge({ expected: plan.expected, outcome, printed, snapshot, expectedValue: () => (known ??= expectedNow()), expectedNow });
        return { printed: printed.slice(0, 4000), ...(problem !== undefined && { problem }) };
      };
      steps.push(await run(() => step.run(expect), plan.awaits, report));
    }
  } catch (error) {
    load = describe(error);
  }

  /** Runs a statement and judges what came of it before any other code of the realm can run. */
  async function run(thunk: () => unknown, awaits: boolean, report: (outcome: Outcome) => StepReport): Promise<StepReport> {
    let outcome: Outcome;
    try {
      outcome = { kind: "value", value: thunk() };
    } catch (value) {
      outcome = { kind: "thrown", value };
    }
    return awaits && outcome.kind === "value" ? settle(outcome.value as object, waiting, report) : report(outcome);
  }

  // What the code left behind comes to light now, while it can still be blamed on it.
  await turn();
  await turn();
  bridge.close();
  for (const reason of rejections.values()) uncaught.push(describe(reason));
  events.listen(undefined);
  return { ...(load !== undefined && { load }), steps, uncaught, denied: bridge.wasDenied(), reached: [...hits].flatMap((hit, i) => (hit === 0 ? [] : [i])) };
}

/** A copy, so that printing runs no code of the realm, and an error prints the same on every machine. */
function forPrint(value: unknown, snapshot: ((value: unknown) => unknown) | undefined): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || snapshot === undefined || types.isPromise(value)) return value;
  try {
    const copy = snapshot(value);
    if (types.isNativeError(copy)) copy.stack = `${copy.stack ?? ""}\n    at <anonymous>`;
    return copy;
  } catch (error) {
    if (error instanceof Refusal || error instanceof RangeError) return value;
    throw error;
  }
}

function loadBundle(job: Job, scripts: Scripts, realm: Realm): Pieces {
  const makeFastCheck = job.fastCheck ? (scripts.fastCheck?.runInContext(realm.context) as ((seed: number) => unknown) | undefined) : undefined;
  const main = new Script(job.code, { filename: "bundle.js" }).runInContext(realm.context) as (...args: unknown[]) => void;
  let pieces: Pieces | undefined;
  const hook = (early: Pieces["early"], load: Pieces["load"], steps: Pieces["steps"], hits: Pieces["hits"]): void => {
    pieces ??= { early, load, steps, hits };
  };
  const require = realm.handle.makeRequire((name) => lendModule(name, job.lent));
  main(hook, realm.handle.lockDown, require, makeFastCheck?.(job.seed));
  if (pieces === undefined) throw new Error("the bundle has no examples module");
  return pieces;
}
