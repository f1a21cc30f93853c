/**
 * What gc starts from: every object that a ref, HEAD or a reflog names.
 *
 * @module
 */

import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { replaceFile } from "./durable.ts";
import { readIfPresent } from "./files.ts";
import { parseId, type ObjectId } from "./id.ts";
import { withLocks } from "./lock.ts";
import { formatReflogEntry, listReflogs, NULL_ID, parseReflog, reflogPath } from "./reflog.ts";
import { listRefValues, readHead, readRefTarget } from "./refs.ts";
import type { Store } from "./store.ts";

export interface GcRoots {
  /** What these lead to must all be there. */
  readonly saved: ReadonlySet<ObjectId>;
  /** Candidates, which may have lost their cache, and what logs remember. */
  readonly remembered: ReadonlySet<ObjectId>;
}

const CANDIDATES = "refs/candidates/";
const LOG_LIMIT: number = 2 ** 28;

/**
 * Reads every ref and every log.
 *
 * @param candidatesSince - lines of candidates' logs that are older, in seconds, are left out
 * @throws VibesafeStoreError when one is damaged: what it named is not known, so nothing may be pruned
 */
export function gcRoots(store: Store, candidatesSince: number = -Infinity): GcRoots {
  const saved = new Set<ObjectId>();
  const remembered = new Set<ObjectId>();
  const { ref, id: head } = readHead(store);
  if (ref === undefined && head !== undefined) saved.add(head);
  for (const { name, value } of listRefValues(store)) {
    const id = "id" in value ? value.id : readRefTarget(store, name);
    if (id !== undefined) (name.startsWith(CANDIDATES) ? remembered : saved).add(id);
  }
  for (const name of listReflogs(store)) {
    const since = name.startsWith(CANDIDATES) ? candidatesSince : -Infinity;
    const lines = logLines(store, name);
    const kept = lines.filter(({ seconds }) => seconds >= since);
    for (const [index, { from, to }] of kept.entries()) {
      if (to !== null) remembered.add(to);
      // As if the older lines were dropped already: what follows them begins anew.
      if (from !== null && (index > 0 || kept.length === lines.length)) remembered.add(from);
    }
  }
  return { saved, remembered };
}

/** Drops the lines of candidates' logs that are older than `since`, in seconds; what follows them begins anew. */
export function expireCandidateLogs(store: Store, since: number): void {
  for (const name of listReflogs(store).filter((ref) => ref.startsWith(CANDIDATES))) {
    if (!logLines(store, name).some(({ seconds }) => seconds < since)) continue;
    withLocks(store, (lock) => {
      lock(join(store.dir, name));
      const path = reflogPath(store, name);
      const entries = parseReflog(wholeLines(store, name), path).filter(({ who }) => who.seconds >= since);
      const text = entries.map((entry, index) => formatReflogEntry(index === 0 ? { ...entry, from: null } : entry)).join("");
      replaceFile(store, path, Buffer.from(text, "utf8"));
    });
  }
}

interface LogLine {
  readonly from: ObjectId | null;
  readonly to: ObjectId | null;
  readonly seconds: number;
}

const LINE = /^([0-9a-f]{64}) ([0-9a-f]{64}) .*?> (-?[0-9]+) /;

function logLines(store: Store, name: string): LogLine[] {
  const text = Buffer.from(wholeLines(store, name)).toString("latin1");
  return text.split("\n").filter(Boolean).map((line, index) => {
    const [, from, to, seconds] = LINE.exec(line) ?? [];
    if (from === undefined || to === undefined) {
      throw new VibesafeStoreError(`bad reflog ${name}:${index + 1}: no two ids and a time`, { remedy: "run `vibe fsck`" });
    }
    return { from: parseIdOrNull(from), to: parseIdOrNull(to), seconds: Number(seconds) };
  });
}

function parseIdOrNull(text: string): ObjectId | null {
  return text === NULL_ID ? null : parseId(text);
}

/** A log without the line that a dying process left unfinished: the move it announces did not happen. */
function wholeLines(store: Store, name: string): Uint8Array {
  const bytes = readIfPresent(reflogPath(store, name), LOG_LIMIT) ?? new Uint8Array();
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}
