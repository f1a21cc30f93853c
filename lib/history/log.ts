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
  const above = trimmed.lastIndexOf("\n\n");
  const trailers = new Map<string, string>();
  for (let at = above === -1 ? trimmed.length : above + 2; at < trimmed.length; ) {
    const next = trimmed.indexOf("\n", at);
    const end = next === -1 ? trimmed.length : next;
    const colon = trimmed.indexOf(": ", at);
    const key = trimmed.slice(at, colon);
    if (colon === -1 || colon > end || !isTrailer(key)) return { text: trimmed, trailers: new Map() };
    trailers.set(key, trimmed.slice(colon + 2, end));
    at = end + 1;
  }
  return { text: above === -1 ? trimmed : trimmed.slice(0, above), trailers };
}

function isTrailer(key: string): boolean {
  return /^Vibesafe-[A-Za-z]+$/.test(key);
}
