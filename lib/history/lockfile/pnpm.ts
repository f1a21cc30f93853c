/**
 * `pnpm-lock.yaml`, versions 6 and 9.
 *
 * @see https://github.com/pnpm/spec/tree/master/lockfile
 * @module
 */

import { posix } from "node:path";
import { VibesafeConfigError } from "../../errors.ts";
import { isRecord, optionalIn, recordAt, splitSpecifier, textIn, type LockedPackage, type LockGraph } from "./graph.ts";

/** @throws VibesafeConfigError when it is none, or of another version */
export async function parsePnpmLock(text: string, file: string): Promise<LockGraph> {
  const { parse, YAMLError } = await import("yaml");
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLError || cause instanceof ReferenceError)) throw cause;
    throw new VibesafeConfigError(`${file}: ${cause.message.split("\n")[0] ?? ""}`, { cause, remedy: "run `pnpm install`" });
  }
  const lock = recordAt(document, file, "the document");
  const version = String(lock["lockfileVersion"]);
  if (!/^(?:6|9)\.\d+$/.test(version)) {
    throw new VibesafeConfigError(`${file} has lockfileVersion ${version}; known are 6 and 9`, { remedy: "run `pnpm install` with pnpm 8 to 10" });
  }
  // In version 6 a project without workspaces has its dependencies at the top, and what depends on what stands in `packages`.
  const importers = mapOf(lock["importers"] ?? { ".": lock }, file, "importers");
  const described = mapOf(lock["packages"] ?? {}, file, "packages");
  const resolved = lock["snapshots"] === undefined ? described : mapOf(lock["snapshots"], file, "snapshots");

  /** The key of a name's version: a version with its peers, another package for an alias, a workspace's folder. */
  const keyOf = (name: string, said: string, folder: string): string | undefined => {
    if (said.startsWith("link:")) return `link:${posix.join(folder, said.slice("link:".length))}`;
    return [`${name}@${said}`, `/${name}@${said}`, said, `/${said}`].find((key) => resolved.has(key));
  };
  const edges = (entry: Readonly<Record<string, unknown>>, fields: readonly string[], folder: string): Record<string, string> =>
    Object.fromEntries(
      fields.flatMap((field) => {
        const named = entry[field];
        return (isRecord(named) ? Object.entries(named) : []).flatMap(([name, value]) => {
          const said = isRecord(value) ? textIn(value, "version") : value;
          const key = typeof said === "string" ? keyOf(name, said, folder) : undefined;
          return key === undefined ? [] : [[name, key] as const];
        });
      }),
    );

  const direct = new Map([...importers].map(([folder, entry]) => [folder, edges(entry, ["dependencies", "optionalDependencies", "devDependencies"], folder)]));
  const packages = new Map<string, LockedPackage>();
  for (const [key, entry] of resolved) {
    const plain = key.replace(/^\//, "").replace(/\(.*$/s, "");
    const about = described.get(key) ?? described.get(plain) ?? {};
    const resolution = about["resolution"];
    const { name, rest } = splitSpecifier(plain) ?? { name: plain, rest: "" };
    packages.set(key, {
      name: textIn(about, "name") ?? name,
      version: textIn(about, "version") ?? rest,
      integrity: (isRecord(resolution) ? textIn(resolution, "integrity") : undefined) ?? null,
      dependencies: edges(entry, ["dependencies", "optionalDependencies"], "."),
      optional: optionalIn(entry),
    });
  }
  for (const [folder, dependencies] of direct) packages.set(`link:${folder}`, { name: folder, version: "", integrity: null, dependencies, optional: [] });
  return { packages, resolve: (folder, name) => direct.get(folder === "" ? "." : folder)?.[name] };
}

function mapOf(value: unknown, file: string, place: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  return new Map(Object.entries(recordAt(value, file, place)).map(([key, entry]) => [key, recordAt(entry ?? {}, file, `${place}["${key}"]`)]));
}
