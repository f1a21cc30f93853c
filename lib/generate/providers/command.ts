/**
 * Any local program as a provider: the prompt on its standard input, the reply on its standard output.
 *
 * @module
 */

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { VibesafeConfigError, VibesafeProviderError, type ProviderFailure } from "../../errors.ts";
import type { ProviderConfig } from "../../project/config.ts";
import type { Project } from "../../project/project.ts";
import { decodeUtf8, MAX_REPLY_BYTES, type CompletionRequest, type Provider } from "./provider.ts";

/** What is kept of standard error, in bytes: the end, where programs say why they gave up. */
const STDERR_BYTES = 4096;
const STDERR_LINES = 10;

/** Time for the pipes to close once the program has ended; longer only when it left a background process that holds them. */
const GRACE_MS = 1000;

/** Runs `command` in the project's root, without a shell, once for each prompt. */
export function createCommandProvider(project: Project, config: ProviderConfig): Provider {
  const [program, ...args] = config.command ?? [];
  if (program === undefined || program === "") {
    throw new VibesafeConfigError(`[provider.${config.name}] has no command`, { remedy: 'add command = ["program", "argument"]' });
  }
  return {
    async complete(request) {
      const text = await run({ program, args, cwd: project.root, timeout: config.timeout }, request);
      return { text, model: config.model, finishReason: "stop" };
    },
  };
}

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Seconds. */
  readonly timeout: number;
}

async function run(command: Command, request: CompletionRequest): Promise<string> {
  const { program } = command;
  const { unit, signal } = request;
  signal?.throwIfAborted();
  const ended = await execute(command, request);
  if (ended.kind === "aborted") throw ended.reason;
  if (ended.kind === "not started") {
    throw failure(
      "missing",
      `cannot start ${program}: ${ended.reason}`,
      "name an installed program in command, by its full path if it is not on PATH",
    );
  }
  if (ended.kind === "timeout") {
    throw failure("timeout", `${program} gave no answer in ${command.timeout} s`, "raise timeout in vibesafe.toml, or use a faster model");
  }
  if (ended.kind === "too long") {
    throw failure(
      "malformed",
      `${program} printed more than ${MAX_REPLY_BYTES / 1024 / 1024} MiB`,
      "make the program print the reply and nothing else",
    );
  }
  if (ended.status !== 0) {
    const end = ended.signal === null ? `exited with status ${ended.status}` : `was ended by ${ended.signal}`;
    throw failure(
      "rejected",
      [`${program} ${end}`, ...lastLines(ended.stderr)].join("\n"),
      `run the program by hand and mend what it says`,
    );
  }
  const text = decodeUtf8(ended.stdout);
  if (text === undefined) throw failure("malformed", `${program} printed bytes that are not UTF-8`, "make the program print UTF-8");
  if (text.trim() === "") throw failure("malformed", `${program} printed nothing`, "make the program print the reply on standard output");
  return text;

  function failure(kind: ProviderFailure, message: string, remedy: string): VibesafeProviderError {
    return new VibesafeProviderError(`${unit}: ${message}`, { unit, failure: kind, remedy });
  }
}

type Ending =
  | {
      readonly kind: "exit";
      readonly status: number | null;
      readonly signal: string | null;
      readonly stdout: Buffer;
      readonly stderr: Buffer;
    }
  | { readonly kind: "not started"; readonly reason: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "too long" }
  | { readonly kind: "aborted"; readonly reason: unknown };

function execute({ program, args, cwd, timeout }: Command, { prompt, signal }: CompletionRequest): Promise<Ending> {
  return new Promise((fulfil) => {
    // A process group of its own, so that what the program started ends with it.
    const child = spawn(program, args, { cwd, stdio: ["pipe", "pipe", "pipe"], detached: process.platform !== "win32", windowsHide: true });
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr: Buffer = Buffer.alloc(0);
    const kill = (): void => killTree(child);
    const abort = (): void => stop({ kind: "aborted", reason: signal?.reason });
    const timer = setTimeout(() => stop({ kind: "timeout" }), timeout * 1000);
    let grace: NodeJS.Timeout | undefined;
    const settle = (ending: Ending): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener("abort", abort);
      process.removeListener("exit", kill);
      fulfil(ending);
    };
    const leave = (ending: Ending): void => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.unref();
      settle(ending);
    };
    /** Ends it all without waiting: a grandchild that left the group may hold the pipes open for ever. */
    const stop = (ending: Ending): void => {
      kill();
      leave(ending);
    };
    process.once("exit", kill);
    signal?.addEventListener("abort", abort, { once: true });
    child.once("error", (error) => settle({ kind: "not started", reason: reasonOf(error) }));
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_REPLY_BYTES) stop({ kind: "too long" });
      else stdout.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_BYTES);
    });
    const exited = (status: number | null, endedBy: string | null): Ending => ({
      kind: "exit",
      status,
      signal: endedBy,
      stdout: Buffer.concat(stdout),
      stderr,
    });
    child.once("exit", (status, endedBy) => {
      grace = setTimeout(() => leave(exited(status, endedBy)), GRACE_MS);
    });
    child.once("close", (status, endedBy) => settle(exited(status, endedBy)));
    // A program may answer without reading its input to the end (EPIPE); whether it did well is in its exit status.
    child.stdin.on("error", () => {});
    child.stdin.end(prompt);
  });
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/t", "/f"], { windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // ESRCH: it is gone already.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function reasonOf(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such program";
  if (code === "EACCES") return "not executable";
  return error.message;
}

function lastLines(bytes: Buffer): string[] {
  const lines = bytes
    .toString("utf8")
    .replaceAll(/\u001B\[[0-9;]*[A-Za-z]/g, "")
    .split(/\r?\n/);
  return lines.filter((line) => line.trim() !== "").slice(-STDERR_LINES);
}
