/**
 * A host that is being asked for refs and objects.
 *
 * @module
 */

import { listHostRefs } from "./ask.ts";
import { openSession, type SyncContext } from "./connect.ts";
import { openIdMap, type IdMap } from "./id-map.ts";
import type { HostId, ObjectFormat } from "./object-format.ts";
import { HOST_REFS } from "./remotes.ts";
import type { Session } from "./session.ts";
import { createTranslator, type Translator } from "./translate.ts";

export interface Host {
  readonly format: ObjectFormat;
  /** Whether it says that its history is cut off. */
  readonly shallow: boolean;
  /** Its refs below `refs/vibesafe/`, by the names of claims; the claims themselves among them. */
  readonly refs: ReadonlyMap<string, HostId>;
  readonly map: IdMap;
  readonly translator: Translator;
  /** A session that can be asked for one pack more. */
  ask(): Promise<Session>;
  close(): Promise<void>;
}

/** @throws VibesafeRemoteError when it cannot be reached or does not let in */
export async function openHost(context: SyncContext): Promise<Host> {
  let session = await openSession(context, "upload-pack");
  let asked = false;
  const map = openIdMap(context.store);
  return {
    format: session.format,
    shallow: session.shallow.size > 0,
    refs: shorten(await listHostRefs(session, HOST_REFS)),
    map,
    translator: createTranslator(context.store, session.format, map),
    ask: async () => {
      if (asked && session.once) {
        await session.close();
        session = await openSession(context, "upload-pack");
      }
      asked = true;
      return session;
    },
    close: async () => session.close(),
  };
}

/** The host's refs by the names of claims. */
export function shorten(refs: ReadonlyMap<string, HostId>): Map<string, HostId> {
  return new Map([...refs].filter(([name]) => name.startsWith(HOST_REFS)).map(([name, id]) => [name.slice(HOST_REFS.length), id]));
}
