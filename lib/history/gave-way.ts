/**
 * Saves that gave way: where git merges two saves of the same checkpoint the ref holds one, and nothing would lead to the other.
 *
 * The merge driver runs before git has brought in the other side's objects, so it cannot write the reflog yet: it leaves a note in
 * `cache/`, and the next command that opens the store writes the line. The `post-merge` hook does the same at once.
 *
 * @module
 */

import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import type { Identity } from "../store/commit.ts";
import { ensureFolder } from "../store/durable.ts";
import { readTextIfPresent, typedError } from "../store/files.ts";
import { isId, type CommitId } from "../store/id.ts";
import { withLocks } from "../store/lock.ts";
import { hasSavedObject } from "../store/read.ts";
import { appendReflog } from "../store/reflog-write.ts";
import { readReflog } from "../store/reflog.ts";
import { readRefTarget } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { isAncestor } from "./merge-refs.ts";

export interface GaveWay {
  readonly ref: string;
  /** What the ref holds now. */
  readonly to: CommitId;
  /** What gave way to it. */
  readonly other: CommitId;
}

const LIMIT = 1 << 20;

/** Leaves a note for the next command. */
export function noteGaveWay(store: Store, saves: readonly GaveWay[]): void {
  if (saves.length === 0) return;
  try {
    ensureFolder(join(store.dir, "cache"));
    appendFileSync(notePath(store), saves.map(({ ref, to, other }) => `${other} ${to} ${ref}\n`).join(""));
  } catch (error) {
    throw typedError("write", notePath(store), error);
  }
}

/** Writes what was noted into the reflogs, so that what gave way stays reachable here. What is not here yet, or in conflict, waits. */
export function rememberGaveWay(store: Store, who: () => Identity): void {
  const text = readTextIfPresent(notePath(store), LIMIT);
  if (text === undefined) return;
  const lines = [...new Set(text.split("\n"))];
  const waiting = lines.filter((line) => {
    const [other = "", to = "", ref = ""] = line.split(" ");
    return isId(other) && isId(to) && remember(store, { ref, to: to as CommitId, other: other as CommitId }, who) === "waits";
  });
  if (waiting.length === 0) rmSync(notePath(store), { force: true });
}

function remember(store: Store, { ref, to, other }: GaveWay, who: () => Identity): "done" | "waits" {
  try {
    const now = readRefTarget(store, ref);
    if (now === undefined || !isAncestor(store, to, now as CommitId) || isAncestor(store, other, now as CommitId)) return "done";
    if (!hasSavedObject(store, other)) return "waits";
    withLocks(store, (lock) => {
      lock(join(store.dir, ref));
      const entries = readReflog(store, ref);
      if (entries.some((entry) => entry.to === other || entry.from === other)) return;
      const line = { who: who(), message: "git merge" };
      appendReflog(store, ref, { from: entries.at(-1)?.to ?? null, to: other, ...line });
      appendReflog(store, ref, { from: other, to: now, ...line });
    });
    return "done";
  } catch (error) {
    // A ref in conflict, or one that somebody else holds: the next command sees it again.
    if (error instanceof VibesafeStoreError) return "waits";
    throw error;
  }
}

function notePath(store: Store): string {
  return join(store.dir, "cache", "gave-way");
}
