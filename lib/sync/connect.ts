/**
 * Opening a conversation with a remote, by the way that its URL names.
 *
 * @module
 */

import { gitSettings } from "../history/git-settings.ts";
import type { Identity } from "../store/commit.ts";
import { readTextIfPresent } from "../store/files.ts";
import { configValue, parseGitConfig } from "../store/git-config.ts";
import type { Store } from "../store/store.ts";
import { join } from "node:path";
import { credentialsFor } from "./credentials.ts";
import { openHttp } from "./http-session.ts";
import { openProcess } from "./process-session.ts";
import { parseRemoteUrl } from "./remote-url.ts";
import type { Remote } from "./remotes.ts";
import type { Service, Session } from "./session.ts";

/** What every exchange with a remote needs. */
export interface SyncContext {
  readonly store: Store;
  readonly remote: Remote;
  /** The project's root: relative paths start there. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who pushes, or moves refs. */
  readonly who: Identity;
  /** The command line, for reflogs. */
  readonly command: string;
  /** Whether git and ssh may ask a person for a password. */
  readonly interactive?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told what the host says, a line at a time. */
  readonly onMessage?: (line: string) => void;
}

/** @throws VibesafeRemoteError when the host cannot be reached or does not let in */
export async function openSession(context: SyncContext, service: Service): Promise<Session> {
  const { remote, root, env, signal, interactive = false } = context;
  const address = parseRemoteUrl(remote.url, root);
  const options = { env, version: protocolVersion(context.store), signal };
  if (address.kind !== "http") return openProcess(address, service, { ...options, sshCommand: gitSettings(root, env)("core.sshcommand") });
  return openHttp(address.url, service, { ...options, credentials: credentialsFor(address.url, { env, user: address.user, interactive }) });
}

/** `protocol.version` of the store's config, as git has it; 2 if not set. */
function protocolVersion(store: Store): 1 | 2 {
  const settings = parseGitConfig(readTextIfPresent(join(store.dir, "config"), 1 << 20) ?? "") ?? [];
  const version = configValue(settings, "protocol.version");
  return version === "0" || version === "1" ? 1 : 2;
}
