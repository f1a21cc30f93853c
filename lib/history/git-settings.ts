/**
 * A person's own git configuration, read from its files. No git binary is asked.
 *
 * @module
 */

import { homedir } from "node:os";
import { join } from "node:path";
import { readTextIfPresent } from "../store/files.ts";
import { configValue, parseGitConfig } from "../store/git-config.ts";
import { repositoryConfigOf } from "./git-folder.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const CONFIG_LIMIT = 1 << 20;

/**
 * Looks settings up in the repository around `root`, then in `~/.gitconfig`, then in `$XDG_CONFIG_HOME/git/config`: git's own order,
 * nearest first. A store's config is none of them: it comes with the project, from others.
 */
export function gitSettings(root: string, env: Environment): (key: string) => string | undefined {
  const home = env["HOME"] ?? homedir();
  const global = env["GIT_CONFIG_GLOBAL"];
  const files = [
    repositoryConfigOf(root),
    ...(global === undefined
      ? [join(home, ".gitconfig"), join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "git", "config")]
      : [global]),
  ];
  const found = files.flatMap((file) => (file === undefined ? [] : [parseGitConfig(readTextIfPresent(file, CONFIG_LIMIT) ?? "") ?? []]));
  return (key) => found.map((values) => configValue(values, key)).find((value) => value !== undefined);
}
