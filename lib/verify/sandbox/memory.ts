/**
 * Resident memory of other processes: V8's own limit does not count buffers.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

const PAGE = 4096;

/** How often a child is looked at: reading /proc costs microseconds, `ps` a process. */
export const MEMORY_POLL_MS: number = process.platform === "linux" ? 50 : 500;

/** A process that was started in a namespace of its own is the only child of the one that waits for it. */
function innermost(pid: number): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ")[0] || String(pid);
}

/** Resident set of a sandbox child in MiB; undefined when it is gone, or nothing here can tell. */
export function residentMb(pid: number, done: (mb: number | undefined) => void): void {
  if (process.platform === "linux") {
    try {
      done((Number(readFileSync(`/proc/${innermost(pid)}/statm`, "latin1").split(" ")[1]) * PAGE) / 2 ** 20);
    } catch {
      // It ended just now.
      done(undefined);
    }
  } else if (process.platform === "win32") {
    done(undefined);
  } else {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, stdout) => done(error === null ? Number(stdout) / 1024 : undefined));
  }
}
