/**
 * Running the checkers: programs of packages that vibesafe depends on.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cleanUpAtExit } from "./clean-up.ts";
import { toolFile } from "./gate-key.ts";

export interface ToolRun {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
  readonly timedOut: boolean;
}

export interface ToolOptions {
  /** Package and its program inside it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program of a package to its end; undefined when the package is not installed. */
export async function runTool({ name, program, args, ...options }: ToolOptions): Promise<ToolRun | undefined> {
  const path = toolFile(name, program);
  if (path === undefined || !existsSync(path)) return undefined;
  return runProgram({ ...options, command: process.execPath, args: [path, ...args] });
}

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
  /** For its standard input; that is empty if not given. */
  readonly input?: string;
  /** It is ended after so long; there is no limit if not given. */
  readonly timeoutMs?: number;
}

/** Most that is kept of what a program prints, in UTF-16 units. */
const MAX_OUTPUT = 1 << 28;

/** Runs a program to its end. @throws what `spawn` says when it cannot start; `signal.reason` */
export function runProgram({ command, args, cwd, signal, input, timeoutMs }: ProgramOptions): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const { NODE_OPTIONS: _, ...env } = process.env;
    // A group of its own: the program that does the work may be a child of the one that is started.
    const detached = process.platform !== "win32";
    const child = spawn(command, [...args], { cwd, env: { ...env, NO_COLOR: "1" }, stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"], detached, windowsHide: true });
    const kill = (): void => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        if (detached) process.kill(-child.pid, "SIGKILL");
        else child.kill("SIGKILL");
      } catch (error) {
        // It ended just now.
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    };
    const forget = cleanUpAtExit(kill);
    signal?.addEventListener("abort", kill, { once: true });
    let timedOut = false;
    const limit = timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), kill()), timeoutMs);
    let output = "";
    let errors = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.length < MAX_OUTPUT ? (output += text) : kill()));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors.length < MAX_OUTPUT ? (errors += text) : kill()));
    // It need not read what it is given.
    child.stdin?.on("error", () => undefined).end(input);
    const settle = (): void => {
      clearTimeout(limit);
      forget();
      signal?.removeEventListener("abort", kill);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code) => {
      settle();
      if (signal?.aborted === true) reject(signal.reason);
      else resolve({ code, output, errors, timedOut });
    });
  });
}
