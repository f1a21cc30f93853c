/**
 * Fetching the claims: what the host shows must be what it showed before, or follow it.
 *
 * @module
 */

import type { CommitId } from "../store/id.ts";
import { hasSavedObject, readObject } from "../store/read.ts";
import { readRef } from "../store/refs.ts";
import { requestPack } from "./ask.ts";
import { claimsFollow } from "./claims.ts";
import type { SyncContext } from "./connect.ts";
import type { Host } from "./host.ts";
import { lie, takePack } from "./receive.ts";
import { CLAIMS, HOST_REFS, trackingRef } from "./remotes.ts";

export interface FetchedClaims {
  readonly commit: CommitId;
  /** The claims that were seen last. */
  readonly before: CommitId | undefined;
  /** How many objects came. */
  readonly objects: number;
}

/**
 * The host's claims, in the store and verified. No ref moves.
 *
 * @returns undefined when nothing was ever pushed there
 * @throws VibesafeHashMismatch when the host shows what nobody claimed, or an older state than before, or another history
 */
export async function fetchClaims(context: SyncContext, host: Pick<Host, "format" | "shallow" | "refs" | "map" | "translator" | "ask">): Promise<FetchedClaims | undefined> {
  const { store, remote, onMessage } = context;
  const { refs, format, map, translator } = host;
  const shown = refs.get(CLAIMS);
  const before = readRef(store, trackingRef(remote.name, CLAIMS));
  if (shown === undefined) {
    if (before !== undefined) throw lie(`${remote.name} shows no ${HOST_REFS}${CLAIMS} any more: it was emptied, made anew, or shows the state before the first push. To start over: \`vibe remote remove\`, then \`vibe remote add\``);
    const [stray] = refs.keys();
    if (stray !== undefined) throw lie(`the host shows ${HOST_REFS}${stray}, and no ${HOST_REFS}${CLAIMS}`);
    return undefined;
  }
  if (before !== undefined && translator.hostIdOf(before) === shown) return { commit: before, before, objects: 0 };
  let objects = 0;
  let commit = format.name === "sha1" ? map.ownId(shown) : undefined;
  if (commit === undefined || !hasSavedObject(store, commit)) {
    const haves = before === undefined ? [] : [translator.hostIdOf(before)];
    objects = await takePack(store, requestPack(await host.ask(), { wants: [shown], haves, onMessage }), {
      format,
      map,
      tips: [shown],
      whole: new Set(before === undefined ? [] : [before]),
      shallow: host.shallow,
      check: (idOf) => (commit = idOf(shown)),
    });
  }
  if (commit === undefined || readObject(store, commit).type !== "commit") throw lie(`the host's ${HOST_REFS}${CLAIMS} is no commit`);
  const found = commit as CommitId;
  if (!claimsFollow(store, before, found)) {
    const older = before !== undefined && claimsFollow(store, found, before);
    throw lie(`${remote.name} shows ${older ? "an older state than it showed before" : "another history than it showed before"}: claims ${found.slice(0, 12)}, seen last were ${before?.slice(0, 12)}`);
  }
  return { commit: found, before, objects };
}
