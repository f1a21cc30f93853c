/**
 * Answers from an earlier run, before the command line is loaded.
 *
 * @module
 */

import { fstatSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Tty from "node:tty";
import { answerName, keptAnswer } from "./kept-answer.ts";

/** Prints what an earlier run answered and sets its exit status. @returns false where there is no such answer, or it no longer holds */
export function printKept(argv: readonly string[]): boolean {
  if (answerName(argv) === undefined) return false;
  const colour = !argv.includes("--no-color") && !argv.includes("--json") && !process.env["NO_COLOR"] && isTerminal();
  const answer = keptAnswer({ argv, env: process.env, colour, cwd: process.cwd() });
  if (answer === undefined) return false;
  process.exitCode = print(Buffer.from(answer.text)) ? answer.status : 0;
  return true;
}

/** What is no character device is no terminal; to know more takes a module that costs as much as the answer. */
function isTerminal(): boolean {
  if (!fstatSync(1).isCharacterDevice()) return false;
  const { isatty }: typeof Tty = createRequire(import.meta.url)("node:tty");
  return isatty(1);
}

/** Writes to stdout, without the streams that take long to load. @returns false when the reader has seen enough */
function print(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (error.code === "EPIPE") return false;
      if (error.code !== "EAGAIN") throw error;
      // A full pipe that somebody made non-blocking.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
