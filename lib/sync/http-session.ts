/**
 * Hosts that are reached by HTTP: isomorphic-git finds the repository and logs in. No git is needed.
 *
 * @module
 */

import type { HttpClient } from "isomorphic-git/managers";
import { VibesafeRemoteError } from "../errors.ts";
import type { Credentials } from "./credentials.ts";
import { createHttpClient } from "./http-client.ts";
import type { Environment } from "./http-proxy.ts";
import { formatNamed } from "./object-format.ts";
import { cutShort, FLUSH, PacketReader, printable } from "./pkt-line.ts";
import { greetingOf, parseCapabilities, type Greeting, type RequestBody, type Service, type Session } from "./session.ts";

export interface HttpOptions {
  readonly credentials: Credentials;
  /** Where proxies are named. */
  readonly env: Environment;
  readonly version: 1 | 2;
  readonly signal?: AbortSignal | undefined;
}

/** @throws VibesafeRemoteError when the host cannot be reached, does not let in, or has no such repository */
export async function openHttp(url: string, service: Service, { credentials, env, version, signal }: HttpOptions): Promise<Session> {
  const { GitRemoteHTTP } = await import("isomorphic-git/managers");
  const http = createHttpClient(url, env);
  const headers: Record<string, string> = { "user-agent": "git/vibesafe" };
  const greeted = listening(http);
  const common = { http, service: `git-${service}`, url, ...(signal !== undefined && { signal }) };
  let found: unknown;
  try {
    found = await GitRemoteHTTP.discover({
      ...common,
      http: greeted,
      headers,
      protocolVersion: service === "upload-pack" ? version : 1,
      onAuth: () => credentials.first(),
      onAuthFailure: () => credentials.next(),
      onAuthSuccess: () => credentials.approve(),
    });
    await greeted.checkWhole();
  } catch (error) {
    http.close();
    throw httpError(url, error);
  }
  const greeting = greetingFrom(found);
  let last: PacketReader | undefined;
  const auth = isRecord(found) && isRecord(found["auth"]) ? found["auth"] : {};
  return {
    ...greeting,
    shownAs: url,
    once: false,
    request: async ({ parts, length }: RequestBody) => {
      // To its end: only then the connection is free for what is asked next.
      while (last !== undefined && (await last.next()) !== undefined);
      try {
        const response = await GitRemoteHTTP.connect({ ...common, auth, headers: { ...headers, "content-length": String(length) }, body: parts });
        last = new PacketReader(response.body ?? nothing());
        return last;
      } catch (error) {
        throw httpError(url, error);
      }
    },
    close: async () => http.close(),
  };
}

/** isomorphic-git takes a greeting that breaks off for one that ends there, and its host for one with fewer refs: so its end is looked at. */
function listening(http: HttpClient): HttpClient & { checkWhole(): Promise<void> } {
  let failed: unknown;
  let end = "";
  let last: AsyncIterableIterator<Uint8Array> = nothing();
  async function* heard(body: AsyncIterableIterator<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    end = "";
    try {
      for await (const part of body) {
        end = (end + Buffer.from(part.subarray(-FLUSH.length)).toString("latin1")).slice(-FLUSH.length);
        yield part;
      }
    } catch (error) {
      failed = error;
      throw error;
    }
  }
  return {
    request: async (asked) => {
      const response = await http.request(asked);
      last = heard(response.body ?? nothing());
      return { ...response, body: last };
    },
    checkWhole: async () => {
      // Of a host without refs it reads the first line alone.
      while ((await last.next()).done !== true);
      if (failed !== undefined) throw failed;
      if (end !== Buffer.from(FLUSH).toString("latin1")) throw cutShort();
    },
  };
}

/** What isomorphic-git made of the greeting (its parseRefsAdResponse). */
function greetingFrom(found: unknown): Greeting {
  if (isRecord(found) && isRecord(found["capabilities2"])) {
    const capabilities = new Map(Object.entries(found["capabilities2"]).map(([key, value]) => [key, typeof value === "string" ? value : ""]));
    return { version: 2, capabilities, format: formatNamed(capabilities.get("object-format")), refs: new Map(), shallow: new Set() };
  }
  if (!isRecord(found) || !(found["refs"] instanceof Map) || !(found["capabilities"] instanceof Set)) throw new TypeError("isomorphic-git gave no greeting");
  const lines = [...found["refs"]].map(([name, id]): [string, string] => [String(id), String(name)]);
  return greetingOf(parseCapabilities([...found["capabilities"]].map(String)), lines);
}

function httpError(url: string, error: unknown): unknown {
  const code = isRecord(error) ? error["code"] : undefined;
  const data = isRecord(error) && isRecord(error["data"]) ? error["data"] : {};
  if (code === "HttpError") {
    const status = Number(data["statusCode"]);
    const said = printable(String(data["response"] ?? "")).slice(0, 300);
    if (status === 401 || status === 403) {
      return new VibesafeRemoteError(`${url} does not let in (HTTP ${status})${said === "" || said.startsWith("<") ? "" : `: ${said}`}`, {
        remedy: "log in with a git credential helper (`git credential approve`), or set VIBESAFE_TOKEN and VIBESAFE_TOKEN_HOST",
      });
    }
    const what = status === 404 ? "has no repository there (HTTP 404)" : `answers HTTP ${status}${said === "" || said.startsWith("<") ? "" : `: ${said}`}`;
    return new VibesafeRemoteError(`${url} ${what}`, { remedy: "check the remote's URL with `vibe remote list`" });
  }
  if (code === "SmartHttpError" || code === "ParseError" || code === "EmptyServerResponseError") {
    return new VibesafeRemoteError(`${url} does not answer as a git host`, { remedy: "check the remote's URL with `vibe remote list`" });
  }
  return error;
}

async function* nothing(): AsyncIterableIterator<Uint8Array> {}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
