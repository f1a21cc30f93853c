/**
 * The packages that a save was verified with, exactly: `dependencies` in `verification.json`.
 *
 * @module
 */

import { listOf, mapOf, nullOr, optional, record, text, type Reader } from "./json.ts";
import { material } from "./material.ts";
import type { Material } from "../types.ts";

export interface FrozenPackage {
  /** Its own name; an alias is the name that leads to it. */
  readonly name: string;
  readonly version: string;
  /** As in the lock file; null where that keeps none, as for a package of the workspace. */
  readonly integrity: string | null;
  /** Name in an import -> key of a package. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Names of these that need not be installed. */
  readonly optional?: readonly string[];
}

export interface FrozenDependencies {
  readonly lockfile: Material;
  /** What the spec, its dependencies and the generated code import: name -> key. */
  readonly direct: Readonly<Record<string, string>>;
  /** By the lock file's keys. */
  readonly packages: Readonly<Record<string, FrozenPackage>>;
}

const frozenPackage: Reader<FrozenPackage> = (value, path) => {
  const o = record(value, path);
  const unneeded = optional(listOf(text))(o["optional"], `${path}.optional`);
  return {
    name: text(o["name"], `${path}.name`),
    version: text(o["version"], `${path}.version`),
    integrity: nullOr(text)(o["integrity"], `${path}.integrity`),
    dependencies: mapOf(text)(o["dependencies"], `${path}.dependencies`),
    ...(unneeded !== undefined && { optional: unneeded }),
  };
};

/** Reads them; `path` names them in messages. @throws VibesafeStoreError naming the first field that is wrong */
export const frozenDependencies: Reader<FrozenDependencies> = (value, path) => {
  const o = record(value, path);
  return {
    lockfile: material(o["lockfile"], `${path}.lockfile`),
    direct: mapOf(text)(o["direct"], `${path}.direct`),
    packages: mapOf(frozenPackage)(o["packages"], `${path}.packages`),
  };
};
