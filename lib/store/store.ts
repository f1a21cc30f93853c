/**
 * A store: the folder of a bare Git repository in SHA-256 object format.
 *
 * @module
 */

import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { readTextIfPresent } from "./files.ts";
import { configValue, parseGitConfig } from "./git-config.ts";

export interface Store {
  /** Absolute path of the folder. */
  readonly dir: string;
  /** How long to wait for a lock that somebody holds; about a second when not said. */
  readonly lockPatienceMs?: number;
}

/** Where an object is kept: with the saves, or with what only this machine needs (candidates). */
export type ObjectArea = "objects" | "cache";

const CONFIG_LIMIT = 1 << 20;

/** Tells whether `dir` is a store: it has a HEAD, and a config that says SHA-256. */
export function storeExists(dir: string): boolean {
  return whyNoStore(dir) === undefined;
}

/**
 * Opens a store. Reads what a checkout of the project's repository holds, which is without the folders that git does not keep.
 *
 * @throws VibesafeStoreError when there is none, or it is no SHA-256 repository
 */
export function openStore(dir: string): Store {
  const reason = whyNoStore(dir);
  if (reason === undefined) return { dir };
  throw new VibesafeStoreError(`${dir} is no store: ${reason.found}`, { remedy: reason.remedy });
}

/** Folder of an area's objects. */
export function areaDir(store: Store, area: ObjectArea): string {
  return area === "objects" ? join(store.dir, "objects") : join(store.dir, "cache", "objects");
}

/** Extensions of git's repository format that change nothing of what is read and written here (repository-version.txt). */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(["objectformat", "noop", "preciousobjects", "worktreeconfig"].map((name) => `extensions.${name}`));

interface Problem {
  readonly found: string;
  readonly remedy: string;
}

/** Why the config in `dir`, if there is one, is not that of a store. */
export function configProblem(dir: string): Problem | undefined {
  const text = readTextIfPresent(join(dir, "config"), CONFIG_LIMIT);
  return text === undefined ? undefined : problemIn(text, join(dir, "config"));
}

function problemIn(text: string, path: string): Problem | undefined {
  const config = parseGitConfig(text);
  if (config === undefined) return { found: "its config is not in git's syntax", remedy: `edit ${path}` };
  const version = configValue(config, "core.repositoryformatversion");
  const format = configValue(config, "extensions.objectformat");
  if (version !== "1" || format?.toLowerCase() !== "sha256") {
    return {
      found: `its config says repositoryformatversion ${version ?? "(none)"}, objectformat ${format ?? "(none, that is sha1)"}`,
      remedy: "a store is a SHA-256 repository: name another folder in [paths] store, or move this one away and run `vibe init`",
    };
  }
  const unknown = config.find(({ key }) => key.startsWith("extensions.") && !KNOWN_EXTENSIONS.has(key));
  if (unknown === undefined) return undefined;
  return { found: `its config asks for ${unknown.key}, which vibesafe does not know`, remedy: "use a newer vibesafe" };
}

function whyNoStore(dir: string): Problem | undefined {
  const [head, config] = ["HEAD", "config"].map((name) => readTextIfPresent(join(dir, name), CONFIG_LIMIT));
  if (head !== undefined && config !== undefined) return problemIn(config, join(dir, "config"));
  if (head === config) return { found: "it has neither HEAD nor config", remedy: "run `vibe init`" };
  return { found: `it has no ${head === undefined ? "HEAD" : "config"}`, remedy: "run `vibe fsck --repair`, or restore it from version control" };
}
