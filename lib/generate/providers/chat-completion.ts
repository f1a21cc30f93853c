/**
 * The answer of a chat-completions server, read with suspicion.
 *
 * @module
 */

import type { ProviderFailure } from "../../errors.ts";
import type { ProviderConfig } from "../../project/config.ts";
import type { Completion, Usage } from "./provider.ts";

export interface Failure {
  readonly kind: ProviderFailure;
  readonly message: string;
  readonly remedy: string;
}

/** The completion in the JSON body of an answer, or why there is none that can be used. */
export function parseChatCompletion(body: unknown, config: ProviderConfig): { completion: Completion } | { failure: Failure } {
  const choice = fieldOf(listOf(fieldOf(body, "choices"))[0]);
  const message = fieldOf(choice("message"));
  const content = message("content");
  const refusal = message("refusal");
  const finishReason = choice("finish_reason");
  if (typeof refusal === "string" && refusal.trim() !== "") return refused(`the model refused: ${refusal.trim().slice(0, 400)}`);
  if (finishReason === "content_filter") return refused("the server's content filter stopped the answer");
  if (finishReason === "length") return truncated(config);
  if (typeof content !== "string" || content.trim() === "") {
    const found = choice("message") === undefined ? "has no choices" : "has no text";
    return {
      failure: {
        kind: "malformed",
        message: `the answer of ${config.model} ${found}`,
        remedy: "check base_url and model: the server must speak OpenAI's chat completions",
      },
    };
  }
  const top = fieldOf(body);
  const model = top("model");
  const responseId = top("id");
  const usage = usageOf(top("usage"));
  return {
    completion: {
      text: content,
      model: typeof model === "string" && model !== "" ? model : config.model,
      ...(usage !== undefined && { usage }),
      ...(typeof finishReason === "string" && { finishReason }),
      ...(typeof responseId === "string" && { responseId }),
    },
  };
}

function refused(message: string): { failure: Failure } {
  return { failure: { kind: "refusal", message, remedy: "reword the spec's doc comment, or use another model" } };
}

function truncated({ max_tokens }: ProviderConfig): { failure: Failure } {
  const limit = max_tokens === undefined ? "the server's own limit" : `max_tokens = ${max_tokens}`;
  return {
    failure: {
      kind: "truncated",
      message: `the answer was cut off at ${limit}`,
      remedy: "raise max_tokens in vibesafe.toml, or make the unit smaller",
    },
  };
}

function usageOf(usage: unknown): Usage | undefined {
  const inputTokens = fieldOf(usage, "prompt_tokens");
  const outputTokens = fieldOf(usage, "completion_tokens");
  return Number.isSafeInteger(inputTokens) && Number.isSafeInteger(outputTokens)
    ? { inputTokens: Number(inputTokens), outputTokens: Number(outputTokens) }
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An own field of a JSON object; undefined for what is none. */
function fieldOf(value: unknown): (name: string) => unknown;
function fieldOf(value: unknown, name: string): unknown;
function fieldOf(value: unknown, name?: string): unknown {
  const get = (key: string): unknown =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  return name === undefined ? get : get(name);
}
