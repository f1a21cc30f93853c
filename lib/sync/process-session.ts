/**
 * Hosts that are reached through a program: git for a local path, ssh for another machine.
 *
 * @module
 */

import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { VibesafeRemoteError } from "../errors.ts";
import { errorCode } from "../store/files.ts";
import { FLUSH, PacketReader, printable } from "./pkt-line.ts";
import { redact, type RemoteAddress } from "./remote-url.ts";
import { readGreeting, type RequestBody, type Service, type Session } from "./session.ts";

export interface ProcessOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: 1 | 2;
  /** `core.sshCommand` of the person's git configuration. */
  readonly sshCommand?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What git sets for hooks of a repository, and what would point its child at that one (`git rev-parse --local-env-vars`). */
const LOCAL_VARIABLES = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
  "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE",
  "GIT_COMMON_DIR", "GIT_INTERNAL_SUPER_PREFIX", "GIT_QUARANTINE_PATH",
];

/** An environment for a git of another repository. */
export function gitEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && !LOCAL_VARIABLES.includes(name)) out[name] = value;
  return out;
}

/**
 * Starts the service and reads its greeting.
 *
 * @throws VibesafeRemoteError when git or ssh is not there, or the host does not answer
 */
export async function openProcess(address: Exclude<RemoteAddress, { kind: "http" }>, service: Service, options: ProcessOptions): Promise<Session> {
  const shownAs = address.kind === "path" ? address.path : `${address.host}:${address.path}`;
  const [program, args, shell] = commandOf(address, service, options);
  const env = { ...gitEnvironment(options.env), ...(options.version === 2 && service === "upload-pack" && { GIT_PROTOCOL: "version=2" }), LC_ALL: "C" };
  const child = spawn(program, args, { env, shell, stdio: ["pipe", "pipe", "pipe"], ...(options.signal !== undefined && { signal: options.signal }) });
  const said = collect(child);
  const output = outputOf(child, said, { program, shownAs });
  const reader = new PacketReader(output);
  // Who has answered and gone takes no more: that is told by the answer.
  child.stdin.on("error", () => {});
  try {
    const greeting = await readGreeting(reader, shownAs);
    let asked = false;
    return {
      ...greeting,
      shownAs,
      // Over a pipe, version 1 ends with the pack.
      once: greeting.version === 1,
      request: async ({ parts }: RequestBody) => {
        asked = true;
        for (const part of parts) if (!child.stdin.write(part)) await drained(child);
        return reader;
      },
      close: async () => {
        // Without a request version 1 waits for one; a flush says that there is none.
        if (!asked && greeting.version === 1 && child.stdin.writable) child.stdin.write(FLUSH);
        child.stdin.end();
        // What the host's hooks do after its answer is done before this ends, as with git. How it ends no longer matters.
        while ((await output.next().catch(() => undefined))?.done === false);
      },
    };
  } catch (error) {
    child.kill();
    throw error;
  }
}

function commandOf(address: Exclude<RemoteAddress, { kind: "http" }>, service: Service, { env, sshCommand }: ProcessOptions): [string, string[], boolean] {
  if (address.kind === "path") return ["git", [service, address.path], false];
  const remote = `git-${service} '${address.path.replaceAll("'", `'\\''`)}'`;
  const args = [...(address.port === undefined ? [] : ["-p", address.port]), "-o", "SendEnv=GIT_PROTOCOL", address.host, remote];
  const command = env["GIT_SSH_COMMAND"] || sshCommand;
  // Git hands it to the shell as well; what follows it is quoted.
  if (command !== undefined && command !== "") return [`${command} ${args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ")}`, [], true];
  return [env["GIT_SSH"] || "ssh", args, false];
}

/** What the child printed on stderr; the last of it. */
function collect(child: ChildProcessWithoutNullStreams): () => string {
  let text = "";
  child.stderr.setEncoding("utf8");
  child.stderr.on("data", (part: string) => (text = (text + part).slice(-4000)));
  return () => redact(printable(text));
}

async function* outputOf(child: ChildProcessWithoutNullStreams, said: () => string, { program, shownAs }: { program: string; shownAs: string }): AsyncGenerator<Uint8Array> {
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  const closed = new Promise<number | null>((done) => child.once("close", (status) => done(status)));
  failed.catch(() => {});
  const parts = child.stdout[Symbol.asyncIterator]();
  let any = false;
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await Promise.race([parts.next(), failed]);
    } catch (error) {
      throw startError(program, shownAs, error);
    }
    if (next.done === true) break;
    any = true;
    yield next.value;
  }
  const status = await Promise.race([closed, failed.catch((error: unknown) => Promise.reject(startError(program, shownAs, error)))]);
  if (!any || status !== 0) {
    throw new VibesafeRemoteError(`${shownAs}: ${said() || `${program} ended with ${status ?? "a signal"}`}`, { remedy: "check the remote's URL with `vibe remote list`, and that you may read and write it" });
  }
}

function startError(program: string, shownAs: string, error: unknown): unknown {
  if (errorCode(error) !== "ENOENT") return error;
  const name = program === "git" ? "git" : "ssh";
  return new VibesafeRemoteError(`${shownAs} is reached through ${name}, and there is no ${program} here`, {
    cause: error,
    remedy: name === "git" ? "install git, or use an http(s) URL, which needs none" : "install an ssh client, set GIT_SSH_COMMAND, or use an http(s) URL",
  });
}

function drained({ stdin }: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      for (const event of ["drain", "close", "error"]) stdin.off(event, end);
      done();
    };
    for (const event of ["drain", "close", "error"]) stdin.on(event, end);
  });
}
