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
}

export interface ToolOptions {
  /** Package and its program inside it. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end; undefined when the package is not installed. */
export function runTool({ name, program, args, cwd, signal }: ToolOptions): Promise<ToolRun | undefined> {
  const path = toolFile(name, program);
  if (path === undefined || !existsSync(path)) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const { NODE_OPTIONS: _, ...env } = process.env;
    // A group of its own: the program that does the work is a child of the one that is started.
    const detached = process.platform !== "win32";
    const child = spawn(process.execPath, [path, ...args], { cwd, env: { ...env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"], detached, windowsHide: true });
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
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", reject);
    child.on("close", (code) => {
      forget();
      signal?.removeEventListener("abort", kill);
      if (signal?.aborted === true) reject(signal.reason);
      else resolve({ code, output, errors });
    });
  });
}
