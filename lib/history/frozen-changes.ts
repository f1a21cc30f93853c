/**
 * Changes of frozen packages, in words.
 *
 * @module
 */

import type { FrozenDependencies } from "../spec/checkpoint/frozen.ts";
import type { Change } from "../spec/explain.ts";
import { added, modified, removed } from "../spec/explain/change.ts";
import type { PackageDifference } from "../spec/installed.ts";

/** What differs between the packages that two saves were verified with. */
export function explainFrozen(before: FrozenDependencies | undefined, after: FrozenDependencies | undefined): Change[] {
  if (before === undefined && after === undefined) return [];
  const [old, now] = [versionsIn(before), versionsIn(after)];
  if (before === undefined) return [added("packages", String(now.size), `Packages frozen: ${now.size}`)];
  if (after === undefined) return [removed("packages", String(old.size), `Packages no longer frozen: ${old.size}`)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    if (was === is) return [];
    if (was === undefined) return [added(`packages.${name}`, is ?? "", `Added package: ${name} ${is}`)];
    if (is === undefined) return [removed(`packages.${name}`, was, `Removed package: ${name} ${was}`)];
    return [modified(`packages.${name}`, was, is, `Modified package: ${name} ${was} -> ${is}`)];
  });
}

/** The same for what is installed now. */
export function explainInstalled(differences: readonly PackageDifference[]): Change[] {
  return differences.map(({ path, frozen, installed }) => {
    const name = path.join(" > ");
    return modified(`packages.${name}`, frozen, installed ?? null, `Modified package: ${name} ${frozen} -> ${installed ?? "not installed"}`);
  });
}

/** Name -> its versions, with the integrity where one version has several. */
function versionsIn(frozen: FrozenDependencies | undefined): Map<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { name, version, integrity } of Object.values(frozen?.packages ?? {})) {
    found.set(name, (found.get(name) ?? new Set()).add(`${version}\0${integrity ?? ""}`));
  }
  return new Map([...found].map(([name, versions]) => [name, showVersions([...versions].sort())]));
}

function showVersions(versions: readonly string[]): string {
  return versions.map((each) => each.split("\0")).map(([version = "", integrity = ""]) => (integrity === "" ? version : `${version} (${integrity.slice(0, 19)}…)`)).join(", ");
}
