/**
 * The git repository that a project lies in, found without git.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readTextIfPresent } from "../store/files.ts";

const POINTER_LIMIT = 1 << 16;

/** The configuration file of the repository around `root`, through the `.git` file of a worktree or submodule too. */
export function repositoryConfigOf(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const git = join(folder, ".git");
    if (existsSync(join(git, "config"))) return join(git, "config");
    const pointer = readTextIfPresent(git, POINTER_LIMIT);
    if (pointer !== undefined) return linkedConfig(folder, pointer);
    if (dirname(folder) === folder) return undefined;
  }
}

/** @param pointer - content of a `.git` file: `gitdir: PATH` (gitrepository-layout(5)) */
function linkedConfig(folder: string, pointer: string): string | undefined {
  const written = /^gitdir: (.*)$/m.exec(pointer)?.[1]?.trim();
  if (written === undefined) return undefined;
  const gitDir = resolve(folder, written);
  const common = readTextIfPresent(join(gitDir, "commondir"), POINTER_LIMIT);
  const config = join(common === undefined ? gitDir : resolve(gitDir, common.trim()), "config");
  return existsSync(config) ? config : undefined;
}
