/**
 * Asking for replies: the prompt, the response cache, the budget, then the provider.
 *
 * @module
 */

import { VibesafeProviderError, type VibesafeError } from "../errors.ts";
import { readCached, writeCached, type CacheKey } from "../generate/cache.ts";
import { renderPrompt } from "../generate/prompt.ts";
import { createProvider } from "../generate/providers/create.ts";
import type { Completion, Provider } from "../generate/providers/provider.ts";
import type { ProviderConfig } from "../project/config.ts";
import type { Workspace } from "../spec/workspace.ts";
import type { Reply, UnitRun } from "./run.ts";
import type { CompileOptions } from "./types.ts";

/** A prompt that is ready to be asked, and what is known of the answer. */
export interface Question {
  readonly run: UnitRun;
  readonly attempt: number;
  readonly key: CacheKey;
  /** Settled without a request: a cached reply, or why there can be none. */
  readonly known: Reply | VibesafeError | undefined;
}

export interface Answer {
  readonly run: UnitRun;
  readonly reply: Reply | VibesafeError;
}

export interface Asker {
  /** Renders the prompt and looks into the response cache. */
  prepare(run: UnitRun, attempt: number): Promise<Question>;
  /** Gives what is left of the budget to the first questions that need a request; the others are settled with an error. */
  withinBudget(questions: readonly Question[]): Question[];
  /** @throws `signal.reason` when the caller gave up; a provider's failure is an answer */
  ask(question: Question): Promise<Answer>;
}

export function createAsker(workspace: Workspace, { force, budget, signal, onProgress }: CompileOptions): Asker {
  const { project } = workspace;
  const providers = new Map<ProviderConfig, Provider>();
  let left = budget ?? Number.POSITIVE_INFINITY;
  const providerOf = (config: ProviderConfig): Provider => {
    const provider = providers.get(config) ?? createProvider(project, config);
    providers.set(config, provider);
    return provider;
  };
  return {
    async prepare(run, attempt) {
      const config = run.provider;
      const prompt = await renderPrompt(workspace, run.hashed, run.feedback);
      const key: CacheKey = { config, specHash: run.hashed.specHash, prompt, attempt };
      const cached = force === true ? undefined : readCached(project, key);
      return { run, attempt, key, known: cached === undefined ? undefined : replyOf(cached, prompt, { cached: true, durationMs: 0 }) };
    },

    withinBudget(questions) {
      return questions.map((question) => {
        if (question.known !== undefined) return question;
        if (left > 0) {
          left -= 1;
          return question;
        }
        return { ...question, known: spent(question.run, budget ?? 0) };
      });
    },

    async ask({ run, attempt, key, known }) {
      if (known !== undefined) return { run, reply: known };
      signal?.throwIfAborted();
      const unit = run.hashed.spec.id;
      onProgress?.({ kind: "ask", unit, attempt });
      run.asked = true;
      const started = performance.now();
      try {
        const completion = await providerOf(key.config).complete({ prompt: key.prompt, unit, attempt, signal });
        writeCached(project, key, completion);
        return { run, reply: replyOf(completion, key.prompt, { cached: false, durationMs: Math.round(performance.now() - started) }) };
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof VibesafeProviderError) return { run, reply: error };
        throw error;
      }
    },
  };
}

function replyOf({ text, model, usage }: Completion, prompt: string, how: { readonly cached: boolean; readonly durationMs: number }): Reply {
  return { prompt, text, model, usage: usage === undefined ? null : { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens }, ...how };
}

function spent(run: UnitRun, budget: number): VibesafeProviderError {
  return new VibesafeProviderError(`the budget of ${budget} provider ${budget === 1 ? "request" : "requests"} is spent`, {
    failure: "quota",
    unit: run.hashed.spec.id,
    remedy: "run it again with a larger --budget; what was answered is cached",
  });
}
