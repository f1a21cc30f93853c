/**
 * Git's lock files: whoever creates `<file>.lock` first may change `<file>`.
 *
 * @module
 */

import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { writeFully } from "./durable.ts";
import { errorCode, fileError, isAbsent } from "./files.ts";

export interface Lock {
  /** What is locked. */
  readonly path: string;
}

const PATIENCE_MS = 1000;
const SLEEP_MS = 5;

/**
 * Takes the lock of `path`; waits about a second for whoever holds it.
 *
 * The lock says who took it. Git, which only looks whether it is there, leaves its own empty or with the new value.
 *
 * @throws VibesafeStoreError when it stays held, naming the lock, its age and its owner, or when it cannot be made
 */
export function takeLock(path: string): Lock {
  const lockPath = `${path}.lock`;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const file = openSync(lockPath, "wx");
      try {
        writeFully(file, Buffer.from(`vibesafe ${process.pid} ${hostname()}\n`));
      } finally {
        closeSync(file);
      }
      return { path };
    } catch (error) {
      if (errorCode(error) === "ENOENT") makeFolder(dirname(path));
      else if (errorCode(error) !== "EEXIST") throw lockError(lockPath, error);
    }
    if (Date.now() > deadline) throw heldLock(lockPath);
    pause(SLEEP_MS + Math.random() * SLEEP_MS);
  }
}

/** Gives a lock back. */
export function releaseLock(lock: Lock): void {
  rmSync(`${lock.path}.lock`, { force: true });
}

/** Sleeps, blocking. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw lockError(path, error);
  }
}

function lockError(path: string, error: unknown): VibesafeStoreError {
  if (errorCode(error) !== "ENOTDIR" && errorCode(error) !== "EEXIST") return fileError("lock", path, error);
  return new VibesafeStoreError(`cannot create ${path}: a part of its path is a ref already`, {
    cause: error,
    remedy: "a ref cannot be both a name and the folder of other names: rename one of the two",
  });
}

function heldLock(lockPath: string): VibesafeStoreError {
  let state = "by another process";
  try {
    const age = Math.max(0, Math.round((Date.now() - statSync(lockPath).mtimeMs) / 1000));
    const owner = /^vibesafe (\d+) (\S+)\n$/.exec(readFileSync(lockPath, "latin1").slice(0, 300));
    state = `for ${age} s by ${owner === null ? "another process (git?)" : `process ${owner[1]} on ${owner[2]}`}`;
  } catch (error) {
    if (!isAbsent(error)) throw fileError("look at", lockPath, error);
  }
  return new VibesafeStoreError(`${lockPath} is held ${state}`, {
    remedy: `wait for that process and run the command again; if it no longer runs: rm ${JSON.stringify(lockPath)}`,
  });
}
