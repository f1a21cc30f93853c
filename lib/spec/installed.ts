/**
 * Whether the packages that a save was verified with are those that are installed.
 *
 * Packages are looked for as Node looks for them: in `node_modules` of the importing folder and of those above it, links followed.
 *
 * @see https://nodejs.org/api/modules.html#loading-from-node_modules-folders
 * @module
 */

import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeHashMismatch } from "../errors.ts";
import type { FrozenDependencies } from "./checkpoint/frozen.ts";
import type { UnitId } from "./types.ts";

/** A package that is not the one that was frozen. */
export interface PackageDifference {
  /** Names that lead to it, each imported by the one before. */
  readonly path: readonly string[];
  readonly frozen: string;
  /** `version`, of another package `name@version`; undefined when none is found. */
  readonly installed: string | undefined;
}

export interface InstalledPackage {
  /** Its folder, without symbolic links. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Names of its peers. */
  readonly peers: readonly string[];
}

/** The package that an import of `name` in `folder` leads to. */
export type FindPackage = (folder: string, name: string) => InstalledPackage | undefined;

/** Where installed packages differ from the frozen ones, nearest first. @param folder - that the unit's file lies in */
export function installedDifferences(frozen: FrozenDependencies, folder: string, find: FindPackage = packageFinder()): PackageDifference[] {
  const differences: PackageDifference[] = [];
  const seen = new Set<string>();
  const queue = Object.entries(frozen.direct).map(([name, key]) => ({ key, folder, path: [name], needed: true }));
  for (const { key, folder: from, path, needed } of queue) {
    const wanted = frozen.packages[key];
    const found = find(from, path.at(-1) ?? "");
    if (wanted === undefined || (found === undefined && !needed)) continue;
    if (found?.name !== wanted.name || found.version !== wanted.version) {
      const installed = found === undefined || found.name === wanted.name ? found?.version : `${found.name}@${found.version}`;
      differences.push({ path, frozen: wanted.version, installed });
    } else if (!seen.has(`${key}\0${found.folder}`)) {
      seen.add(`${key}\0${found.folder}`);
      for (const [name, next] of Object.entries(wanted.dependencies)) {
        queue.push({ key: next, folder: found.folder, path: [...path, name], needed: wanted.optional?.includes(name) !== true });
      }
    }
  }
  return differences;
}

/** Looks packages up, each manifest read once. */
export function packageFinder(): FindPackage {
  const known = new Map<string, InstalledPackage | undefined>();
  const at = (path: string): InstalledPackage | undefined => {
    if (!known.has(path)) known.set(path, readPackage(path));
    return known.get(path);
  };
  return (from, name) => {
    for (let folder = from; ; folder = dirname(folder)) {
      const found = at(join(folder, "node_modules", name));
      if (found !== undefined || dirname(folder) === folder) return found;
    }
  };
}

function readPackage(path: string): InstalledPackage | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  } catch (error) {
    // Not there, or not readable as a package: Node would not find it either.
    if (error instanceof SyntaxError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  }
  if (typeof manifest !== "object" || manifest === null || !("name" in manifest)) return undefined;
  const { name } = manifest;
  const version = "version" in manifest ? manifest.version : "";
  const peers = "peerDependencies" in manifest && typeof manifest.peerDependencies === "object" ? Object.keys(manifest.peerDependencies ?? {}) : [];
  return typeof name === "string" && typeof version === "string" ? { folder: realpathSync.native(path), name, version, peers } : undefined;
}

/** `a > b: 1.2.3 is frozen, 1.2.4 is installed` */
export function showDifference({ path, frozen, installed }: PackageDifference): string {
  return `${path.join(" > ")}: ${frozen} is frozen, ${installed ?? "nothing"} is installed`;
}

/** The error for a unit whose packages differ. */
export function otherPackages(id: UnitId, differences: readonly PackageDifference[]): VibesafeHashMismatch {
  const shown = differences.slice(0, 10).map((difference) => `\n  - ${showDifference(difference)}`);
  const more = differences.length > shown.length ? `\n  and ${differences.length - shown.length} more` : "";
  return new VibesafeHashMismatch(`${id} was verified with other packages than are installed${shown.join("")}${more}`, {
    unit: id,
    remedy: `install what the lock file says, as by \`npm ci\`; or verify with what is installed: \`vibe save --freeze-http-deps --target ${id}\``,
  });
}
