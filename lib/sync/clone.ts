/**
 * Cloning: a new store with everything that a host has, its refs where the host's are.
 *
 * @module
 */

import { mkdirSync, rmSync } from "node:fs";
import { VibesafeUsageError } from "../errors.ts";
import type { Identities } from "../history/identity.ts";
import { initStore } from "../store/init.ts";
import { storeExists } from "../store/store.ts";
import type { SyncContext } from "./connect.ts";
import { pullRemote, type Pulled } from "./pull.ts";
import { withoutSecrets } from "./remote-url.ts";
import { addRemote, DEFAULT_REMOTE, listRemotes, removeRemote } from "./remotes.ts";
import { ownRefs } from "./shared-refs.ts";

export interface CloneOptions extends Omit<SyncContext, "store" | "remote"> {
  /** Where the host is; what is secret in it is used and not written. */
  readonly url: string;
  /** Where the store is to be. */
  readonly storeDir: string;
  /** The folder that a relative URL starts from. */
  readonly folder: string;
  readonly identities: Identities;
}

/**
 * Makes a store at `storeDir` and fills it.
 *
 * @throws VibesafeUsageError when there is one with saves already; what `pullRemote` throws: then what was made is removed
 */
export async function cloneStore({ url, storeDir, folder, identities, ...context }: CloneOptions): Promise<Pulled> {
  const there = storeExists(storeDir);
  const made = mkdirSync(storeDir, { recursive: true });
  const store = initStore(storeDir);
  try {
    if (there && ownRefs(store).size > 0) {
      throw new VibesafeUsageError(`${storeDir} is a store with saves of its own`, { remedy: `run \`vibe remote add ${DEFAULT_REMOTE} URL\` and \`vibe pull\` there, or clone into another folder` });
    }
    // There already where an earlier clone was killed.
    const known = listRemotes(store).find(({ name }) => name === DEFAULT_REMOTE);
    if (known?.url === withoutSecrets(url)) removeRemote(store, DEFAULT_REMOTE);
    const { remote } = addRemote(store, DEFAULT_REMOTE, url, { root: context.root, folder });
    // As it was given: the config has it without its secrets.
    const given = remote.url === url || /^[a-z]+:\/\//i.test(url) ? { ...remote, url } : remote;
    return await pullRemote({ ...context, store, remote: given }, { identities });
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
}
