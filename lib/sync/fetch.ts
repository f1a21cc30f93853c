/**
 * Fetching: what the host's refs hold comes into the store, and the remote-tracking refs say so. Nothing else moves.
 *
 * @module
 */

import { VibesafeHashMismatch, VibesafeRemoteError, VibesafeStoreError, type VibesafeError } from "../errors.ts";
import { mark } from "../store/gc-mark.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { hasSavedObject, readObject } from "../store/read.ts";
import { updateRefs, type RefUpdate } from "../store/ref-transaction.ts";
import type { Store } from "../store/store.ts";
import { requestPack } from "./ask.ts";
import { readClaims, type Claims } from "./claims.ts";
import type { SyncContext } from "./connect.ts";
import { fetchClaims } from "./fetch-claims.ts";
import { openHost, type Host } from "./host.ts";
import type { HostId } from "./object-format.ts";
import { lie, takePack } from "./receive.ts";
import { CLAIMS, HOST_REFS, trackingRef } from "./remotes.ts";
import { ownRefs, trackedRefs, type SharedRefs } from "./shared-refs.ts";

export interface Fetched {
  /** Everything that the host's refs hold, by what was claimed; what was not asked for need not be here. */
  readonly claims: Claims;
  readonly moved: readonly { readonly name: string; readonly from: ObjectId | undefined; readonly to: ObjectId }[];
  /** What is remembered of the remote and no longer there. */
  readonly gone: readonly string[];
  /** How many objects came. */
  readonly objects: number;
}

export interface FetchOptions {
  /** Which of the shared refs; all if not given. */
  readonly wants?: (name: string) => boolean;
  /** Forget what the remote no longer has. */
  readonly prune?: boolean;
}

const MOST_TRIES = 3;

/**
 * Fetches and verifies.
 *
 * @throws VibesafeHashMismatch when what the host shows is not what was claimed, or is older than what it showed before
 * @throws VibesafeRemoteError when it cannot be reached, does not let in or breaks off
 */
export async function fetchRemote(context: SyncContext, options: FetchOptions = {}): Promise<Fetched> {
  let host = await openHost(context);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const fetched = await fetchOnce(context, host, options);
      await host.close();
      return fetched;
    } catch (error) {
      await host.close();
      if (!(error instanceof VibesafeHashMismatch || error instanceof VibesafeRemoteError) || attempt === MOST_TRIES) throw error;
      // Somebody may have pushed while the host was asked. One that lies, or fails, shows the same again.
      const shown = [...host.refs].join();
      host = await lookAgain(context, error);
      if ([...host.refs].join() !== shown) continue;
      await host.close();
      throw error;
    }
  }
}

async function lookAgain(context: SyncContext, error: VibesafeError): Promise<Host> {
  try {
    return await openHost(context);
  } catch (again) {
    if (again instanceof VibesafeRemoteError) throw error;
    throw again;
  }
}

async function fetchOnce(context: SyncContext, host: Host, { wants = () => true, prune = false }: FetchOptions): Promise<Fetched> {
  const { store, remote, who, command } = context;
  const claimed = await fetchClaims(context, host);
  const tracked = trackedRefs(store, remote.name);
  if (claimed === undefined) return { claims: new Map(), moved: [], gone: [], objects: 0 };
  const claims = readClaims(store, claimed.commit);
  compareNames(host.refs, claims);
  const asked = new Map([...claims].filter(([name]) => wants(name)));
  const objects = claimed.objects + (await takeMissing(context, host, { asked, tracked, claims: claimed.commit }));
  const moved = [...asked].flatMap(([name, to]) => (tracked.get(name) === to ? [] : [{ name, from: tracked.get(name), to }]));
  for (const { name, to } of moved) checkKind(store, name, to);
  const gone = [...tracked.keys()].filter((name) => !claims.has(name) && wants(name));
  const updates: RefUpdate[] = moved.map(({ name, to }) => ({ name: trackingRef(remote.name, name), to }));
  if (prune) for (const name of gone) updates.push({ name: trackingRef(remote.name, name), to: null });
  updates.push({ name: trackingRef(remote.name, CLAIMS), expected: claimed.before ?? null, to: claimed.commit });
  updateRefs(store, updates, { who, message: command, ofRemote: true });
  host.map.save();
  return { claims, moved, gone, objects };
}

interface Asked {
  readonly asked: Claims;
  readonly tracked: SharedRefs;
  readonly claims: CommitId;
}

/** Downloads what is not here; whether it is or not, the host's refs must hold what was claimed. */
async function takeMissing({ store, onMessage }: SyncContext, host: Host, { asked, tracked, claims }: Asked): Promise<number> {
  const { refs, map, translator } = host;
  const own = ownRefs(store);
  const trusted = new Set([...own.values(), ...tracked.values(), claims]);
  const needed = new Map([...asked].filter(([, id]) => !trusted.has(id) && !isWhole(store, id, trusted)));
  for (const [name, id] of asked) if (!needed.has(name) && translator.hostIdOf(id) !== refs.get(name)) throw disagree(name, id);
  if (needed.size === 0) return 0;
  const tips = new Set([...needed.keys()].flatMap((name) => refs.get(name) ?? []));
  return takePack(store, requestPack(await host.ask(), { wants: [...tips], haves: havesFor([...needed.keys()], { own, tracked, host }), onMessage }), {
    format: host.format,
    map,
    tips: [...tips],
    whole: trusted,
    shallow: host.shallow,
    check: (idOf) => {
      for (const [name, id] of needed) {
        const hostId = refs.get(name);
        if (hostId === undefined || idOf(hostId) !== id) throw disagree(name, id);
      }
    },
  });
}

/** What the host is told of: a snapshot leads to every unit's save, a unit to its own. */
function havesFor(needed: readonly string[], { own, tracked, host }: { readonly own: SharedRefs; readonly tracked: SharedRefs; readonly host: Host }): HostId[] {
  const names = needed.some((name) => name.startsWith("tags/")) ? new Set([...own.keys(), ...tracked.keys()]) : new Set(needed);
  const haves = new Set<HostId>();
  for (const name of names) {
    const theirs = tracked.get(name);
    if (theirs !== undefined) haves.add(host.translator.hostIdOf(theirs));
    // What was never translated was never sent: the host does not know it.
    const ours = own.get(name);
    const known = ours === undefined ? undefined : host.format.name === "sha256" ? host.translator.hostIdOf(ours) : host.map.hostId(ours);
    if (known !== undefined) haves.add(known);
  }
  return [...haves];
}

/** Tells whether something that no ref holds is here with all that it leads to: an earlier fetch may have been killed before it moved refs. */
function isWhole(store: Store, id: ObjectId, trusted: ReadonlySet<ObjectId>): boolean {
  if (!hasSavedObject(store, id)) return false;
  try {
    mark(store, [id], new Map(), { known: new Map([...trusted].map((held) => [held, { type: "commit", path: "" }])), lenient: false });
    return true;
  } catch (error) {
    if (error instanceof VibesafeStoreError) return false;
    throw error;
  }
}

function checkKind(store: Store, name: string, id: ObjectId): void {
  const { type } = readObject(store, id);
  if (type !== "commit" && !(type === "tag" && name.startsWith("tags/"))) throw lie(`the host's ${name} holds ${id}, which is a ${type}`);
}

/** Every ref that the host shows must have been claimed, and every one that was claimed must be shown. */
function compareNames(refs: ReadonlyMap<string, HostId>, claims: Claims): void {
  for (const name of refs.keys()) if (name !== CLAIMS && !claims.has(name)) throw lie(`the host shows ${HOST_REFS}${name}, which nobody claimed`);
  for (const name of claims.keys()) if (!refs.has(name)) throw lie(`the host does not show ${HOST_REFS}${name}, which was claimed`);
}

function disagree(name: string, claimed: ObjectId): VibesafeError {
  return lie(`the host's ${HOST_REFS}${name} does not hold ${claimed}, which was claimed of it`);
}
