/**
 * Compiling a unit for dev mode: in a child process that runs `vibe compile`, so that a synchronous call can wait for it and nothing of
 * the compiler is ever loaded into the program.
 *
 * @module
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  VibesafeCheckpointMissing,
  VibesafeConfigError,
  type VibesafeError,
  VibesafeHashMismatch,
  VibesafeMissingDoctest,
  VibesafeProviderError,
  VibesafeRemoteError,
  VibesafeStoreError,
  VibesafeTypeError,
  VibesafeUsageError,
  VibesafeValidationError,
  type ErrorCode,
  type ProviderFailure,
  type VibesafeErrorOptions,
} from "../errors.ts";
import type { Project } from "../project/project.ts";
import type { UnitId } from "../spec/types.ts";

/** Largest JSON document of one unit that is read. */
const MOST_OUTPUT = 64 << 20;

/** The command line as built, seen from dist/lib/runtime or from one file in dist/lib; and its source, seen from lib/runtime. */
const PROGRAMS = ["../../bin/vibe.js", "../bin/vibe.js", "../../bin/vibe.ts"];

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit status or signal. */
  readonly status: string;
}

/** Waits for the compilation. @throws VibesafeError why there is no code that may run */
export function compileAndWait(project: Project, unit: UnitId): void {
  const { command, args, env } = commandLine(unit);
  const { stdout, stderr, status, signal, error } = spawnSync(command, args, {
    cwd: project.root,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: MOST_OUTPUT,
    windowsHide: true,
  });
  if (error !== undefined) throw cannotStart(unit, error);
  check(unit, { stdout, stderr, status: String(signal ?? status) });
}

/** Compiles while the event loop stays free. @throws VibesafeError why there is no code that may run */
export async function compileMeanwhile(project: Project, unit: UnitId): Promise<void> {
  const { command, args, env } = commandLine(unit);
  const ended = await new Promise<Ended>((resolve, reject) => {
    const child = spawn(command, args, { cwd: project.root, env, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => reject(cannotStart(unit, error)));
    child.on("close", (status, signal) => resolve({ stdout, stderr, status: String(signal ?? status) }));
  });
  check(unit, ended);
}

function commandLine(unit: UnitId): { command: string; args: string[]; env: NodeJS.ProcessEnv } {
  const program = PROGRAMS.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (program === undefined) throw cannotStart(unit, new Error("bin/vibe is not there"));
  const loader = program.endsWith(".ts") ? ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href] : [];
  const { NODE_OPTIONS, ...env } = process.env;
  // A debugger that waits for the program would wait for the compiler too, on the same port.
  const options = NODE_OPTIONS?.replaceAll(/(?<=^|\s)--inspect\S*/g, "");
  return {
    command: process.execPath,
    args: [...loader, program, "compile", "--target", unit, "--dev", "--json"],
    env: options === undefined ? env : { ...env, NODE_OPTIONS: options },
  };
}

function cannotStart(unit: UnitId, cause: Error): VibesafeUsageError {
  return new VibesafeUsageError(`dev mode cannot start the compiler for ${unit}: ${cause.message}`, { unit, cause, remedy: byHand(unit) });
}

/** Throws what the compiler reports, as the class that it was. */
function check(unit: UnitId, { stdout, stderr, status }: Ended): void {
  const document = asRecord(parseJson(stdout));
  const results: readonly unknown[] = Array.isArray(document?.["results"]) ? document["results"] : [];
  const result = results.map(asRecord).find((entry) => entry?.["id"] === unit);
  const error = asRecord(result?.["error"]) ?? asRecord(document?.["error"]);
  if (result !== undefined && error === undefined && status === "0") return;
  if (error === undefined) {
    const last = stderr.trim().split("\n").at(-1) ?? "";
    throw new VibesafeValidationError(`\`vibe compile\` ended with ${status} and no result for ${unit}${last === "" ? "" : `: ${last}`}`, { unit, remedy: byHand(unit) });
  }
  const text = (key: string): string | undefined => (typeof error[key] === "string" ? error[key] : undefined);
  const stage = text("stage");
  const message = `${unit}${stage === undefined ? "" : ` (${stage})`}: ${text("message") ?? "failed"}`;
  throw errorOf(text("code") ?? "", message, { unit, remedy: text("remedy") ?? byHand(unit) }, text("failure"));
}

const CLASSES: Readonly<Record<Exclude<ErrorCode, "PROVIDER_FAILED" | "STORE_BUSY">, new (message: string, options: VibesafeErrorOptions) => VibesafeError>> = {
  MISSING_DOCTEST: VibesafeMissingDoctest,
  TYPE_ERROR: VibesafeTypeError,
  VALIDATION_FAILED: VibesafeValidationError,
  HASH_MISMATCH: VibesafeHashMismatch,
  CHECKPOINT_MISSING: VibesafeCheckpointMissing,
  CONFIG_INVALID: VibesafeConfigError,
  REMOTE_FAILED: VibesafeRemoteError,
  STORE_BROKEN: VibesafeStoreError,
  USAGE: VibesafeUsageError,
};

function errorOf(code: string, message: string, options: VibesafeErrorOptions, failure: string | undefined): VibesafeError {
  if (code === "PROVIDER_FAILED") return new VibesafeProviderError(message, { ...options, failure: PROVIDER_FAILURES.find((known) => known === failure) ?? "rejected" });
  if (code === "STORE_BUSY") return new VibesafeStoreError(message, { ...options, busy: true });
  const Kind = Object.entries(CLASSES).find(([known]) => known === code)?.[1] ?? VibesafeValidationError;
  return new Kind(message, options);
}

const PROVIDER_FAILURES: readonly ProviderFailure[] = ["auth", "quota", "timeout", "refusal", "truncated", "network", "rejected", "malformed", "missing"];

function byHand(unit: UnitId): string {
  return `run \`vibe compile --target ${unit}\` to see more; the next call takes what it leaves`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
}
