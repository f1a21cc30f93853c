/**
 * Servers that speak OpenAI's chat-completions protocol, by the `openai` package. Not its Responses protocol: llama.cpp, vLLM,
 * Ollama and most proxies have none.
 *
 * @module
 */

import { inspect } from "node:util";
import type { APIError, OpenAI as Client } from "openai";
import { VibesafeProviderError } from "../../errors.ts";
import type { ProviderConfig } from "../../project/config.ts";
import type { Project } from "../../project/project.ts";
import { parseChatCompletion, type Failure } from "./chat-completion.ts";
import { Exchange, type Ended } from "./http.ts";
import { MAX_REPLY_BYTES, type Completion, type CompletionRequest, type Provider } from "./provider.ts";

export const DEFAULT_BASE_URL = "https://api.openai.com/v1";
export const DEFAULT_API_KEY_ENV = "OPENAI_API_KEY";

/** Further tries after 408, 409, 429, 5xx and lost connections, 0.5, 1 and 2 s apart, or as `Retry-After` says. */
const MAX_RETRIES = 3;

/** The address that requests go below; without a slash at its end. */
export function baseUrlOf(config: ProviderConfig): string {
  return (config.base_url ?? DEFAULT_BASE_URL).replace(/\/+$/, "");
}

/** A client that is made at its first completion, and then kept. */
export function createOpenAiProvider(_project: Project, config: ProviderConfig): Provider {
  return { complete: (request) => complete(config, request) };
}

/**
 * What is sent. Only what is configured: servers differ in what they accept, and none may be given a value that nobody chose.
 *
 * With `reasoning_effort` set, `max_tokens` goes out as `max_completion_tokens`: OpenAI's reasoning models refuse the old name.
 */
export function requestBody(config: ProviderConfig, prompt: string): Record<string, unknown> {
  const { model, temperature, seed, max_tokens, reasoning_effort, service_tier } = config;
  return {
    model,
    messages: [{ role: "user", content: prompt }],
    ...(temperature !== undefined && { temperature }),
    ...(seed !== undefined && { seed }),
    ...(max_tokens !== undefined && { [reasoning_effort === undefined ? "max_tokens" : "max_completion_tokens"]: max_tokens }),
    ...(reasoning_effort !== undefined && { reasoning_effort }),
    ...(service_tier !== undefined && { service_tier }),
  };
}

async function complete(config: ProviderConfig, { prompt, unit, signal }: CompletionRequest): Promise<Completion> {
  signal?.throwIfAborted();
  const where = baseUrlOf(config);
  const key = keyOf(config, where);
  const fail = ({ kind, message, remedy }: Failure, cause?: unknown): VibesafeProviderError => {
    const hide = (text: string): string => (key.value === "" ? text : text.replaceAll(key.value, "[key]"));
    // A cause whose text holds the key is not passed on: it would be printed with the stack.
    const safe = cause !== undefined && (key.value === "" || !inspect(cause, { depth: 6 }).includes(key.value));
    return new VibesafeProviderError(hide(`${unit}: ${message}`), { unit, failure: kind, remedy: hide(remedy), ...(safe && { cause }) });
  };
  if (key.problem !== undefined) {
    const remedy = `set ${key.env} to the key, or name another variable in api_key_env`;
    throw fail({ kind: "auth", message: `no key for ${where}: the environment variable ${key.env} ${key.problem}`, remedy });
  }
  // Loads in some 150 ms: here alone, and only when a model is asked.
  const { OpenAI, APIError, APIConnectionError } = await import("openai");
  const exchange = new Exchange(config.timeout * 1000, signal);
  try {
    const client: Client = new OpenAI({
      apiKey: key.value === "" ? "none" : key.value,
      adminAPIKey: null,
      baseURL: where,
      maxRetries: MAX_RETRIES,
      // The exchange has the clock: the client's own would take a slow answer for a lost connection, and ask again.
      timeout: config.timeout * 1000 + 60_000,
      fetch: exchange.fetch,
      logLevel: "off",
    });
    const reply = await exchange.race(
      client.post<unknown>("/chat/completions", { body: requestBody(config, prompt), signal: exchange.signal }),
    );
    const parsed = parseChatCompletion(reply, config);
    if ("failure" in parsed) throw fail(parsed.failure);
    return parsed.completion;
  } catch (error) {
    if (error instanceof VibesafeProviderError) throw error;
    if (signal?.aborted === true) throw signal.reason;
    if (exchange.ended !== undefined) throw fail(endedFailure(where, config, exchange.ended));
    if (error instanceof APIConnectionError) throw fail(connectionFailure(where, error), error);
    if (error instanceof APIError) throw fail(statusFailure(where, key.env, error), error);
    if (error instanceof SyntaxError) {
      throw fail({ kind: "malformed", message: `${where} answered with invalid JSON`, remedy: REMEDY_BASE_URL }, error);
    }
    throw error;
  } finally {
    exchange.close();
  }
}

const REMEDY_BASE_URL = "check base_url: it must be the address that /chat/completions is below";

interface Key {
  readonly env: string;
  readonly value: string;
  readonly problem?: string;
}

/** Variable that must hold a key for this provider to work; undefined where none is needed. */
export function keyVariable(config: ProviderConfig): string | undefined {
  if (config.kind !== "openai-compatible" || isLoopback(new URL(baseUrlOf(config)).hostname)) return undefined;
  return config.api_key_env ?? DEFAULT_API_KEY_ENV;
}

/** The key in the environment; a server on this machine needs none. */
function keyOf(config: ProviderConfig, where: string): Key {
  const env = config.api_key_env ?? DEFAULT_API_KEY_ENV;
  const value = (process.env[env] ?? "").trim();
  if (value === "") return { env, value, ...(!isLoopback(new URL(where).hostname) && { problem: "is not set" }) };
  // The platform's own error for such a header would quote it.
  return {
    env,
    value,
    ...(!/^[\x21-\x7E]+$/.test(value) && { problem: "holds what no key holds: blanks, line ends or other characters" }),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function endedFailure(where: string, { timeout }: ProviderConfig, why: Ended): Failure {
  if (why === "timeout") {
    const remedy = "raise timeout in vibesafe.toml, or use a faster model";
    return { kind: "timeout", message: `${where} gave no whole answer in ${timeout} s`, remedy };
  }
  return { kind: "malformed", message: `${where} answered with more than ${MAX_REPLY_BYTES / 1024 / 1024} MiB`, remedy: REMEDY_BASE_URL };
}

function connectionFailure(where: string, error: Error): Failure {
  let reason = error.message;
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    reason = "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
  }
  return {
    kind: "network",
    message: `cannot reach ${where}: ${reason}`,
    remedy: "check base_url and that the server is running; then run the command again",
  };
}

function statusFailure(where: string, env: string, error: APIError): Failure {
  const { status, code, type } = error;
  const said = oneLine(error.message);
  const message = `${where} answered ${said}`;
  if (status === 401 || status === 403) return { kind: "auth", message, remedy: `check the key in ${env}, and that it may use this model` };
  if (status === 402 || code === "insufficient_quota" || type === "insufficient_quota") {
    return { kind: "quota", message, remedy: "check plan and billing with the provider, or configure another one" };
  }
  if (status === 429) return { kind: "quota", message, remedy: "wait, or lower [compile] concurrency in vibesafe.toml" };
  if (status === 408 || status === 504) return { kind: "timeout", message, remedy: "run the command again, or use a faster model" };
  if (status !== undefined && status >= 500) return { kind: "network", message, remedy: "the server failed: run the command again later" };
  if (status === 404) return { kind: "rejected", message, remedy: `${REMEDY_BASE_URL}; and that the server has this model` };
  return { kind: "rejected", message, remedy: "change what the server refuses in [provider] of vibesafe.toml" };
}

/** The server's words in one line of bounded length: a gateway's error may be a whole page. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\u0000-\u001F\u007F]+/g, " ").trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}
