/**
 * What a push is going to send, ready to go.
 *
 * @module
 */

import type { CommitId, ObjectId } from "../store/id.ts";
import { hasSavedObject } from "../store/read.ts";
import { readRef } from "../store/refs.ts";
import { readClaims, writeClaims } from "./claims.ts";
import { compareRefs, type Comparison, type PushedRef, type PushOptions, type Shown } from "./compare-refs.ts";
import type { SyncContext } from "./connect.ts";
import { createHostPack, type HostPack } from "./host-pack-write.ts";
import { openIdMap, type IdMap } from "./id-map.ts";
import { findMissing } from "./missing.ts";
import { SHA1, type HostId, type ObjectFormat } from "./object-format.ts";
import { CLAIMS, trackingRef } from "./remotes.ts";
import { createTranslator } from "./translate.ts";

/** What is known of a host before it is told anything. */
export interface Standing extends Shown {
  readonly format: ObjectFormat;
  readonly map: IdMap;
  /** Its claims. */
  readonly last: CommitId | undefined;
  /** Whether it moves all refs or none. */
  readonly atomic: boolean;
}

export interface Plan extends Comparison {
  readonly standing: Standing;
  /** The refs that are to move. */
  readonly going: readonly PushedRef[];
  /** What goes; undefined when nothing does. */
  readonly load: Load | undefined;
}

export interface Load {
  /** The new claims. */
  readonly commit: CommitId;
  readonly sends: readonly { readonly name: string; readonly to: ObjectId }[];
  /** Whoever has a plan discards this in the end. */
  readonly pack: HostPack;
}

export interface Planning extends PushOptions {
  /** Refs that an earlier round has dealt with. */
  readonly settled?: (name: string) => boolean;
  /** Settles when the host has answered: what takes long waits for it, so that no connection stands half made meanwhile. */
  readonly opening?: Promise<unknown>;
}

/** So many commits take half a second. */
const MANY = 500;

/** Makes the plan, in steps: between them what was asked of the host goes on. */
export async function planPush(context: SyncContext, standing: Standing, { settled = () => false, opening, ...options }: Planning): Promise<Plan> {
  const { store, who } = context;
  const { format, claims, translator, last } = standing;
  const compared = compareRefs(context, standing, options);
  const { rows, unclaimed, doubt } = compared;
  const going = rows.filter(({ name, status }) => status === "pushed" && !settled(name));
  const plan = { ...compared, standing, going };
  if (doubt !== undefined || options.dryRun === true || (going.length === 0 && unclaimed.length === 0)) return { ...plan, load: undefined };
  await turn();
  // A host that cannot move all or none moves the refs first: claims of what did not move would make it a liar.
  const named = [...going, ...unclaimed].map(({ name, to }) => [name, to] as const);
  const commit = writeClaims(store, new Map([...claims, ...named]), { who, previous: last, message: `push ${named.length}` });
  const sends = [...going.map(({ name, to }) => ({ name, to })), ...(standing.atomic || going.length === 0 ? [{ name: CLAIMS, to: commit }] : [])];
  const pack = createHostPack(store, format);
  try {
    const bases = [...going.flatMap(({ from }) => from ?? []), ...(last === undefined ? [] : [last])].filter((id) => hasSavedObject(store, id));
    const missing = findMissing(store, sends.map(({ to }) => to), { tips: new Set([...claims.values(), ...(last === undefined ? [] : [last])]), bases });
    await (missing.roots.length > MANY ? opening : turn());
    translator.send(missing, pack);
    // A host may have hung up while nothing was heard of it: that is seen now, before the connection is used again.
    for (let turns = 0; turns < 3; turns += 1) await turn();
  } catch (error) {
    pack.discard();
    throw error;
  }
  return { ...plan, load: { commit, sends, pack } };
}

/** The plan for a host that shows what it showed last, made while it is asked; undefined where too little is known of it. */
export async function planAhead(context: SyncContext, options: Planning): Promise<Plan | undefined> {
  const { store, remote } = context;
  const last = readRef(store, trackingRef(remote.name, CLAIMS));
  if (last === undefined || options.dryRun === true) return undefined;
  await turn();
  const map = openIdMap(store);
  const shown = map.hostId(last);
  // Names by SHA-1 are kept of hosts that know no better.
  if (shown === undefined || !hasSavedObject(store, last)) return undefined;
  await turn();
  const translator = createTranslator(store, SHA1, map);
  const claims = readClaims(store, last);
  await turn();
  const refs = new Map<string, HostId>([...claims].map(([name, id]) => [name, map.hostId(id) ?? SHA1.nullId]));
  refs.set(CLAIMS, shown);
  return planPush(context, { format: SHA1, map, translator, claims, refs, last, atomic: true }, options);
}

/** Tells whether a plan is right for what the host turned out to be. */
export function holds({ doubt, standing }: Plan, { format, refs, atomic }: Pick<Standing, "format" | "refs" | "atomic">): boolean {
  if (doubt !== undefined || format !== standing.format || atomic !== standing.atomic || refs.size !== standing.refs.size) return false;
  // Of what is not here no name is known; it is told apart by being there at all.
  return [...standing.refs].every(([name, id]) => refs.get(name) === id || (id === format.nullId && refs.has(name)));
}

/** Lets what arrived from the host be dealt with, and what was asked go out. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
