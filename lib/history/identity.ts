/**
 * Who makes a commit and when: git's environment variables, then the `[user]` section of git's own configuration files, then the
 * operating system. No git binary is asked.
 *
 * @module
 */

import { hostname, userInfo } from "node:os";
import { VibesafeConfigError } from "../errors.ts";
import type { Identity } from "../store/commit.ts";
import { parseDate } from "./git-date.ts";
import { gitSettings, type Environment } from "./git-settings.ts";

export type { Environment } from "./git-settings.ts";

export interface Identities {
  readonly author: Identity;
  readonly committer: Identity;
}

export interface IdentityOptions {
  /** Project root; the git repository around it, if any, has the first word. */
  readonly root: string;
  readonly env: Environment;
  /** Milliseconds since 1970; the clock's time if not given. */
  readonly now?: number;
}

/**
 * Author and committer as git would name them: `GIT_AUTHOR_*` and `GIT_COMMITTER_*`, then configuration, then the system's user.
 * `SOURCE_DATE_EPOCH` sets the time where `GIT_*_DATE` does not (reproducible-builds.org/specs/source-date-epoch).
 *
 * @throws VibesafeConfigError when a date cannot be read
 */
export function identities({ root, env, now = Date.now() }: IdentityOptions): Identities {
  const setting = gitSettings(root, env);
  const configured = { name: clean(setting("user.name") ?? ""), email: clean(setting("user.email") ?? "") };
  const fallback = { name: clean(userName()), email: clean(env["EMAIL"] ?? `${userName()}@${hostname()}`) };
  const person = (role: "AUTHOR" | "COMMITTER"): Identity => ({
    name: clean(env[`GIT_${role}_NAME`] ?? "") || configured.name || fallback.name || "unknown",
    email: clean(env[`GIT_${role}_EMAIL`] ?? "") || configured.email || fallback.email,
    ...when(role, env, now),
  });
  return { author: person("AUTHOR"), committer: person("COMMITTER") };
}

function when(role: "AUTHOR" | "COMMITTER", env: Environment, now: number): Pick<Identity, "seconds" | "offsetMinutes"> {
  const variable = `GIT_${role}_DATE`;
  const written = env[variable];
  if (written !== undefined && written !== "") {
    const date = parseDate(written);
    if (date !== undefined) return date;
    throw new VibesafeConfigError(`${variable} is no date: ${written}`, { remedy: `write it as 2025-10-30T12:34:56Z or "1761827696 +0000"` });
  }
  const epoch = env["SOURCE_DATE_EPOCH"];
  if (epoch !== undefined && epoch !== "") {
    if (/^\d{1,15}$/.test(epoch)) return { seconds: Number(epoch), offsetMinutes: 0 };
    throw new VibesafeConfigError(`SOURCE_DATE_EPOCH is no number of seconds: ${epoch}`, { remedy: "set it to seconds since 1970, or unset it" });
  }
  return { seconds: Math.floor(now / 1000), offsetMinutes: 0 - new Date(now).getTimezoneOffset() };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // No entry for the user in the password database, as in a container that runs under a bare number.
    return "unknown";
  }
}

/** What git leaves out of a name: line ends, angle brackets, and punctuation at the edges (ident.c "crud"). */
function clean(text: string): string {
  return text
    .replaceAll(/[\n\r<>\0]/g, "")
    .replace(/^[\s.,:;"'\\]+/, "")
    .replace(/[\s.,:;"'\\]+$/, "");
}
