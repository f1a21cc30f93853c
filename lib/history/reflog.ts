/**
 * Reflogs of several refs as one list.
 *
 * @module
 */

import { join } from "node:path";
import { refUnit } from "../spec/unit-id.ts";
import { listFolder } from "../store/files.ts";
import { isRefName } from "../store/ref-name.ts";
import { readReflog, type ReflogEntry } from "../store/reflog.ts";
import type { Store } from "../store/store.ts";

export interface RefMove extends ReflogEntry {
  readonly ref: string;
  /** The unit, or the ref where it is none's. */
  readonly shownAs: string;
  /** N of `@{N}`: 0 is the last move. */
  readonly index: number;
}

/** The moves of a ref, the last one first. */
export function movesOf(store: Store, ref: string): RefMove[] {
  const entries = readReflog(store, ref);
  return entries.map((entry, i) => ({ ...entry, ref, shownAs: shownAs(ref), index: entries.length - 1 - i })).reverse();
}

/** The moves of every ref below a prefix that has a log, also of refs that are gone; the last one first, by the clocks of those who moved. */
export function movesBelow(store: Store, prefixes: readonly string[]): RefMove[] {
  const moves = loggedRefs(store, prefixes).flatMap((ref) => movesOf(store, ref));
  return moves.sort((a, b) => b.who.seconds - a.who.seconds || a.index - b.index);
}

function shownAs(ref: string): string {
  const unit = refUnit(ref);
  if (unit === undefined) return ref;
  return ref.startsWith("refs/candidates/") ? `${unit}@{candidate}` : unit;
}

function loggedRefs(store: Store, prefixes: readonly string[]): string[] {
  const names: string[] = [];
  const walk = (path: string): void => {
    for (const entry of listFolder(join(store.dir, "logs", path))) {
      const name = `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (isRefName(name)) names.push(name);
    }
  };
  for (const prefix of prefixes) walk(prefix.replace(/\/$/, ""));
  return names.sort();
}
