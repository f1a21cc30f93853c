/**
 * Asking for replies: the prompt, the response cache, the budget, then the provider.
 *
 * @module
 */

import { VibesafeError, VibesafeProviderError } from "../errors.ts";
import { readCached, writeCached, type CacheKey } from "../generate/cache.ts";
import { renderPrompt } from "../generate/prompt.ts";
import { createProvider } from "../generate/providers/create.ts";
import type { Completion, Provider } from "../generate/providers/provider.ts";
import type { ProviderConfig } from "../project/config.ts";
import type { Workspace } from "../spec/workspace.ts";
import type { Reply, UnitRun } from "./run.ts";
import type { CompileOptions } from "./types.ts";

/** Settled without a request, by a cached reply or by why there can be none; or still to be asked. */
export type Question = { readonly run: UnitRun; readonly known: Reply | VibesafeError } | { readonly run: UnitRun; readonly attempt: number; readonly key: CacheKey };

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
      const prompt = await promptOf(workspace, run);
      if (prompt instanceof VibesafeError) return { run, known: prompt };
      const key: CacheKey = { config, specHash: run.hashed.specHash, prompt, attempt };
      const cached = force === true ? undefined : readCached(project, key);
      return cached === undefined ? { run, attempt, key } : { run, known: replyOf(cached, prompt, { cached: true, durationMs: 0 }) };
    },

    withinBudget(questions) {
      return questions.map((question) => {
        if ("known" in question) return question;
        if (left > 0) {
          left -= 1;
          return question;
        }
        return { run: question.run, known: spent(question.run, budget ?? 0) };
      });
    },

    async ask(question) {
      if ("known" in question) return { run: question.run, reply: question.known };
      const { run, attempt, key } = question;
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

/** The prompt, or what is wrong with the spec or its template that there can be none. */
async function promptOf(workspace: Workspace, { hashed, feedback }: UnitRun): Promise<string | VibesafeError> {
  try {
    return await renderPrompt(workspace, hashed, feedback);
  } catch (error) {
    if (error instanceof VibesafeError && (error.code === "TYPE_ERROR" || error.code === "CONFIG_INVALID")) return error;
    throw error;
  }
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
