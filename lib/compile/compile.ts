/**
 * The loop over generation and verification that makes candidates.
 *
 * All units go through it in rounds: round n asks for the n-th reply of every unit that has none that passed, then judges all of them
 * in one run of the gates, because starting the type checker or the linter costs more than checking one more unit.
 *
 * @module
 */

import { VibesafeError, VibesafeProviderError } from "../errors.ts";
import { BUILD_VERSIONS, buildImpl } from "../generate/build.ts";
import { codeOfReply } from "../generate/reply.ts";
import { stageOf, validateImplementation } from "../generate/validate.ts";
import { encodeCheckpoint } from "../spec/checkpoint.ts";
import { effectiveProvider } from "../spec/hash.ts";
import type { HashedSpec } from "../spec/types.ts";
import type { Workspace } from "../spec/workspace.ts";
import { initStore } from "../store/init.ts";
import type { TreeId } from "../store/id.ts";
import { createAsker } from "./ask.ts";
import { writeCandidates, type CandidateParts } from "./candidate.ts";
import { mapConcurrent } from "./each.ts";
import { failuresOf, gateFeedback, rejectionFeedback } from "./feedback.ts";
import { judge, type Judgement } from "./judge.ts";
import { attemptOf, digestOf, failureOf, finishRun, provenanceOf, startRun, type Reply, type UnitRun } from "./run.ts";
import type { CompileOptions, CompileResult } from "./types.ts";
import { reuseSaves } from "./reuse.ts";
import { unchangedUnits } from "./unchanged.ts";

/** Code of a reply that got through validation, with its checkpoint. */
interface Draft {
  readonly run: UnitRun;
  readonly reply: Reply;
  readonly impl: string;
  readonly buildJs: string;
  readonly checkpointHash: TreeId;
}

/**
 * Compiles units: asks for code, validates and judges it, feeds failures back, and leaves the last valid reply as the unit's candidate.
 * No active ref moves. Results come in input order and do not depend on the concurrency.
 *
 * A unit's own failures are in its result; what concerns all of them is thrown.
 *
 * @throws VibesafeStoreError when the store cannot be read or written; `signal.reason` when the caller gave up
 */
export async function compileUnits(workspace: Workspace, units: readonly HashedSpec[], options: CompileOptions): Promise<CompileResult[]> {
  const { config, storeDir } = workspace.project;
  const store = initStore(storeDir);
  const maxAttempts = options.maxAttempts ?? config.compile.max_attempts;
  const concurrency = options.concurrency ?? config.compile.concurrency;
  const unchanged = options.force === true ? new Map<HashedSpec, CompileResult>() : await unchangedUnits(workspace, store, units, options);
  const fresh = units.filter((unit) => !unchanged.has(unit));
  const reused = options.force === true || !config.sync.reuse ? new Map<HashedSpec, CompileResult>() : await reuseSaves(workspace, store, fresh, options);
  const runs = fresh.filter((unit) => !reused.has(unit)).map((hashed) => startRun(hashed, effectiveProvider(workspace.project, hashed.spec)));
  const asker = createAsker(workspace, options);
  let finished = unchanged.size + reused.size;
  const done = (run: UnitRun, passed?: { unverified: boolean }): void => {
    const { status, id } = finishRun(run, passed);
    finished += 1;
    options.onProgress?.({ kind: "done", unit: id, status, finished, total: units.length });
  };
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const open = runs.filter((run) => run.result === undefined);
    if (open.length === 0) break;
    const questions = await mapConcurrent(open, concurrency, (run) => asker.prepare(run, attempt));
    const answers = await mapConcurrent(asker.withinBudget(questions), concurrency, (question) => asker.ask(question));
    const drafts: Draft[] = [];
    for (const { run, reply } of answers) {
      options.signal?.throwIfAborted();
      if (reply instanceof VibesafeError) {
        noteNoReply(run, reply, attempt);
        done(run);
        continue;
      }
      const draft = await draftOf(workspace, run, reply);
      if (draft !== undefined) drafts.push(draft);
      else if (run.repeated || run.failure?.stage === "spec") done(run);
    }
    const judgements = await judge(
      workspace,
      store,
      drafts.map(({ run: { hashed }, impl, checkpointHash }) => ({ hashed, impl, checkpointHash, sameSpec: true })),
      {
        ...(options.signal !== undefined && { signal: options.signal }),
        onGates: (count) => options.onProgress?.({ kind: "gates", units: count, attempt }),
      },
    );
    const judged = drafts.map((draft, i) => {
      const judgement = judgements[i];
      if (judgement === undefined) throw new Error(`no judgement on ${draft.run.hashed.spec.id}`);
      return { draft, judgement, parts: settle(draft, judgement) };
    });
    const candidates = judged.length === 0 ? [] : writeCandidates(store, judged.map(({ parts }) => parts), options.identities);
    judged.forEach(({ draft, judgement }, i) => {
      draft.run.candidate = candidates[i];
      if (judgement.passed) done(draft.run, judgement);
      // A model that repeats itself in spite of the feedback will not stop to: further attempts would cost and bring nothing.
      else if (draft.run.repeated) done(draft.run);
    });
  }
  for (const run of runs) if (run.result === undefined) done(run);
  const results = new Map(runs.map((run) => [run.hashed, run.result]));
  return units.flatMap((unit) => unchanged.get(unit) ?? reused.get(unit) ?? results.get(unit) ?? []);
}

/** No reply came, which ends the unit; where only a further recorded reply is missing, what was wrong with the last one is the news. */
function noteNoReply(run: UnitRun, error: VibesafeError, attempt: number): void {
  const onlyNoMore = error instanceof VibesafeProviderError && error.failure === "missing" && attempt > 1;
  if (!onlyNoMore || run.failure === undefined) run.failure = failureOf(error, error instanceof VibesafeProviderError ? "provider" : "spec");
}

/** Validates a reply and builds it; on a refusal notes the feedback and returns undefined. */
async function draftOf(workspace: Workspace, run: UnitRun, reply: Reply): Promise<Draft | undefined> {
  run.repeated = run.attempts.at(-1)?.responseDigest === digestOf(reply.text);
  let impl = reply.text;
  try {
    impl = codeOfReply(reply.text);
    validateImplementation(workspace, run.hashed, impl);
    const { js } = await buildImpl(impl);
    const { checkpointHash } = encodeCheckpoint({ impl, prompt: reply.prompt, spec: run.hashed.bytes });
    return { run, reply, impl, buildJs: js, checkpointHash };
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    if (error.code === "TYPE_ERROR") {
      // No reply could be right: what the spec names cannot be repeated or imported.
      run.failure = failureOf(error, "spec");
      return undefined;
    }
    if (error.code !== "VALIDATION_FAILED") throw error;
    const stage = stageOf(error);
    run.failure = failureOf(error, stage);
    run.feedback.push(rejectionFeedback(impl, error.message));
    run.attempts.push(attemptOf(run, reply, { outcome: "rejected", stage, message: error.message }));
    return undefined;
  }
}

/** Notes what became of a judged draft, with the feedback if a gate said no; gives what its candidate is made of. */
function settle({ run, reply, impl, buildJs }: Draft, { passed, stopped, verification }: Judgement): CandidateParts {
  const { hashed } = run;
  const failed = verification.gates.filter((gate) => !gate.passed);
  const [first] = failed;
  const message = failed.map((gate) => `${gate.name}: ${failuresOf(gate)}`).join("\n");
  const gate = first?.name ?? "examples";
  run.attempts.push(attemptOf(run, reply, passed ? { outcome: "passed" } : { outcome: "failed", stage: stopped === true ? "sandbox" : gate, message }));
  if (!passed) {
    run.feedback.push(gateFeedback(impl, failed));
    run.failure = {
      code: "VALIDATION_FAILED",
      stage: stopped === true ? "sandbox" : `gate:${gate}`,
      message,
      remedy: `see \`vibe test --target ${hashed.spec.id}\`; make the spec say more, or ask anew with \`vibe compile --force\``,
    };
  }
  return { hashed, impl, prompt: reply.prompt, buildJs, provenance: provenanceOf(run, reply, BUILD_VERSIONS) };
}
