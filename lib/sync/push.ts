/**
 * Pushing: what this store's refs hold goes to the host, with the claims that say so. All refs move there, or none does.
 *
 * @module
 */

import { VibesafeRemoteError, type VibesafeError } from "../errors.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { hasSavedObject } from "../store/read.ts";
import { updateRefs, type RefUpdate } from "../store/ref-transaction.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { relationOf } from "./ancestry.ts";
import { readClaims, writeClaims, type Claims } from "./claims.ts";
import { openSession, type SyncContext } from "./connect.ts";
import { fetchClaims } from "./fetch-claims.ts";
import { givePack, type HostMove, type Refusal } from "./give.ts";
import { openHost, shorten } from "./host.ts";
import { createHostPack } from "./host-pack-write.ts";
import { openIdMap } from "./id-map.ts";
import { findMissing } from "./missing.ts";
import type { HostId } from "./object-format.ts";
import { lie } from "./receive.ts";
import { CLAIMS, HOST_REFS, trackingRef } from "./remotes.ts";
import type { Session } from "./session.ts";
import { ownRefs, trackedRefs } from "./shared-refs.ts";
import { createTranslator, type Translator } from "./translate.ts";

export interface PushOptions {
  /** Which of the shared refs; all if not given. */
  readonly wants?: (name: string) => boolean;
  /** Move refs of the host that hold what they held when they were fetched last, whether or not that is lost there. */
  readonly lease?: boolean;
  /** Tell what would be pushed, and send nothing. */
  readonly dryRun?: boolean;
}

export interface PushedRef {
  readonly name: string;
  /** `behind`: the host has what follows. `rejected`: see `reason`. */
  readonly status: "pushed" | "unchanged" | "behind" | "rejected";
  /** What the host held. */
  readonly from: ObjectId | undefined;
  readonly to: ObjectId;
  readonly reason?: string;
}

export interface Pushed {
  readonly refs: readonly PushedRef[];
  /** How many objects were sent. */
  readonly objects: number;
}

/** Times that a push starts over because somebody else pushed meanwhile. */
const MOST_TRIES = 8;

/**
 * Pushes. What is refused, by the host or because the host holds what is not here, is told and not thrown.
 *
 * @throws VibesafeHashMismatch when the host shows something else than was claimed, or an older state than before
 * @throws VibesafeRemoteError when it cannot be reached, does not let in or breaks off
 */
export async function pushRemote(context: SyncContext, options: PushOptions = {}): Promise<Pushed> {
  const settled = new Map<string, PushedRef>();
  let objects = 0;
  let doubted: Round | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const session = await openSession(context, "receive-pack");
    try {
      const refs = shorten(session.refs);
      // Somebody may have pushed while the host was asked. One that lies shows the same again.
      if (doubted?.doubt !== undefined && (attempt > MOST_TRIES || [...refs].join() === doubted.shown)) throw doubted.doubt;
      const round = await pushRound(context, { session, refs, options, settled });
      objects += round.objects;
      if (round.done) return { refs: [...settled.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), objects };
      doubted = round;
    } finally {
      await session.close();
    }
  }
}

interface Attempt {
  readonly session: Session;
  readonly refs: ReadonlyMap<string, HostId>;
  readonly options: PushOptions;
  /** What became of each ref; a round adds to it. */
  readonly settled: Map<string, PushedRef>;
}

interface Round {
  readonly done: boolean;
  readonly objects: number;
  /** What is wrong with the host, unless it has changed meanwhile. */
  readonly doubt?: VibesafeError;
  readonly shown?: string;
}

async function pushRound(context: SyncContext, { session, refs, options, settled }: Attempt): Promise<Round> {
  const { store, remote, who, command, onMessage } = context;
  const { format } = session;
  const map = openIdMap(store);
  const translator = createTranslator(store, format, map);
  const again = (doubt: VibesafeError): Round => ({ done: false, objects: 0, doubt, shown: [...refs].join() });
  const last = await lastClaims(context, { refs, translator });
  if (last === "changed") return again(busy(remote.name));
  const claims: Claims = last === undefined ? new Map() : readClaims(store, last);
  const { rows, unclaimed, doubt } = compare(context, { refs, claims, translator, options });
  if (doubt !== undefined) return again(doubt);
  for (const row of rows) if (!settled.has(row.name) && row.status !== "pushed") settled.set(row.name, row);
  const going = rows.filter(({ name, status }) => status === "pushed" && !settled.has(name));
  if (options.dryRun === true) for (const row of going) settled.set(row.name, row);
  if (options.dryRun === true || (going.length === 0 && unclaimed.length === 0)) return { done: true, objects: 0 };
  // A host that cannot move all or none moves the refs first: claims of what did not move would make it a liar.
  const atomic = session.capabilities.has("atomic") || going.length === 0;
  const commit = writeClaims(store, new Map([...claims, ...[...going, ...unclaimed].map(({ name, to }) => [name, to] as const)]), { who, previous: last, message: `push ${[...going, ...unclaimed].length}` });
  const sends = [...going.map(({ name, to }) => ({ name, to })), ...(atomic ? [{ name: CLAIMS, to: commit }] : [])];
  const pack = createHostPack(store, format);
  try {
    const bases = [...going.flatMap(({ from }) => from ?? []), ...(last === undefined ? [] : [last])].filter((id) => hasSavedObject(store, id));
    const missing = findMissing(store, sends.map(({ to }) => to), { tips: new Set([...claims.values(), ...(last === undefined ? [] : [last])]), bases });
    translator.send(missing, pack);
    const moves = sends.map(({ name, to }): HostMove => ({ name: HOST_REFS + name, from: refs.get(name) ?? format.nullId, to: translator.hostIdOf(to) }));
    const results = await givePack(session, moves, pack.body(), onMessage);
    map.save();
    const refusal = (name: string): Refusal => results.get(HOST_REFS + name);
    const refused = sends.filter(({ name }) => refusal(name) !== undefined);
    if (refused.length > 0 && (await hostChanged(context, refs))) return again(busy(remote.name));
    for (const row of going) {
      const reason = refusal(row.name);
      if (reason !== undefined || atomic) settled.set(row.name, reason === undefined ? row : { ...row, status: "rejected", reason });
      else settled.set(row.name, row);
    }
    const why = atomic ? refusal(CLAIMS) : undefined;
    if (why !== undefined && going.length === 0) throw new VibesafeRemoteError(`${remote.name} did not take the claims: ${why}`, { remedy: "see what the host asks for, then run the command again" });
    const moved = going.filter(({ name }) => refusal(name) === undefined);
    const updates = [...moved, ...(atomic && why === undefined ? unclaimed : [])].map(({ name, to }): RefUpdate => ({ name: trackingRef(remote.name, name), to }));
    if (atomic && why === undefined) updates.push({ name: trackingRef(remote.name, CLAIMS), to: commit });
    if (updates.length > 0) updateRefs(store, updates, { who, message: command, syncLog: false });
    return { done: atomic || moved.length === 0, objects: pack.count };
  } finally {
    pack.discard();
  }
}

interface Comparison {
  readonly rows: readonly PushedRef[];
  /** What the host holds already, and nobody claimed: of a push that was cut off. */
  readonly unclaimed: readonly { readonly name: string; readonly to: ObjectId }[];
  readonly doubt?: VibesafeError;
}

/** What is to become of each ref, by what the host holds of it. */
function compare({ store, remote }: SyncContext, { refs, claims, translator, options }: { readonly refs: ReadonlyMap<string, HostId>; readonly claims: Claims; readonly translator: Translator; readonly options: PushOptions }): Comparison {
  const tracked = trackedRefs(store, remote.name);
  const rows: PushedRef[] = [];
  const unclaimed: { name: string; to: ObjectId }[] = [];
  for (const [name, to] of ownRefs(store)) {
    if (options.wants?.(name) === false) continue;
    const from = claims.get(name);
    const shown = refs.get(name);
    const here = from !== undefined && hasSavedObject(store, from);
    const decided = decide(store, { name, from, to, here, lease: options.lease === true ? tracked.get(name) : undefined });
    // Only what could have been pushed over what was claimed: a host that went back to what happens to be active here lies. One that shows
    // what was claimed shows nothing else, which spares translating what is not there yet.
    const asClaimed = here && translator.hostIdOf(from) === shown;
    if (!asClaimed && shown !== undefined && decided.status === "pushed" && translator.hostIdOf(to) === shown) {
      unclaimed.push({ name, to });
      rows.push({ name, status: "unchanged", from: to, to });
      continue;
    }
    if ((from === undefined) !== (shown === undefined)) return { rows, unclaimed, doubt: lie(`the host ${shown === undefined ? "does not show" : "shows"} ${HOST_REFS}${name}, which ${from === undefined ? "nobody" : "somebody"} claimed`) };
    if (here && !asClaimed) return { rows, unclaimed, doubt: lie(`the host's ${HOST_REFS}${name} does not hold ${from}, which was claimed of it`) };
    rows.push({ name, from, to, ...decided });
  }
  return { rows, unclaimed };
}

interface Standing {
  readonly name: string;
  readonly from: ObjectId | undefined;
  readonly to: ObjectId;
  /** Whether `from` is in this store. */
  readonly here: boolean;
  /** What the host must hold for its ref to be moved whatever is lost there. */
  readonly lease: ObjectId | undefined;
}

function decide(store: Store, { name, from, to, here, lease }: Standing): Pick<PushedRef, "status" | "reason"> {
  if (from === undefined) return { status: "pushed" };
  if (from === to) return { status: "unchanged" };
  const relation = here && name.startsWith("units/") ? relationOf(store, to as CommitId, from as CommitId) : "diverged";
  if (relation === "ahead" || lease === from) return { status: "pushed" };
  if (relation === "behind") return { status: "behind" };
  if (lease !== undefined) return { status: "rejected", reason: `somebody pushed since it was fetched; run \`vibe fetch\` and look` };
  if (name.startsWith("tags/")) return { status: "rejected", reason: "the host has another tag of that name; run `vibe pull`" };
  return { status: "rejected", reason: here ? "both sides saved since; run `vibe pull`" : "somebody else saved since; run `vibe pull`" };
}

/** The claims of a host that is about to be pushed to; they are fetched where somebody else pushed since. */
async function lastClaims(context: SyncContext, { refs, translator }: { readonly refs: ReadonlyMap<string, HostId>; readonly translator: Translator }): Promise<CommitId | undefined | "changed"> {
  const tracked = readRef(context.store, trackingRef(context.remote.name, CLAIMS));
  const shown = refs.get(CLAIMS);
  if (tracked !== undefined && shown !== undefined && translator.hostIdOf(tracked) === shown) return tracked;
  if (tracked === undefined && refs.size === 0) return undefined;
  const host = await openHost(context);
  try {
    if (host.refs.get(CLAIMS) !== shown) return "changed";
    return (await fetchClaims(context, host))?.commit;
  } finally {
    await host.close();
  }
}

/** Whether the host shows something else than it did. */
async function hostChanged(context: SyncContext, refs: ReadonlyMap<string, HostId>): Promise<boolean> {
  const session = await openSession(context, "receive-pack");
  await session.close();
  const now = shorten(session.refs);
  return now.get(CLAIMS) !== refs.get(CLAIMS);
}

function busy(name: string): VibesafeRemoteError {
  return new VibesafeRemoteError(`${name} is pushed to faster than it can be followed`, { remedy: "run the command again" });
}
