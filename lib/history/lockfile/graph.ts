/**
 * What a lock file says, whoever wrote it: packages, and which of them each name leads to.
 *
 * @module
 */

import { VibesafeConfigError } from "../../errors.ts";

/** A package as locked. */
export interface LockedPackage {
  /** Its own name, which an alias may differ from. */
  readonly name: string;
  /** Empty for a package of the workspace, whose lock file does not tell it. */
  readonly version: string;
  /** As in the lock file: a subresource integrity, or yarn's own checksum; null where it keeps none. */
  readonly integrity: string | null;
  /** Name in an import -> key of the package that it leads to. Peers that are not installed are absent. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Those of these names that need not be installed on every machine. */
  readonly optional: readonly string[];
}

/** Packages under the lock file's own keys. */
export interface LockGraph {
  readonly packages: ReadonlyMap<string, LockedPackage>;
  /** What an import of `name` in a file of `folder` (of the workspace, POSIX, from the lock file; "" is the root) leads to. */
  resolve(folder: string, name: string): string | undefined;
}

/** Fields of a manifest, or of an entry that copies them, which name packages. */
export const DEPENDENCY_FIELDS = ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"] as const;

/** Names and ranges in these fields of `entry`; what is no text counts as absent. */
export function rangesIn(entry: Readonly<Record<string, unknown>>, fields: readonly string[] = DEPENDENCY_FIELDS): [name: string, range: string][] {
  return fields.flatMap((field) => {
    const ranges = entry[field];
    return isRecord(ranges) ? Object.entries(ranges).filter((pair): pair is [string, string] => typeof pair[1] === "string") : [];
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` as a record. @throws VibesafeConfigError where it is none */
export function recordAt(value: unknown, file: string, place: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new VibesafeConfigError(`${file}: ${place} is no map`, { remedy: REINSTALL });
}

/** Names that `entry` says need not be installed. */
export function optionalIn(entry: Readonly<Record<string, unknown>>): string[] {
  return rangesIn(entry, ["optionalDependencies"]).map(([name]) => name);
}

/** A text or nothing. */
export function textIn(entry: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = entry[key];
  return typeof value === "string" ? value : undefined;
}

/** `name@rest`, the name perhaps scoped. */
export function splitSpecifier(text: string): { readonly name: string; readonly rest: string } | undefined {
  const at = text.indexOf("@", 1);
  return at === -1 ? undefined : { name: text.slice(0, at), rest: text.slice(at + 1) };
}

export const REINSTALL = "install anew, so that the package manager writes its lock file again";
