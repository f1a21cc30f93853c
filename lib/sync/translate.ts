/**
 * Translation of a history for a host: every object once, each after those that it names.
 *
 * @module
 */

import type { ObjectId } from "../store/id.ts";
import { readForCopy } from "../store/pack-copy.ts";
import { readObject, type StoredObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { namedIn, toHost, type Named } from "./host-object.ts";
import type { IdMap } from "./id-map.ts";
import type { HostPack } from "./host-pack-write.ts";
import type { Missing } from "./missing.ts";
import { createFileSender, type FileSender } from "./send-files.ts";
import { hashFor, type HostId, type ObjectFormat } from "./object-format.ts";

export interface Translator {
  /** The host's id of an object; what it leads to is translated as far as it never was. */
  hostIdOf(id: ObjectId): HostId;
  /** Translates what is missing and puts it into a pack. */
  send(missing: Missing, pack: HostPack): void;
}

/** An object that waits for those that it names. */
interface Step {
  readonly id: ObjectId;
  /** Whether the host is to have it. */
  readonly goes: boolean;
  object?: StoredObject;
  names?: readonly Named<ObjectId>[];
}

/** What goes, and where to. */
interface Sending extends Missing {
  readonly pack: HostPack;
  readonly files: FileSender;
  readonly isRoot: ReadonlySet<ObjectId>;
}

export function createTranslator(store: Store, format: ObjectFormat, map: IdMap): Translator {
  const sent = new Set<ObjectId>();
  const same = format.name === "sha256";
  const known = (id: ObjectId): HostId | undefined => (same ? (id as string as HostId) : map.hostId(id));
  const certain = (id: ObjectId): HostId => {
    const hostId = known(id);
    if (hostId === undefined) throw new TypeError(`object ${id} was not translated`);
    return hostId;
  };
  const learn = (id: ObjectId, { type, payload }: StoredObject): void => {
    if (!same) map.add(id, hashFor(format, type, payload));
  };
  const run = (root: Step, sending: Sending | undefined): void => {
    const stack: Step[] = [root];
    const sendFile = (id: ObjectId): void => {
      const found = readForCopy(store, id);
      learn(id, found.object);
      sent.add(id);
      sending?.files.take(id, found);
    };
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
      const { id, goes } = step;
      if (goes ? sent.has(id) : known(id) !== undefined) {
        stack.pop();
        continue;
      }
      if (step.object === undefined || step.names === undefined) {
        step.object = sending?.read.get(id) ?? readObject(store, id);
        if (goes && step.object.type === "blob") {
          sendFile(id);
          continue;
        }
        step.names = namedIn(step.object.type, step.object.payload);
        const before = stack.length;
        for (const { id: part, type } of step.names) {
          const next = sending !== undefined && (sending.isRoot.has(part) || (goes && (type === "tree" || type === "blob") && !sending.there.has(part)));
          if (next ? sent.has(part) : known(part) !== undefined) continue;
          // Files name nothing: they need not wait.
          if (next && type === "blob") sendFile(part);
          else stack.push({ id: part, goes: next });
        }
        if (stack.length > before) continue;
      }
      const { object, names } = step;
      const there = { type: object.type, payload: toHost(format, object, names, certain) };
      learn(id, there);
      if (goes) {
        sent.add(id);
        sending?.pack.add(there.type, there.payload);
      }
      stack.pop();
    }
  };
  return {
    hostIdOf: (id) => {
      if (known(id) === undefined) run({ id, goes: false }, undefined);
      return certain(id);
    },
    send: (missing, pack) => {
      const files = createFileSender(store, pack, { hostIdOf: certain, isSent: (id) => sent.has(id) });
      const sending = { ...missing, pack, files, isRoot: new Set(missing.roots) };
      for (const id of missing.roots) run({ id, goes: true }, sending);
      files.finish();
    },
  };
}
