/**
 * The saves of units, newest first.
 *
 * @module
 */

import type { Commit, Identity } from "../store/commit.ts";
import type { CommitId, TreeId } from "../store/id.ts";
import { readCommit } from "../store/read.ts";
import type { Store } from "../store/store.ts";

export interface LogEntry {
  readonly id: CommitId;
  /** From the commit's trailers; undefined on a commit that vibesafe did not write. */
  readonly unit: string | undefined;
  readonly specHash: string | undefined;
  readonly checkpointHash: string | undefined;
  readonly parents: readonly CommitId[];
  readonly tree: TreeId;
  readonly author: Identity;
  readonly committer: Identity;
  /** Without trailers. */
  readonly message: string;
}

/**
 * Walks the commits reachable from `starts`, the latest committer date first; parents come after all their children that were seen.
 * Reads one commit a step, so that the first page costs the same at any length of history.
 */
export function* walkLog(store: Store, starts: readonly CommitId[]): Generator<LogEntry> {
  const seen = new Set<CommitId>();
  const waiting: { id: CommitId; commit: Commit }[] = [];
  const add = (id: CommitId): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const commit = readCommit(store, id);
    // Behind those of equal date, as in git: they were seen before.
    const later = waiting.findIndex((other) => commit.committer.seconds > other.commit.committer.seconds);
    waiting.splice(later === -1 ? waiting.length : later, 0, { id, commit });
  };
  for (const id of starts) add(id);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    yield entryOf(next.id, next.commit);
    for (const parent of next.commit.parents) add(parent);
  }
}

function entryOf(id: CommitId, commit: Commit): LogEntry {
  const { text, trailers } = splitTrailers(commit.message);
  return {
    id,
    unit: trailers.get("Vibesafe-Unit"),
    specHash: trailers.get("Vibesafe-Spec"),
    checkpointHash: trailers.get("Vibesafe-Checkpoint"),
    parents: commit.parents,
    tree: commit.tree,
    author: commit.author,
    committer: commit.committer,
    message: text,
  };
}

/** What a person wrote, and vibesafe's trailers below it; a message without them is all text. */
function splitTrailers(message: string): { text: string; trailers: ReadonlyMap<string, string> } {
  const trimmed = message.trimEnd();
  const at = trimmed.lastIndexOf("\n\n");
  const lines = trimmed.slice(at + 2).split("\n");
  const trailers = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^(Vibesafe-[A-Za-z]+): (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return { text: trimmed, trailers: new Map() };
    trailers.set(key, value);
  }
  return at === -1 ? { text: trimmed, trailers: new Map() } : { text: trimmed.slice(0, at), trailers };
}
