/**
 * Translation of a history for a host: every object once, each after those that it names.
 *
 * @module
 */

import type { ObjectId, ObjectType } from "../store/id.ts";
import { readObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { namedIn, toHost } from "./host-object.ts";
import type { IdMap } from "./id-map.ts";
import type { HostPack } from "./host-pack-write.ts";
import type { Missing } from "./missing.ts";
import { sendFiles } from "./send-files.ts";
import { hashFor, type HostId, type ObjectFormat } from "./object-format.ts";

export interface Translator {
  /** The host's id of an object; what it leads to is translated as far as it never was. */
  hostIdOf(id: ObjectId): HostId;
  /** Translates what is missing and puts it into a pack, each object after those that it names. */
  send(missing: Missing, pack: HostPack): void;
}

/** Objects that must be translated before the one that waits for them. */
interface Step {
  readonly id: ObjectId;
  /** Whether the host is to have it. */
  readonly goes: boolean;
  object?: { readonly type: ObjectType; readonly payload: Uint8Array };
}

export function createTranslator(store: Store, format: ObjectFormat, map: IdMap): Translator {
  const sent = new Map<ObjectId, HostId>();
  const same = format.name === "sha256";
  const known = (id: ObjectId): HostId | undefined => (same ? (id as string as HostId) : (sent.get(id) ?? map.hostId(id)));
  const certain = (id: ObjectId): HostId => {
    const hostId = known(id);
    if (hostId === undefined) throw new TypeError(`object ${id} was not translated`);
    return hostId;
  };
  const run = (root: Step, goes: (id: ObjectId, type: ObjectType, parentGoes: boolean) => boolean, { read, take }: { readonly read: Missing["read"]; readonly take: (type: ObjectType, payload: Uint8Array) => void }): void => {
    const stack: Step[] = [root];
    for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
      if (step.goes ? sent.has(step.id) : known(step.id) !== undefined) {
        stack.pop();
        continue;
      }
      if (step.object === undefined) {
        const { type, payload } = read.get(step.id) ?? readObject(store, step.id);
        step.object = { type, payload };
        const before = stack.length;
        for (const { id, type: kind } of namedIn(type, payload)) {
          const next = goes(id, kind, step.goes);
          if (next ? !sent.has(id) : known(id) === undefined) stack.push({ id, goes: next });
        }
        if (stack.length > before) continue;
      }
      const { type, payload } = step.object;
      const there = toHost(format, type, payload, certain);
      const hostId = same ? certain(step.id) : hashFor(format, type, there);
      if (step.goes) {
        sent.set(step.id, hostId);
        take(type, there);
      }
      if (!same) map.add(step.id, hostId);
      stack.pop();
    }
  };
  return {
    hostIdOf: (id) => {
      if (known(id) === undefined) run({ id, goes: false }, () => false, { read: new Map(), take: () => {} });
      return certain(id);
    },
    send: (missing, pack) => {
      const { roots, there } = missing;
      const read = new Map(missing.read);
      sendFiles(store, { ...missing, read }, (id, copyable, base) => {
        const { object, kept } = copyable;
        const hostId = same ? certain(id) : hashFor(format, "blob", object.payload);
        sent.set(id, hostId);
        if (!same) map.add(id, hostId);
        return kept === undefined ? pack.add("blob", object.payload) : pack.copy("blob", { ...kept, base });
      });
      const isRoot = new Set(roots);
      const goes = (id: ObjectId, type: ObjectType, parentGoes: boolean): boolean => isRoot.has(id) || (parentGoes && (type === "tree" || type === "blob") && !there.has(id));
      for (const id of roots) run({ id, goes: true }, goes, { read, take: (type, payload) => void pack.add(type, payload) });
    },
  };
}
