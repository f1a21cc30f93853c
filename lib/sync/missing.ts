/**
 * What a host lacks: the commits that lead to what is to be sent and not to what it has.
 *
 * @module
 */

import { parseId, type CommitId, type ObjectId, type TreeId } from "../store/id.ts";
import { readObject, readTree, type StoredObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { parseTag } from "../store/tag.ts";
import { TREE_MODE } from "../store/tree.ts";

export interface Missing {
  /** Commits and tags, oldest first as far as their dates are right. */
  readonly roots: readonly ObjectId[];
  /** What was read of them already. */
  readonly read: ReadonlyMap<ObjectId, StoredObject>;
  /** Trees and blobs that the host has because it has a parent of one of the roots. */
  readonly there: ReadonlySet<ObjectId>;
}

export interface HostHas {
  /** Everything that the host's refs hold; not all of it need be in this store. */
  readonly tips: ReadonlySet<ObjectId>;
  /** Those of them whose history is looked at: what stands behind the refs that are to move. All in this store. */
  readonly bases: readonly ObjectId[];
}

interface Visit {
  readonly id: CommitId;
  readonly seconds: number;
  readonly tree: TreeId;
  readonly parents: readonly CommitId[];
}

/**
 * Walks both sides by date, newest first, as git does, and stops where only what the host has is left. Clocks that are wrong make it
 * name too much, never too little.
 *
 * @param wanted - commits or tags that the host is to have
 */
export function findMissing(store: Store, wanted: readonly ObjectId[], { tips, bases }: HostHas): Missing {
  const theirs = new Set<ObjectId>(tips);
  const seen = new Map<ObjectId, Visit>();
  const queue: Visit[] = [];
  const open = new Set<ObjectId>();
  const tags: ObjectId[] = [];
  const read = new Map<ObjectId, StoredObject>();
  let kept = 0;
  const add = (start: ObjectId, isBase: boolean): void => {
    let id = start;
    for (;;) {
      if (seen.has(id) || (theirs.has(id) && !isBase)) return;
      const { type, payload } = readObject(store, id);
      if (!isBase && (kept += payload.length) < MOST_KEPT) read.set(id, { type, payload });
      if (type === "commit") {
        const visit: Visit = { id: id as CommitId, ...linksOf(payload) };
        seen.set(id, visit);
        push(queue, visit);
        if (!theirs.has(id)) open.add(id);
        return;
      }
      if (!isBase) tags.push(id);
      if (type !== "tag") return;
      id = parseTag(payload).object;
      if (isBase) theirs.add(id);
    }
  };
  /** Of what was met already, all that a commit of theirs leads to is theirs. */
  const claim = (id: ObjectId): void => {
    const stack = [id];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next !== id && theirs.has(next)) continue;
      theirs.add(next);
      open.delete(next);
      stack.push(...(seen.get(next)?.parents ?? []));
    }
  };
  for (const base of bases) add(base, true);
  for (const tip of wanted) add(tip, false);
  const found: Visit[] = [];
  while (open.size > 0) {
    const visit = pop(queue);
    if (visit === undefined) break;
    open.delete(visit.id);
    const isTheirs = theirs.has(visit.id);
    if (!isTheirs) found.push(visit);
    for (const parent of visit.parents) {
      if (isTheirs) claim(parent);
      add(parent, isTheirs);
    }
  }
  const missing = found.filter(({ id }) => !theirs.has(id));
  return { roots: [...missing.map(({ id }) => id).reverse(), ...tags.reverse()], read, there: partsOf(store, missing, theirs) };
}

/** Bytes of commits that are kept from the walk for the translation. */
const MOST_KEPT: number = 2 ** 22;

/** A snapshot has a parent for each unit, and nothing in common with them. */
const MOST_PARENTS = 2;

function partsOf(store: Store, missing: readonly Visit[], theirs: ReadonlySet<ObjectId>): Set<ObjectId> {
  const there = new Set<ObjectId>();
  const edge = new Set<CommitId>();
  for (const { parents } of missing) if (parents.length <= MOST_PARENTS) for (const parent of parents) if (theirs.has(parent)) edge.add(parent);
  for (const id of edge) {
    const stack: TreeId[] = [linksOf(readObject(store, id).payload).tree];
    for (let tree = stack.pop(); tree !== undefined; tree = stack.pop()) {
      if (there.has(tree)) continue;
      there.add(tree);
      for (const entry of readTree(store, tree)) {
        if (entry.mode === TREE_MODE) stack.push(entry.id as TreeId);
        else there.add(entry.id);
      }
    }
  }
  return there;
}

/** What the walk needs of a commit, whose bytes hash to its name: a tenth of the time of reading it whole. */
function linksOf(payload: Uint8Array): Pick<Visit, "tree" | "parents" | "seconds"> {
  // Messages may be long; headers end at the first empty line.
  const end = Buffer.from(payload.buffer, payload.byteOffset, payload.length).indexOf("\n\n", 0, "latin1");
  const headers = Buffer.from(payload.buffer, payload.byteOffset, end + 1).toString("latin1");
  const [, tree = "", parents = ""] = /^tree ([0-9a-f]{64})\n((?:parent [0-9a-f]{64}\n)*)/.exec(headers) ?? [];
  const seconds = Number(/^committer .*> (\d+) /m.exec(headers)?.[1] ?? 0);
  return { tree: parseId<"tree">(tree), parents: parents.split("\n").slice(0, -1).map((line) => parseId<"commit">(line.slice("parent ".length))), seconds };
}

/** A binary heap by date, the newest on top. */
function push(heap: Visit[], visit: Visit): void {
  let at = heap.push(visit) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || parent.seconds >= visit.seconds) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = visit;
}

function pop(heap: Visit[]): Visit | undefined {
  const [top] = heap;
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    let child = heap[down];
    const right = heap[down + 1];
    if (right !== undefined && child !== undefined && right.seconds > child.seconds) [child, down] = [right, down + 1];
    if (child === undefined || child.seconds <= last.seconds) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
  return top;
}
