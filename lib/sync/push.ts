/**
 * Pushing: what this store's refs hold goes to the host, with the claims that say so. All refs move there, or none does.
 *
 * @module
 */

import { VibesafeRemoteError, type VibesafeError } from "../errors.ts";
import type { CommitId } from "../store/id.ts";
import { updateRefs, type RefUpdate } from "../store/ref-transaction.ts";
import { readRef } from "../store/refs.ts";
import { readClaims, type Claims } from "./claims.ts";
import type { PushedRef, PushOptions } from "./compare-refs.ts";
import { openSession, type SyncContext } from "./connect.ts";
import { fetchClaims } from "./fetch-claims.ts";
import { givePack, type HostMove, type Refusal } from "./give.ts";
import { openHost, shorten } from "./host.ts";
import { openIdMap } from "./id-map.ts";
import type { HostId } from "./object-format.ts";
import { holds, planAhead, planPush, type Load, type Plan } from "./push-plan.ts";
import { CLAIMS, HOST_REFS, trackingRef } from "./remotes.ts";
import type { Session } from "./session.ts";
import { createTranslator, type Translator } from "./translate.ts";

export type { PushedRef, PushOptions } from "./compare-refs.ts";

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
    const { session, ahead } = await open(context, attempt === 1 ? options : undefined);
    try {
      const refs = shorten(session.refs);
      // Somebody may have pushed while the host was asked. One that lies shows the same again.
      if (doubted?.doubt !== undefined && (attempt > MOST_TRIES || [...refs].join() === doubted.shown)) throw doubted.doubt;
      const round = await pushRound(context, { session, refs, options, settled, ahead });
      objects += round.objects;
      if (round.done) return { refs: [...settled.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), objects };
      doubted = round;
    } finally {
      ahead?.load?.pack.discard();
      await session.close();
    }
  }
}

/** Opens a session; what is likely to be sent is made ready meanwhile. */
async function open(context: SyncContext, options: PushOptions | undefined): Promise<{ readonly session: Session; readonly ahead: Plan | undefined }> {
  const opening = openSession(context, "receive-pack");
  const [opened, planned] = await Promise.allSettled([opening, options === undefined ? undefined : planAhead(context, { ...options, opening })]);
  if (opened.status === "rejected") {
    if (planned.status === "fulfilled") planned.value?.load?.pack.discard();
    throw opened.reason;
  }
  if (planned.status === "fulfilled") return { session: opened.value, ahead: planned.value };
  await opened.value.close();
  throw planned.reason;
}

interface Attempt {
  readonly session: Session;
  readonly refs: ReadonlyMap<string, HostId>;
  readonly options: PushOptions;
  /** What became of each ref; a round adds to it. */
  readonly settled: Map<string, PushedRef>;
  readonly ahead: Plan | undefined;
}

interface Round {
  readonly done: boolean;
  readonly objects: number;
  /** What is wrong with the host, unless it has changed meanwhile. */
  readonly doubt?: VibesafeError;
  readonly shown?: string;
}

async function pushRound(context: SyncContext, attempt: Attempt): Promise<Round> {
  const { refs, options, settled } = attempt;
  const again = (doubt: VibesafeError): Round => ({ done: false, objects: 0, doubt, shown: [...refs].join() });
  const plan = await planFor(context, attempt);
  if (plan === "changed") return again(busy(context.remote.name));
  const { rows, going, doubt, load } = plan;
  if (doubt !== undefined) return again(doubt);
  for (const row of rows) if (!settled.has(row.name) && row.status !== "pushed") settled.set(row.name, row);
  if (options.dryRun === true) for (const row of going) settled.set(row.name, row);
  if (load === undefined) return { done: true, objects: 0 };
  try {
    return (await sendLoad(context, attempt, { ...plan, load })) ?? again(busy(context.remote.name));
  } finally {
    if (plan !== attempt.ahead) load.pack.discard();
  }
}

/** The plan that was made ahead, if the host turned out to be as was thought; else one for what it shows. */
async function planFor(context: SyncContext, { session, refs, options, settled, ahead }: Attempt): Promise<Plan | "changed"> {
  const { format } = session;
  const atomic = session.capabilities.has("atomic");
  if (ahead !== undefined && holds(ahead, { format, refs, atomic })) return ahead;
  const map = openIdMap(context.store);
  const translator = createTranslator(context.store, format, map);
  const last = await lastClaims(context, { refs, translator });
  if (last === "changed") return "changed";
  const claims: Claims = last === undefined ? new Map() : readClaims(context.store, last);
  return planPush(context, { format, map, translator, claims, refs, last, atomic }, { ...options, settled: (name) => settled.has(name) });
}

/** Sends what was planned; undefined when somebody else pushed meanwhile. */
async function sendLoad(context: SyncContext, { session, refs, settled }: Attempt, { standing, going, unclaimed, load }: Plan & { readonly load: Load }): Promise<Round | undefined> {
  const { store, remote, who, command, onMessage } = context;
  const { map, translator, format } = standing;
  const { commit, sends, pack } = load;
  const atomic = sends.some(({ name }) => name === CLAIMS);
  const moves = sends.map(({ name, to }): HostMove => ({ name: HOST_REFS + name, from: refs.get(name) ?? format.nullId, to: translator.hostIdOf(to) }));
  const results = await givePack(session, moves, { pack: pack.body(), onMessage, onSent: () => map.save() });
  const refusal = (name: string): Refusal => results.get(HOST_REFS + name);
  const refused = sends.filter(({ name }) => refusal(name) !== undefined);
  if (refused.length > 0 && (await hostChanged(context, refs))) return undefined;
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
  if (updates.length > 0) updateRefs(store, updates, { who, message: command, ofRemote: true });
  return { done: atomic || moved.length === 0, objects: pack.count };
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
