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

/** As git's http.followRedirects=initial: the first question may be sent on, what follows goes straight to where that led. */
const MOST_REDIRECTS = 5;

/** A host that says nothing for so long has died. */
const SILENCE_MS = 300_000;

export interface SessionClient extends HttpClient {
  /** Hangs up. An answer that nobody reads to its end would keep the process until the host does. */
  close(): void;
}

/** A client for one remote; it remembers where the remote has moved. */
export function createHttpClient(base: string, env: Environment = {}): SessionClient {
  let moved = base;
  const proxies = proxyAgents(env);
  const unread = new Set<IncomingMessage>();
  return {
    close: () => {
      for (const response of unread) response.destroy();
      proxies.close();
    },
    request: async (asked: GitHttpRequest): Promise<GitHttpResponse> => {
      const headers = { ...asked.headers };
      let url = asked.url.startsWith(base) ? moved + asked.url.slice(base.length) : asked.url;
      if (new URL(url).origin !== new URL(base).origin) delete headers["Authorization"];
      for (let hops = 0; ; hops += 1) {
        const response = await send(url, { ...asked, headers }, proxies);
        unread.add(response);
        response.once("close", () => unread.delete(response));
        const status = response.statusCode ?? 0;
        const { location } = response.headers;
        if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return answer(url, response);
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

async function send(url: string, { method = "GET", headers = {}, body, signal }: GitHttpRequest, proxies: ProxyAgents): Promise<IncomingMessage> {
  const options = { method, headers, agent: proxies.agentFor(url), ...(signal !== undefined && { signal }) };
  // Loading TLS takes as long as the rest of the client.
  const client = await (url.startsWith("https:") ? import("node:https") : import("node:http"));
  const request = client.request(url, options);
  request.setTimeout(SILENCE_MS, () => request.destroy(new Error(`no answer for ${SILENCE_MS / 1000} s`)));
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", reject);
  });
  if (body === undefined) request.end();
  // A host may answer, with a refusal, before it has heard all: the answer counts then.
  else await Promise.race([response, pipeline(Readable.from(body, { objectMode: false }), request).catch(() => {})]);
  try {
    return await response;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw refused(url, `cannot be reached: ${error instanceof Error ? error.message : String(error)}${proxies.unused}`, error);
  }
}

function answer(url: string, response: IncomingMessage): GitHttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) if (value !== undefined) headers[name] = String(value);
  return { url, method: "", statusCode: response.statusCode ?? 0, statusMessage: response.statusMessage ?? "", headers, body: bytesOf(url, response) };
}

async function* bytesOf(url: string, response: IncomingMessage): AsyncIterableIterator<Uint8Array> {
  try {
    for await (const part of response) if (part instanceof Uint8Array) yield part;
  } catch (error) {
    throw refused(url, `broke off its answer: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function refused(url: string, what: string, cause?: unknown): VibesafeRemoteError {
  const shown = withoutSecrets(url).replace(/\/(?:info\/refs\?service=)?git-(?:upload|receive)-pack$/, "");
  return new VibesafeRemoteError(`${shown} ${what}`, { cause, remedy: "check the remote's URL with `vibe remote list` and the network, then run the command again" });
}
