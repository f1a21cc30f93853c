/**
 * Who took a lock, said in the lock file, so that the next process can tell a dead owner's lock from a living one's.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "./files.ts";

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** What tells this process from a later one of the same number: its start, the boot, the namespace of its number. */
  readonly start: string;
  readonly machine: string;
  readonly nonce: string;
}

/** The line that this process leaves in a lock. */
export function formatOwner(): string {
  const { pid } = process;
  return `vibesafe ${pid} ${startOf(pid) ?? "-"} ${machine()} ${encodeURIComponent(hostname())} ${randomBytes(8).toString("hex")}\n`;
}

/** The owner that a lock names, or undefined when it is not one of ours (git leaves locks empty or with an id). */
export function parseOwner(text: string): LockOwner | undefined {
  const match = /^vibesafe ([1-9][0-9]*) (\S+) (\S+) (\S+) ([0-9a-f]{16})\n$/.exec(text);
  const [, pid, start, on, host, nonce] = match ?? [];
  if (start === undefined || on === undefined || host === undefined || nonce === undefined) return undefined;
  return { pid: Number(pid), start, machine: on, host, nonce };
}

/** Tells whether an owner is surely dead: it ran on this machine since this boot, and its number is free or another's now. */
export function isDead(owner: LockOwner): boolean {
  if (owner.host !== encodeURIComponent(hostname()) || owner.machine !== machine()) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // ESRCH: no such process. EPERM: there is one, of another user.
    return errorCode(error) === "ESRCH";
  }
  const start = startOf(owner.pid);
  return start !== undefined && owner.start !== "-" && start !== owner.start;
}

/** When a process began, in clock ticks since boot (proc(5), `/proc/pid/stat`, field 22); undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  const text = tryRead(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The second field is the program's name in parentheses, which may hold blanks and parentheses.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

function machine(): string {
  const boot = tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim());
  const namespace = tryRead(() => readlinkSync("/proc/self/ns/pid"));
  return `${boot ?? "-"}/${namespace ?? "-"}`;
}

function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    // Whatever the reason, /proc does not say; then the number alone has to do.
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
