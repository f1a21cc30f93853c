/**
 * What the commands that share a store have in common: which remote, which units, who.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { identities, type Identities } from "../history/identity.ts";
import { selectTargets } from "./targets.ts";
import { isUnitId, refUnit } from "../spec/unit-id.ts";
import type { Store } from "../store/store.ts";
import type { SyncContext } from "../sync/connect.ts";
import { withoutSecrets } from "../sync/remote-url.ts";
import { listRemotes, remoteNamed, type Remote } from "../sync/remotes.ts";
import type { Context } from "./context.ts";
import { commandLine } from "./operation.ts";
import { fileOfUnit } from "./saved-units.ts";

/** The remote and the targets of `[remote] [units..]`: the first word is a remote unless it can only be a unit. */
export function splitWords(store: Store, words: readonly string[]): { readonly remote: Remote; readonly targets: readonly string[] } {
  const [first, ...rest] = words;
  const isRemote = first !== undefined && listRemotes(store).some(({ name }) => name === first);
  // What is remembered of a host has a name; and what a URL holds is not repeated.
  const url = words.find((word) => word.includes("://"));
  if (url !== undefined) throw new VibesafeUsageError(`${JSON.stringify(withoutSecrets(url))} is a URL, not the name of a remote`, { remedy: "run `vibe remote add NAME URL`, then name it" });
  if (first === undefined || isRemote) return { remote: remoteNamed(store, first), targets: rest };
  if (isUnitId(first) || /[/*.]/.test(first)) return { remote: remoteNamed(store), targets: words };
  return { remote: remoteNamed(store, first), targets: rest };
}

export function syncContext(context: Context, store: Store, remote: Remote): SyncContext {
  const { io } = context;
  const { root } = context.project();
  return { store, remote, root, env: io.env, who: identitiesOf(context, root).committer, command: commandFor(context), interactive: io.errIsTerminal, signal: io.signal, onMessage: (line) => io.err(`remote: ${line}\n`) };
}

export function identitiesOf(context: Context, root: string): Identities {
  return identities({ root, env: context.io.env });
}

/** The command line for reflogs, which keep no secret of a URL. */
export function commandFor(context: Context): string {
  return commandLine({ ...context, argv: context.argv.map(withoutSecrets) });
}

export interface Selection {
  /** Whether a shared ref is meant: with targets, units, and tags that are named as `tags/NAME`. */
  readonly wants: (name: string) => boolean;
  /** @throws VibesafeUsageError for a target that matched nothing of what was offered */
  readonly checkUsed: () => void;
}

/** Targets against units that are known only when the remote has been asked. */
export function selection(context: Context, targets: readonly string[]): Selection {
  if (targets.length === 0) return { wants: () => true, checkUsed: () => {} };
  const unused = new Set(targets);
  return {
    wants: (name) => {
      const id = refUnit(`refs/${name}`);
      if (id === undefined) {
        unused.delete(name);
        return targets.includes(name);
      }
      const item = { id, file: fileOfUnit(id) };
      const matched = targets.filter((target) => matches(context, item, target));
      for (const target of matched) unused.delete(target);
      return matched.length > 0;
    },
    checkUsed: () => {
      const [target] = unused;
      if (target !== undefined) throw new VibesafeUsageError(`no saved unit matches "${target}"`, { remedy: "`vibe for-each-ref` lists what is here and what was fetched" });
    },
  };
}

function matches(context: Context, item: { readonly id: string; readonly file: string }, target: string): boolean {
  try {
    return selectTargets([item], [target], { project: context.project(), folder: context.folder }).length > 0;
  } catch (error) {
    // With one unit to choose from, one that is not meant is an error.
    if (error instanceof VibesafeUsageError) return false;
    throw error;
  }
}
