/**
 * Git's lock files: whoever creates `<file>.lock` first may change `<file>`.
 *
 * Ours say who took them. The lock of a process that has died is removed by the next one that wants it: every change under a lock
 * is one rename, so there is nothing to repair.
 *
 * @module
 */

import { closeSync, linkSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { temporaryPath, writeFully } from "./durable.ts";
import { errorCode, fileError, readTextIfPresent } from "./files.ts";
import { formatOwner, isDead, parseOwner, type LockOwner } from "./lock-owner.ts";
import type { Store } from "./store.ts";

const PATIENCE_MS = 1000;
const SLEEP_MS = 5;
const LOCK_LIMIT = 1 << 12;

/**
 * Runs `work` with a function that locks a file, and gives all locks back when it ends, however it ends.
 *
 * Locking waits about a second, unless the store says otherwise, for whoever holds the file. Lock several in one order everywhere.
 *
 * @throws VibesafeStoreError when a lock stays held (`STORE_BUSY`), naming it, its age and its owner, or cannot be made
 */
export function withLocks<Result>(store: Store, work: (lock: (path: string) => void) => Result): Result {
  const owner: OwnerFile = { path: temporaryPath(store, "lock"), text: formatOwner(), patienceMs: store.lockPatienceMs ?? PATIENCE_MS };
  const held: string[] = [];
  try {
    writeOwner(owner);
    return work((path) => {
      takeLock(owner, path);
      held.push(`${path}.lock`);
    });
  } finally {
    for (const path of held.reverse()) remove(path);
    remove(owner.path);
  }
}

/** A lock is a link to this file: it comes into being with its owner in it. */
interface OwnerFile {
  readonly path: string;
  readonly text: string;
  readonly patienceMs: number;
}

function writeOwner(owner: OwnerFile): void {
  try {
    createWith(owner.path, owner.text);
  } catch (error) {
    throw fileError("write", owner.path, error);
  }
}

function takeLock(owner: OwnerFile, path: string): void {
  const lockPath = `${path}.lock`;
  const deadline = Date.now() + owner.patienceMs;
  for (;;) {
    try {
      createLock(owner, lockPath);
      return;
    } catch (error) {
      if (errorCode(error) === "ENOENT") {
        makeFolder(dirname(path));
        if (Date.now() <= deadline) continue;
      } else if (errorCode(error) !== "EEXIST") throw lockError(lockPath, error);
      else if (breakIfDead(owner, lockPath)) continue;
    }
    if (Date.now() > deadline) throw heldLock(lockPath, owner.patienceMs);
    pause(SLEEP_MS + Math.random() * SLEEP_MS);
  }
}

function createLock(owner: OwnerFile, lockPath: string): void {
  try {
    linkSync(owner.path, lockPath);
  } catch (error) {
    const code = errorCode(error);
    if (code !== "EPERM" && code !== "ENOSYS" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "EMLINK") throw error;
    // A file system without links: for a moment the lock is there without its owner.
    createWith(lockPath, owner.text);
  }
}

/**
 * Removes a lock whose owner has died; true when it is worth to try again at once.
 *
 * Two processes may find it dead at once, and the slower must not remove what the faster has put there. So removing takes a lock of
 * its own, named for the dead one, and looks again under it: nobody else can have removed the dead lock in between.
 */
function breakIfDead(owner: OwnerFile, lockPath: string): boolean {
  const text = readTextIfPresent(lockPath, LOCK_LIMIT);
  if (text === undefined) return true;
  const dead = parseOwner(text);
  if (dead === undefined || !isDead(dead)) return false;
  const breaker = `${lockPath}.${dead.nonce}.lock`;
  try {
    createLock(owner, breaker);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw lockError(breaker, error);
    const other = parseOwner(readTextIfPresent(breaker, LOCK_LIMIT) ?? "");
    // Killed twice, in the few instructions below: this once the slower of two may err.
    if (other !== undefined && isDead(other)) remove(breaker);
    return false;
  }
  if (readTextIfPresent(lockPath, LOCK_LIMIT) === text) remove(lockPath);
  remove(breaker);
  return true;
}

function createWith(path: string, text: string): void {
  const file = openSync(path, "wx");
  try {
    writeFully(file, Buffer.from(text, "latin1"));
  } finally {
    closeSync(file);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileError("remove", path, error);
  }
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

function heldLock(lockPath: string, patienceMs: number): VibesafeStoreError {
  const status = statSync(lockPath, { throwIfNoEntry: false });
  const text = readTextIfPresent(lockPath, LOCK_LIMIT);
  return status === undefined || text === undefined ? passedOn(lockPath, patienceMs) : heldBy(lockPath, status.mtimeMs, parseOwner(text));
}

function heldBy(lockPath: string, mtimeMs: number, owner: LockOwner | undefined): VibesafeStoreError {
  const age = Math.max(0, Math.round((Date.now() - mtimeMs) / 1000));
  const who = owner === undefined ? "another process, git perhaps" : `process ${owner.pid} on ${decodeURIComponent(owner.host)}`;
  return new VibesafeStoreError(`${lockPath} is held by ${who}, for ${age} s`, {
    busy: true,
    remedy: `wait for that process and run the command again; if it no longer runs: rm ${JSON.stringify(lockPath)}`,
  });
}

/** Nobody holds it at this moment: others were faster each time. */
function passedOn(lockPath: string, patienceMs: number): VibesafeStoreError {
  return new VibesafeStoreError(`${lockPath} was held by other processes, one after another, for ${patienceMs / 1000} s`, { busy: true, remedy: "run the command again" });
}
