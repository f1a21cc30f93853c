/**
 * Deleting a host's refs on purpose: refs and claims go in one push, so both still agree afterwards.
 *
 * @module
 */

import { VibesafeRemoteError } from "../errors.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { hasSavedObject } from "../store/read.ts";
import { updateRefs, type RefUpdate } from "../store/ref-transaction.ts";
import { readClaims, writeClaims, type Claims } from "./claims.ts";
import { openSession, type SyncContext } from "./connect.ts";
import { fetchClaims } from "./fetch-claims.ts";
import { givePack, type HostMove } from "./give.ts";
import { openHost, shorten } from "./host.ts";
import { createHostPack } from "./host-pack-write.ts";
import { openIdMap } from "./id-map.ts";
import { findMissing } from "./missing.ts";
import { lie } from "./receive.ts";
import { CLAIMS, HOST_REFS, trackingRef } from "./remotes.ts";
import { trackedRefs } from "./shared-refs.ts";
import { createTranslator } from "./translate.ts";

export interface DeletedRef {
  readonly name: string;
  readonly status: "deleted" | "rejected";
  /** What the host held, which stays here as long as something leads to it. */
  readonly from: ObjectId;
  readonly reason?: string;
}

export interface DeleteOptions {
  /** Which of the refs that the host has. */
  readonly wants: (name: string) => boolean;
  /** Called when every ref was offered and nothing has moved yet; what it throws ends the deletion. */
  readonly onOffered?: () => void;
  /** Tell what would be deleted, and delete nothing. */
  readonly dryRun?: boolean;
}

/**
 * Deletes refs of the host, each only where it holds what was fetched last: nobody deletes what they never saw. This store's own refs stay.
 *
 * @throws VibesafeHashMismatch when the host shows something else than was claimed
 * @throws VibesafeRemoteError when it cannot be reached, does not let in, cannot move all refs or none, or somebody pushes meanwhile
 */
export async function deleteOnHost(context: SyncContext, { wants, onOffered = () => {}, dryRun = false }: DeleteOptions): Promise<readonly DeletedRef[]> {
  const { store, remote, who, command, onMessage } = context;
  const last = await claimsOf(context);
  const claims: Claims = last === undefined ? new Map() : readClaims(store, last);
  const tracked = trackedRefs(store, remote.name);
  const rows = [...claims].filter(([name]) => wants(name)).map(([name, from]): DeletedRef => {
    if (tracked.get(name) === from && hasSavedObject(store, from)) return { name, status: "deleted", from };
    return { name, status: "rejected", from, reason: "it is not what was fetched last; run `vibe fetch` and look" };
  });
  onOffered();
  const going = rows.filter(({ status }) => status === "deleted");
  if (last === undefined || going.length === 0 || dryRun) return rows;
  const session = await openSession(context, "receive-pack");
  const pack = createHostPack(store, session.format);
  try {
    if (!session.capabilities.has("atomic")) {
      throw new VibesafeRemoteError(`${session.shownAs} cannot move all refs or none, so a deletion could leave refs and claims in disagreement`, { remedy: "set receive.advertiseAtomic there, or use another host" });
    }
    const refs = shorten(session.refs);
    const translator = createTranslator(store, session.format, openIdMap(store));
    if (refs.get(CLAIMS) !== translator.hostIdOf(last)) throw busy(remote.name);
    // What somebody deleted there by git is claimed still, and here is whoever says that it may go.
    const shown = going.filter(({ name }) => refs.has(name));
    for (const { name, from } of shown) if (refs.get(name) !== translator.hostIdOf(from)) throw lie(`the host's ${HOST_REFS}${name} does not hold ${from}, which was claimed of it`);
    const gone = new Set(going.map(({ name }) => name));
    const left = new Map([...claims].filter(([name]) => !gone.has(name)));
    const commit = writeClaims(store, left, { who, previous: last, message: `delete ${going.length}` });
    translator.send(findMissing(store, [commit], { tips: new Set([...claims.values(), last]), bases: [last] }), pack);
    const { nullId } = session.format;
    const moves = [...shown.map(({ name }): HostMove => ({ name: HOST_REFS + name, from: refs.get(name) ?? nullId, to: nullId })), { name: HOST_REFS + CLAIMS, from: refs.get(CLAIMS) ?? nullId, to: translator.hostIdOf(commit) }];
    const results = await givePack(session, moves, { pack: pack.body(), onMessage });
    const why = [...results.values()].find((refusal) => refusal !== undefined);
    // All or none: who refused one has moved none.
    if (why !== undefined) return rows.map((row) => (row.status === "rejected" ? row : { ...row, status: "rejected", reason: results.get(HOST_REFS + row.name) ?? why }));
    const updates: RefUpdate[] = going.map(({ name }) => ({ name: trackingRef(remote.name, name), to: null }));
    updateRefs(store, [...updates, { name: trackingRef(remote.name, CLAIMS), to: commit }], { who, message: command, ofRemote: true });
    return rows;
  } finally {
    pack.discard();
    await session.close();
  }
}

/** The host's claims, fetched where they are newer than those seen last. No ref moves. */
async function claimsOf(context: SyncContext): Promise<CommitId | undefined> {
  const host = await openHost(context);
  try {
    return (await fetchClaims(context, host))?.commit;
  } finally {
    await host.close();
  }
}

function busy(name: string): VibesafeRemoteError {
  return new VibesafeRemoteError(`somebody pushed to ${name} meanwhile`, { remedy: "run the command again" });
}
