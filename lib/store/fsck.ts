/**
 * Finding damage: everything that `git fsck --strict --full` finds, in words.
 *
 * @module
 */

import { checkObjects, type ObjectCensus } from "./fsck-objects.ts";
import { checkRefs } from "./fsck-refs.ts";
import type { FsckOptions, FsckProblem, FsckReport } from "./fsck-report.ts";
import type { ObjectId } from "./id.ts";
import type { Store } from "./store.ts";

export type { FsckKind, FsckOptions, FsckProblem, FsckReport } from "./fsck-report.ts";

/** Reads every copy of every object, every ref and every reflog. Changes nothing, and throws only when a folder cannot be read at all. */
export function fsck(store: Store, options: FsckOptions = {}): FsckReport {
  const problems: FsckProblem[] = [];
  const notices: FsckProblem[] = [];
  const census = checkObjects(store, { problems, notices });
  const roots = checkRefs(store, census, { problems, notices }, options);
  const links: LinkCheck = { census, seen: new Set(), told: new Set(), problems };
  checkLinks(links, roots.held, problems);
  checkLinks(links, roots.remembered, options.inWorkingTree === true ? notices : problems);
  return { ok: problems.length === 0, objects: census.size, problems: problems.sort(inOrder), notices: notices.sort(inOrder) };
}

interface LinkCheck {
  readonly census: ObjectCensus;
  readonly seen: Set<ObjectId>;
  readonly told: Set<ObjectId>;
  readonly problems: FsckProblem[];
}

/** Follows links from refs, then from reflogs; what only unreachable objects name may be gone, as after git's own pruning. */
function checkLinks({ census, seen, told, problems }: LinkCheck, roots: ReadonlySet<ObjectId>, missing: FsckProblem[]): void {
  const queue = [...roots].filter((id) => !seen.has(id));
  for (const id of queue) seen.add(id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const link of census.get(id)?.links ?? []) {
      const target = census.get(link.id);
      if (target !== undefined && target.type !== undefined && target.type !== link.type) {
        problems.push({ id: link.id, kind: "wrong-type", detail: `is a ${target.type}, ${id} names it as a ${link.type}` });
      } else if (target === undefined && !told.has(link.id)) {
        told.add(link.id);
        missing.push({ id: link.id, kind: "missing", detail: `${link.type} named by ${id}` });
      }
      if (!seen.has(link.id)) queue.push(link.id);
      seen.add(link.id);
    }
  }
}

function inOrder(a: FsckProblem, b: FsckProblem): number {
  return compare(a.kind, b.kind) || compare(a.id, b.id) || compare(a.detail, b.detail);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
