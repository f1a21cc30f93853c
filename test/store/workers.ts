/**
 * Processes that tests kill, or set against each other.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { tempDir } from "../temp.ts";

/** The process is killed at every so many system calls; `CRASH_STEP=1` tries them all, which takes minutes. */
export const STEP: number = Number(process.env["CRASH_STEP"] ?? 41);

export interface Workers {
  readonly dir: string;
}

/** One file each: a process that starts in half the time can be killed twice as often. */
export function buildWorkers(names: readonly string[]): Workers {
  const dir = tempDir({ after: (cleanUp) => process.once("exit", cleanUp) });
  const entryPoints = names.map((name) => join(import.meta.dirname, "workers", `${name}.ts`));
  const external = ["fast-check", "esbuild", "oxc-parser", "oxc-resolver"];
  symlinkSync(join(import.meta.dirname, "../../node_modules"), join(dir, "node_modules"));
  buildSync({ entryPoints, bundle: true, platform: "node", format: "esm", outdir: dir, entryNames: "[name]", outExtension: { ".js": ".mjs" }, external });
  return { dir };
}

/** Runs a worker to its end; gives its status, null when it was killed, and what it acknowledged. */
export function runWorker({ dir }: Workers, name: string, args: readonly string[]): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [join(dir, `${name}.mjs`), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return { status, lines: stdout.split("\n").filter(Boolean) };
}
