/**
 * What is to become of each ref when this store pushes.
 *
 * @module
 */

import type { VibesafeError } from "../errors.ts";
import type { CommitId, ObjectId } from "../store/id.ts";
import { hasSavedObject } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { relationOf } from "./ancestry.ts";
import type { Claims } from "./claims.ts";
import type { SyncContext } from "./connect.ts";
import type { HostId } from "./object-format.ts";
import { lie } from "./receive.ts";
import { HOST_REFS } from "./remotes.ts";
import { ownRefs, trackedRefs } from "./shared-refs.ts";
import type { Translator } from "./translate.ts";

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

export interface Comparison {
  readonly rows: readonly PushedRef[];
  /** What the host holds already, and nobody claimed: of a push that was cut off. */
  readonly unclaimed: readonly { readonly name: string; readonly to: ObjectId }[];
  readonly doubt?: VibesafeError;
}

/** What the host shows, and what was said of it. */
export interface Shown {
  readonly refs: ReadonlyMap<string, HostId>;
  readonly claims: Claims;
  readonly translator: Translator;
}

/** What is to become of each ref, by what the host holds of it. */
export function compareRefs({ store, remote }: SyncContext, { refs, claims, translator }: Shown, options: PushOptions): Comparison {
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
