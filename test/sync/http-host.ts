/**
 * A git host on loopback: node:http in front of `git http-backend`, which can be made to lie, break off and lock its door.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname } from "node:path";

export interface Behaviour {
  /** Refuse whoever does not say `user:password`. */
  user?: string | undefined;
  /** Changes what goes out: bytes of one answer. */
  change?: ((url: string, body: Buffer) => Buffer) | undefined;
  /** Break off an answer to a POST of this service after so many bytes. */
  breakAfter?: { readonly service: string; readonly bytes: number } | undefined;
  /** Answer these addresses from elsewhere, whatever git would say. */
  redirect?: string | undefined;
}

export interface Traffic {
  /** Which refs there are, or objects and what becomes of refs. */
  about: "refs" | "objects";
  received: number;
  sent: number;
}

export interface HttpHost {
  readonly url: string;
  readonly behaviour: Behaviour;
  /** Requests that came, as `METHOD path`, and what they said of who they are. */
  readonly log: string[];
  readonly authorizations: (string | undefined)[];
  /** Bytes of each exchange, without HTTP's own headers. */
  readonly traffic: Traffic[];
  /** Git-Protocol headers that came. */
  readonly protocols: (string | undefined)[];
}

/** Serves the folder of `repository`; closed when the test ends. */
export async function serve(t: { after(cleanUp: () => void | Promise<void>): void }, repository: string): Promise<HttpHost> {
  const behaviour: Behaviour = {};
  const log: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const protocols: (string | undefined)[] = [];
  const traffic: Traffic[] = [];
  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers.authorization);
    protocols.push(request.headers["git-protocol"]?.toString());
    if (behaviour.redirect !== undefined) {
      response.writeHead(302, { location: behaviour.redirect + request.url }).end();
      return;
    }
    const wanted = behaviour.user === undefined ? undefined : `Basic ${Buffer.from(behaviour.user).toString("base64")}`;
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      request.resume();
      response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end("who are you?");
      return;
    }
    const exchange: Traffic = { about: request.method === "GET" ? "refs" : "objects", received: 0, sent: 0 };
    traffic.push(exchange);
    answer(request, response, dirname(repository), { behaviour, exchange });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/${repository.slice(dirname(repository).length + 1)}`, behaviour, log, authorizations, traffic, protocols };
}

function answer(request: IncomingMessage, response: ServerResponse, root: string, { behaviour, exchange }: { readonly behaviour: Behaviour; readonly exchange: Traffic }): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://host");
  const env = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    REMOTE_USER: "tester",
    REMOTE_ADDR: "127.0.0.1",
    REQUEST_METHOD: request.method,
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    ...(request.headers["content-length"] !== undefined && { CONTENT_LENGTH: request.headers["content-length"] }),
    ...(request.headers["content-encoding"] !== undefined && { HTTP_CONTENT_ENCODING: request.headers["content-encoding"] }),
    GIT_PROTOCOL: request.headers["git-protocol"]?.toString() ?? "",
  };
  const child = spawn("git", ["http-backend"], { env, stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {});
  request.on("data", (part: Buffer) => {
    exchange.received += part.length;
    if (part.includes("command=ls-refs")) exchange.about = "refs";
  });
  child.stdout.on("data", (part: Buffer) => (exchange.sent += part.length));
  request.pipe(child.stdin);
  const limit = request.method === "POST" && behaviour.breakAfter?.service === pathname.split("/").at(-1) ? behaviour.breakAfter : undefined;
  if (behaviour.change === undefined && limit === undefined) stream(child.stdout, response);
  else {
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.stdout.on("end", () => {
      const whole = Buffer.concat(parts);
      const head = whole.indexOf("\r\n\r\n");
      begin(whole.subarray(0, head).toString("latin1"), response);
      const body = behaviour.change?.(request.url ?? "", whole.subarray(head + 4)) ?? whole.subarray(head + 4);
      if (limit === undefined) response.end(body);
      else response.write(body.subarray(0, limit.bytes), () => response.destroy());
      if (limit !== undefined && limit.bytes === 0) response.destroy();
    });
  }
}

function stream(from: NodeJS.ReadableStream, response: ServerResponse): void {
  let head: Buffer | undefined = Buffer.alloc(0);
  from.on("data", (part: Buffer) => {
    if (head === undefined) {
      response.write(part);
      return;
    }
    head = Buffer.concat([head, part]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    begin(head.subarray(0, end).toString("latin1"), response);
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  from.on("end", () => response.end());
}

function begin(text: string, response: ServerResponse): void {
  const headers = text.split("\r\n").map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  const status = headers.find(([name]) => name === "Status")?.[1];
  response.writeHead(status === undefined ? 200 : Number(status.split(" ")[0]), Object.fromEntries(headers.filter(([name]) => name !== "Status")));
}
