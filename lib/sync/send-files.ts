/**
 * Files on their way to a host. They are the same there, so what a pack keeps of them goes as it is: no delta is made anew.
 *
 * @module
 */

import type { ObjectId } from "../store/id.ts";
import { readForCopy, type Copyable } from "../store/pack-copy.ts";
import type { Store } from "../store/store.ts";
import type { HostPack } from "./host-pack-write.ts";
import type { HostId } from "./object-format.ts";

export interface FileSender {
  /** Puts a file into the pack, at once or at the end. */
  take(id: ObjectId, found: Copyable): void;
  /** Puts in what waited. */
  finish(): void;
}

/** A delta whose base was not sent when it was met. */
interface Waiting {
  readonly base: ObjectId;
  /** Undefined where too much waits: it is read again. */
  readonly found: Copyable | undefined;
}

/** Bytes that may wait in memory. */
const MOST_WAITING: number = 2 ** 23;

interface Knowledge {
  readonly hostIdOf: (id: ObjectId) => HostId;
  /** Whether an object goes; those that wait do. */
  readonly isSent: (id: ObjectId) => boolean;
}

export function createFileSender(store: Store, pack: HostPack, { hostIdOf, isSent }: Knowledge): FileSender {
  const waiting = new Map<ObjectId, Waiting>();
  let bytes = 0;
  const put = ({ object, kept }: Copyable): void => {
    if (kept === undefined) pack.add("blob", object.payload);
    else if (kept.base === undefined) pack.copy("blob", kept);
    else if (isSent(kept.base) && !waiting.has(kept.base)) pack.copyDelta(kept, hostIdOf(kept.base));
    // A base that the host is not to have.
    else pack.add("blob", object.payload);
  };
  return {
    take: (id, found) => {
      const base = found.kept?.base;
      if (base === undefined || (isSent(base) && !waiting.has(base))) return put(found);
      const size = found.object.payload.length + (found.kept?.stream.length ?? 0);
      const keep = bytes + size <= MOST_WAITING;
      if (keep) bytes += size;
      waiting.set(id, { base, found: keep ? found : undefined });
    },
    finish: () => {
      for (const first of waiting.keys()) {
        // From the last base that waits up. Packs that keep two files as deltas of each other make a circle: one of them goes whole.
        const chain: ObjectId[] = [];
        for (let id: ObjectId | undefined = first, next = waiting.get(first); id !== undefined && next !== undefined && !chain.includes(id); next = waiting.get(id)) {
          chain.push(id);
          id = next.base;
        }
        for (const id of chain.reverse()) {
          const found = waiting.get(id)?.found ?? readForCopy(store, id);
          put(found);
          waiting.delete(id);
        }
      }
    },
  };
}
