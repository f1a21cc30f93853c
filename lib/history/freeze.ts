/**
 * Freezing: which packages, in which versions, the code of a unit can reach.
 *
 * @module
 */

import { hash } from "node:crypto";
import { isBuiltin } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { VibesafeConfigError, VibesafeValidationError } from "../errors.ts";
import { existsSync } from "node:fs";
import { readSave } from "../spec/checkpoint.ts";
import type { FrozenDependencies, FrozenPackage } from "../spec/checkpoint/frozen.ts";
import { installedDifferences, packageFinder, showDifference, type FindPackage } from "../spec/installed.ts";
import { parseModule } from "../spec/parse.ts";
import type { HashedSpec, SpecMap } from "../spec/types.ts";
import { parseUnitId, unitRef } from "../spec/unit-id.ts";
import { readRef } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { readLockfile, type Lockfile } from "./lockfile.ts";

/** Tells the packages of a unit with this implementation. */
export type Freeze = (unit: HashedSpec, impl: string) => FrozenDependencies;

/**
 * Reads the project's lock file, and gives what freezes units by it.
 *
 * The packages are those that the spec, the declarations and units it names, and the generated code import, and all that these need.
 *
 * @throws VibesafeConfigError when there is no lock file, or it cannot be read
 */
export async function createFreeze(root: string, store: Store): Promise<Freeze> {
  const lockfile = await readLockfile(root);
  const find = packageFinder();
  return (unit, impl) => {
    const folder = dirname(join(root, unit.spec.file));
    const frozen = closure(lockfile, { unit, folder, root, names: importedBy(store, unit.map, impl), find });
    const [difference] = installedDifferences(frozen, folder, find);
    if (difference === undefined) return frozen;
    throw new VibesafeValidationError(`${lockfile.name} is not what is installed: ${showDifference(difference).replace("is frozen", "is locked")}`, {
      unit: unit.spec.id,
      remedy: "install what it says, as by `npm ci`",
    });
  };
}

/** Names of the packages that the code of a unit, and of the units that it calls, imports. */
function importedBy(store: Store, map: SpecMap, impl: string, seen = new Set<string>()): Set<string> {
  const names = new Set(Object.keys(map.deps.packages));
  for (const { specifier, typeOnly } of parseModule(impl, "impl.ts").imports) {
    const name = /^((?:@[^/]+\/)?[^/.#][^/]*)/.exec(specifier)?.[1];
    if (!typeOnly && name !== undefined && !isBuiltin(specifier)) names.add(name);
  }
  for (const id of Object.keys(map.deps.units)) {
    const commit = seen.has(id) ? undefined : readRef(store, unitRef(parseUnitId(id)));
    seen.add(id);
    if (commit === undefined) continue;
    const save = readSave(store, commit);
    for (const name of importedBy(store, save.spec, save.impl, seen)) names.add(name);
  }
  // Its version is part of H_spec.
  names.delete("vibesafe");
  return names;
}

interface Asked {
  readonly unit: HashedSpec;
  /** Of the spec's file, absolute. */
  readonly folder: string;
  readonly root: string;
  readonly names: ReadonlySet<string>;
  readonly find: FindPackage;
}

function closure(lockfile: Lockfile, { unit, folder, root, names, find }: Asked): FrozenDependencies {
  const { graph } = lockfile;
  const workspace = workspaceOf(lockfile.folder, folder);
  const direct: Record<string, string> = {};
  const packages: Record<string, FrozenPackage> = {};
  const queue: { key: string; from: string; name: string }[] = [];
  for (const name of [...names].sort()) {
    const key = graph.resolve(workspace, name);
    if (key === undefined) {
      throw new VibesafeConfigError(`${unit.spec.id} reaches the package ${name}, which ${lockfile.name} does not have`, {
        unit: unit.spec.id,
        remedy: `add it to package.json, as by \`npm install ${name}\``,
      });
    }
    direct[name] = key;
    queue.push({ key, from: folder, name });
  }
  for (const { key, from, name } of queue) {
    const locked = graph.packages.get(key);
    if (locked === undefined || Object.hasOwn(packages, key)) continue;
    const installed = find(from, name);
    const below = { ...peersOf(lockfile, workspace, installed?.peers ?? []), ...locked.dependencies };
    const isLocal = locked.version === "";
    const optional = [...new Set(locked.optional)].filter((each) => Object.hasOwn(below, each)).sort();
    packages[key] = {
      name: isLocal ? (installed?.name ?? locked.name) : locked.name,
      version: isLocal ? (installed?.version ?? "") : locked.version,
      integrity: locked.integrity,
      dependencies: below,
      ...(optional.length > 0 && { optional }),
    };
    for (const [each, next] of Object.entries(below)) queue.push({ key: next, from: installed?.folder ?? from, name: each });
  }
  const uri = relative(root, join(lockfile.folder, lockfile.name)).split(sep).join("/");
  return { lockfile: { uri, digest: { sha256: hash("sha256", lockfile.bytes, "hex") } }, direct, packages };
}

/** Peers that the workspace has: yarn's lock file leaves out which ones a package found. */
function peersOf({ graph }: Lockfile, workspace: string, peers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    peers.flatMap((name) => {
      const key = graph.resolve(workspace, name);
      return key === undefined ? [] : [[name, key]];
    }),
  );
}

/** The folder of the nearest manifest, POSIX, from the lock file's. */
function workspaceOf(top: string, folder: string): string {
  let at = folder;
  while (at !== top && dirname(at) !== at && !existsSync(join(at, "package.json"))) at = dirname(at);
  return relative(top, at).split(sep).join("/");
}
