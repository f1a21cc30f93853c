/**
 * Who makes a commit and when: git's environment variables, then the `[user]` section of git's own configuration files, then the
 * operating system. No git binary is asked.
 *
 * @module
 */

import { hostname, homedir, userInfo } from "node:os";
import { join } from "node:path";
import { VibesafeConfigError } from "../errors.ts";
import type { Identity } from "../store/commit.ts";
import { readTextIfPresent } from "../store/files.ts";
import { configValue, parseGitConfig } from "../store/git-config.ts";
import { parseDate } from "./git-date.ts";
import { repositoryConfigOf } from "./git-folder.ts";

const CONFIG_LIMIT = 1 << 20;

export type Environment = Readonly<Record<string, string | undefined>>;

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
  const configured = configuredUser(root, env);
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
  return { seconds: Math.floor(now / 1000), offsetMinutes: -new Date(now).getTimezoneOffset() };
}

/** `[user]` of the repository, then of `~/.gitconfig`, then of `$XDG_CONFIG_HOME/git/config`: git's own order, nearest first. */
function configuredUser(root: string, env: Environment): { name: string; email: string } {
  const home = env["HOME"] ?? homedir();
  const global = env["GIT_CONFIG_GLOBAL"];
  const files = [
    repositoryConfigOf(root),
    ...(global === undefined
      ? [join(home, ".gitconfig"), join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "git", "config")]
      : [global]),
  ];
  const found = files.flatMap((file) => (file === undefined ? [] : [parseGitConfig(readTextIfPresent(file, CONFIG_LIMIT) ?? "") ?? []]));
  const first = (key: string): string => clean(found.map((values) => configValue(values, key)).find((value) => value !== undefined) ?? "");
  return { name: first("user.name"), email: first("user.email") };
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
