/**
 * Standard output that takes nothing more: a full disk behind `vibe log > file`.
 *
 * @module
 */

import { writeSync } from "node:fs";

/** Ends the process: says why on standard error, and that not all was said. Nobody reads further where a pipe is closed: that is no failure. */
export function endUnwritable(error: Error): never {
  if ("code" in error && error.code === "EPIPE") process.exit(0);
  writeSync(2, `error: cannot write to standard output: ${error.message}\n  fix: make room where it goes, then run the command again\n`);
  process.exit(2);
}
