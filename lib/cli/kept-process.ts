/**
 * Answers from an earlier run, before the command line is loaded.
 *
 * @module
 */

import { fstatSync, writeSync } from "node:fs";
import * as nodeModule from "node:module";
import type * as Tty from "node:tty";
import type { Answer } from "../spec/answers.ts";
import type { Edited } from "./edited-answer.ts";
import { answerName } from "./answer-name.ts";
import { findKept } from "./kept-answer.ts";
import { endUnwritable } from "./unwritable.ts";
import { wantsColour } from "./wants-colour.ts";

/** Prints what an earlier run answered, as far as it holds, and sets the exit status. @returns false where the command has to run */
export async function printKept(argv: readonly string[]): Promise<boolean> {
  if (answerName(argv) === undefined) return false;
  const colour = !argv.includes("--no-color") && !argv.includes("--json") && wantsColour(process.env) && isTerminal();
  const asked = { argv, env: process.env, colour };
  const found = findKept({ ...asked, cwd: process.cwd() });
  if (found === undefined) return false;
  const answer = found.kept.changed.length === 0 ? found.kept : await afterEdit({ ...asked, ...found });
  if (answer === undefined) return false;
  print(Buffer.from(answer.text));
  process.exitCode = answer.status;
  return true;
}

async function afterEdit(edited: Edited): Promise<Answer | undefined> {
  useCompileCache();
  const { answerAfterEdit } = await import("./edited-answer.ts");
  return answerAfterEdit(edited);
}

/** Node 22.1 and newer keep compiled code between runs; Node 20 has no such function. */
export function useCompileCache(): void {
  if ("enableCompileCache" in nodeModule && typeof nodeModule.enableCompileCache === "function") nodeModule.enableCompileCache();
}

/** What is no character device is no terminal; to know more takes a module that costs as much as the answer. */
function isTerminal(): boolean {
  if (!fstatSync(1).isCharacterDevice()) return false;
  const { isatty }: typeof Tty = nodeModule.createRequire(import.meta.url)("node:tty");
  return isatty(1);
}

/** Writes to stdout, without the streams that take long to load. */
function print(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (error.code !== "EAGAIN") endUnwritable(error);
      // A full pipe that somebody made non-blocking.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
