/**
 * HTTP for isomorphic-git, in pieces: neither a pack that goes out nor one that comes in is held in memory.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { GitHttpRequest, GitHttpResponse, HttpClient } from "isomorphic-git/managers";
import { VibesafeRemoteError } from "../errors.ts";
import { proxyAgents, type Environment, type ProxyAgents } from "./http-proxy.ts";
import { withoutSecrets } from "./remote-url.ts";
import { silenceOf, watchSilence } from "./silence.ts";

/** As git's http.followRedirects=initial: the first question may be sent on, what follows goes straight to where that led. */
const MOST_REDIRECTS = 5;

export interface SessionClient extends HttpClient {
  /** Hangs up. An answer that nobody reads to its end would keep the process until the host does. */
  close(): void;
}

/** A client for one remote; it remembers where the remote has moved. */
export function createHttpClient(base: string, env: Environment = {}): SessionClient {
  let moved = base;
  const limits: Limits = { proxies: proxyAgents(env), silence: silenceOf(env) };
  const unread = new Set<IncomingMessage>();
  return {
    close: () => {
      for (const response of unread) response.destroy();
      limits.proxies.close();
    },
    request: async (asked: GitHttpRequest): Promise<GitHttpResponse> => {
      const headers = { ...asked.headers };
      let url = asked.url.startsWith(base) ? moved + asked.url.slice(base.length) : asked.url;
      if (new URL(url).origin !== new URL(base).origin) delete headers["Authorization"];
      for (let hops = 0; ; hops += 1) {
        const response = await send(url, { ...asked, headers }, limits);
        unread.add(response);
        response.once("close", () => unread.delete(response));
        const status = response.statusCode ?? 0;
        const { location } = response.headers;
        if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return answer(url, response, limits.silence);
        response.resume();
        if (asked.method === "POST" || hops >= MOST_REDIRECTS) throw refused(url, `is redirected to ${withoutSecrets(location)}`);
        const next = new URL(location, url);
        const suffix = asked.url.slice(base.length);
        if (!/^https?:$/.test(next.protocol) || (url.startsWith("https:") && next.protocol !== "https:") || !next.href.endsWith(suffix)) {
          throw refused(url, `is redirected to ${withoutSecrets(next.href)}`);
        }
        if (next.origin !== new URL(url).origin) delete headers["Authorization"];
        next.username = "";
        next.password = "";
        url = next.href;
        moved = url.slice(0, -suffix.length);
      }
    },
  };
}

interface Limits {
  readonly proxies: ProxyAgents;
  /** Milliseconds that a host may say nothing. */
  readonly silence: number;
}

async function send(url: string, { method = "GET", headers = {}, body, signal }: GitHttpRequest, { proxies, silence }: Limits): Promise<IncomingMessage> {
  const options = { method, headers, agent: proxies.agentFor(url), ...(signal !== undefined && { signal }) };
  // Loading TLS takes as long as the rest of the client.
  const client = await (url.startsWith("https:") ? import("node:https") : import("node:http"));
  const request = client.request(url, options);
  // A request that has no socket yet tells nobody that it was destroyed: whoever waits is told here.
  let giveUp = (error: Error): void => void request.destroy(error);
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    giveUp = (error) => {
      reject(error);
      request.destroy(error);
    };
    request.once("response", resolve);
    request.on("error", reject);
  });
  const watch = watchSilence(silence, giveUp);
  const abort = (): void => giveUp(new Error("interrupted"));
  signal?.addEventListener("abort", abort, { once: true });
  try {
    if (body === undefined) request.end();
    // A host may answer, with a refusal, before it has heard all: the answer counts then.
    else await Promise.race([response, pipeline(Readable.from(noted(body, watch.heard), { objectMode: false }), request).catch(() => {})]);
    return await response;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw refused(url, `cannot be reached: ${error instanceof Error ? error.message : String(error)}${proxies.unused}`, error);
  } finally {
    watch.end();
    signal?.removeEventListener("abort", abort);
  }
}

/** Tells of every part that could be sent. */
async function* noted(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    heard();
    yield part;
  }
}

function answer(url: string, response: IncomingMessage, silence: number): GitHttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) if (value !== undefined) headers[name] = String(value);
  return { url, method: "", statusCode: response.statusCode ?? 0, statusMessage: response.statusMessage ?? "", headers, body: bytesOf(url, response, silence) };
}

async function* bytesOf(url: string, response: IncomingMessage, silence: number): AsyncIterableIterator<Uint8Array> {
  const parts: AsyncIterator<unknown> = response[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only while the host is waited for: what is done with a part may take its time.
      const watch = watchSilence(silence, (error) => response.destroy(error));
      const { done, value } = await parts.next().finally(watch.end);
      if (done === true) return;
      if (value instanceof Uint8Array) yield value;
    }
  } catch (error) {
    throw refused(url, `broke off its answer: ${error instanceof Error ? error.message : String(error)}`, error);
  } finally {
    await parts.return?.();
  }
}

function refused(url: string, what: string, cause?: unknown): VibesafeRemoteError {
  const shown = withoutSecrets(url).replace(/\/(?:info\/refs\?service=)?git-(?:upload|receive)-pack$/, "");
  return new VibesafeRemoteError(`${shown} ${what}`, { cause, remedy: "check the remote's URL with `vibe remote list` and the network, then run the command again" });
}
