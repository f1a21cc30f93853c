/**
 * Errors as a person and as `--json` see them.
 *
 * @module
 */

import type { VibesafeError } from "../errors.ts";
import type { Colours } from "./colours.ts";
import type { Io } from "./io.ts";

export interface ErrorView {
  readonly debug: boolean;
  /** `file:line:column`, where the error itself does not say. */
  readonly where?: string | undefined;
}

/** `error: …` and `  fix: …` on stderr; the stack with `--debug` only. */
export function printError(io: Io, colour: Colours, error: VibesafeError, { debug, where }: ErrorView): void {
  // A message that begins with a place says which file and so, to a person, which unit.
  const placed = where !== undefined && error.message.startsWith(where.slice(0, where.indexOf(":") + 1));
  const at = where === undefined || placed ? "" : `${where}: `;
  const unit = error.unit === undefined || placed || error.message.includes(error.unit) ? "" : `${error.unit}: `;
  io.err(`${colour.red("error:")} ${at}${unit}${error.message}\n`);
  io.err(`  ${colour.cyan("fix:")} ${error.remedy}\n`);
  if (debug && error.stack !== undefined) io.err(`${error.stack}\n`);
}

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly unit?: string;
}

export function errorDocument(error: VibesafeError): ErrorDocument {
  return {
    code: error.code,
    message: error.message,
    remedy: error.remedy,
    ...(error.unit !== undefined && { unit: error.unit }),
  };
}

/** An error that no layer foresaw, in the same words as one that was. */
export function unforeseen(error: unknown): { message: string; remedy: string; stack: string | undefined } {
  const system = error instanceof Error && "code" in error && "syscall" in error;
  return {
    message: error instanceof Error ? error.message : String(error),
    remedy: system ? "mend what the system refused, then run it again" : "run it again with --debug and report what it prints",
    stack: error instanceof Error ? error.stack : undefined,
  };
}
