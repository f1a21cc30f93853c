/**
 * The refs' and reflogs' part of fsck.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import type { ObjectCensus } from "./fsck-objects.ts";
import type { FsckOptions, FsckProblem } from "./fsck-report.ts";
import type { ObjectId } from "./id.ts";
import { listReflogs, readReflog } from "./reflog.ts";
import { looseRefNames, readHead, readPackedRefs, readRefTarget } from "./refs.ts";
import type { Store } from "./store.ts";

/** Candidates lie in the cache, which may be deleted at any time: that one is gone is worth a notice, not damage. */
const CANDIDATES = "refs/candidates/";

export interface RefFindings {
  readonly problems: FsckProblem[];
  readonly notices: FsckProblem[];
}

export interface Roots {
  /** What refs hold. */
  readonly held: Set<ObjectId>;
  /** What reflogs name, and candidates, which share parts with saves. */
  readonly remembered: Set<ObjectId>;
}

/** Checks HEAD, every ref and every reflog; gives the objects that they name, as far as they are there. */
export function checkRefs(store: Store, census: ObjectCensus, findings: RefFindings, options: FsckOptions): Roots {
  const { problems } = findings;
  const roots: Roots = { held: new Set(), remembered: new Set() };
  const names = new Set(looseRefNames(store, "refs/"));
  attempt("HEAD", "bad-ref", problems, () => {
    readHead(store);
  });
  attempt("packed-refs", "bad-ref", problems, () => {
    for (const name of readPackedRefs(store).keys()) names.add(name);
  });
  for (const name of [...names].sort()) attempt(name, "bad-ref", problems, () => checkRef(store, name, census, name.startsWith(CANDIDATES) ? roots.remembered : roots.held, findings));
  for (const name of listReflogs(store)) attempt(name, "bad-reflog", problems, () => checkReflog(store, name, { census, roots: roots.remembered, ...options }, findings));
  return roots;
}

function checkRef(store: Store, name: string, census: ObjectCensus, roots: Set<ObjectId>, { problems, notices }: RefFindings): void {
  const id = readRefTarget(store, name);
  if (id === undefined) return;
  const object = census.get(id);
  if (object === undefined) {
    const gone: FsckProblem = { id: name, kind: "dangling-ref", detail: `holds ${id}, which is missing` };
    if (name.startsWith(CANDIDATES)) notices.push({ ...gone, detail: `${gone.detail}; candidates go with the cache: compile the unit again` });
    else problems.push(gone);
    return;
  }
  roots.add(id);
  const needsCommit = /^refs\/(?:units|candidates|heads)\//.test(name);
  if (needsCommit && object.type !== undefined && object.type !== "commit") {
    problems.push({ id: name, kind: "bad-ref", detail: `holds ${id}, which is a ${object.type}, not a commit` });
  }
}

interface LogCheck extends FsckOptions {
  readonly census: ObjectCensus;
  readonly roots: Set<ObjectId>;
}

function checkReflog(store: Store, name: string, { census, roots, inWorkingTree = false }: LogCheck, { problems, notices }: RefFindings): void {
  const isHarmless = inWorkingTree || name.startsWith(CANDIDATES);
  for (const [index, { from, to }] of readReflog(store, name).entries()) {
    for (const id of [from, to]) {
      if (id === null) continue;
      if (census.has(id)) roots.add(id);
      else (isHarmless ? notices : problems).push({ id: name, kind: "bad-reflog", detail: `line ${index + 1} names ${id}, which is missing` });
    }
  }
}

function attempt(id: string, kind: "bad-ref" | "bad-reflog", problems: FsckProblem[], check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof VibesafeStoreError)) throw error;
    problems.push({ id, kind, detail: error.message });
  }
}
