/**
 * A local server that speaks the chat-completions protocol as far as a test asks it to.
 *
 * @module
 */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** JSON as sent. */
  readonly body: Record<string, unknown>;
}

export type Answer = (response: ServerResponse, request: Received) => void;

export interface ChatServer {
  readonly url: string;
  /** Every request so far, in order. */
  readonly received: readonly Received[];
}

/** Starts a server whose n-th request gets the n-th answer, and the last one from then on; it ends with the test. */
export async function chatServer(t: { after(cleanUp: () => Promise<void>): void }, ...answers: readonly Answer[]): Promise<ChatServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const one: Received = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: text === "" ? {} : JSON.parse(text),
      };
      received.push(one);
      (answers[Math.min(received.length, answers.length) - 1] ?? notFound)(response, one);
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.after(
    () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/v1`, received };
}

/** A whole answer with this content; `more` overrides fields of the body. */
export function says(content: string | null, more: Record<string, unknown> = {}, choice: Record<string, unknown> = {}): Answer {
  return json(200, {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "served-model-1",
    choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, finish_reason: "stop", ...choice }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    ...more,
  });
}

/** An error as OpenAI words it. */
export function fails(status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Answer {
  return json(status, { error }, { "retry-after-ms": "1", ...headers });
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return raw(status, JSON.stringify(body), headers);
}

export function raw(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

const notFound = json(404, { error: { message: "not found" } });
