/**
 * What the `openai` client leaves open of HTTP: a clock that runs until the body has come, and limits on lengths and waits.
 *
 * @module
 */

import { MAX_REPLY_BYTES } from "./provider.ts";

/** Longest wait that a server may ask for with `Retry-After`, in seconds. */
const MAX_WAIT = 60;

/** Why an exchange was ended from this side. */
export type Ended = "timeout" | "too long";

/**
 * One request with its retries: a clock for each try, and the caller's own signal, as one signal.
 *
 * A try that outlasts the clock ends the whole exchange: what took too long once would do so again, at the same price.
 */
export class Exchange {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;
  #ended: Ended | undefined;

  /** @param ms - time for one try, body included */
  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#ms = ms;
    this.#outer = outer;
    outer?.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get ended(): Ended | undefined {
    return this.#ended;
  }

  /** `work`, or a rejection at once when the signal comes: the client is deaf to it while it waits for its next try. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((fulfil, reject) => {
      this.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      work.then(fulfil, reject);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#abort);
  }

  /** `fetch` for the client: returns when the whole body is there. */
  readonly fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end("timeout"), this.#ms);
    try {
      const response = await fetch(url, init);
      const body = await this.#read(response);
      return new Response(body.length === 0 ? null : body, { status: response.status, headers: headersFor(response, body) });
    } finally {
      clearTimeout(this.#timer);
    }
  };

  async #read({ body }: Response): Promise<Buffer<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body ?? []) {
      size += chunk.length;
      if (size > MAX_REPLY_BYTES) {
        this.#end("too long");
        break;
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  #end(why: Ended): void {
    this.#ended ??= why;
    this.#controller.abort();
  }
}

/** The few headers that the client acts on, so that it waits and retries where that can help, and only there. */
function headersFor({ ok, headers }: Response, body: Buffer): Headers {
  const kept = new Headers();
  for (const name of ["retry-after", "retry-after-ms", "x-request-id", "x-should-retry"]) {
    const value = headers.get(name);
    if (value !== null) kept.set(name, value);
  }
  // Servers forget the type; what is no JSON shall fail as such.
  if (ok) kept.set("content-type", "application/json");
  if (waitOf(headers) > MAX_WAIT || (!ok && body.includes('"insufficient_quota"'))) kept.set("x-should-retry", "false");
  return kept;
}

/** Seconds that `Retry-After` (RFC 9110 §10.2.3) or OpenAI's `retry-after-ms` asks to wait; 0 without. */
function waitOf(headers: Headers): number {
  const ms = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (!Number.isNaN(ms)) return ms / 1000;
  const after = headers.get("retry-after") ?? "";
  const seconds = Number.parseFloat(after);
  if (!Number.isNaN(seconds)) return seconds;
  const date = Date.parse(after);
  return Number.isNaN(date) ? 0 : (date - Date.now()) / 1000;
}
