/**
 * `yarn.lock`, of yarn 1 and of yarn 2 and newer: what each range of each name was resolved to.
 *
 * @see https://classic.yarnpkg.com/en/docs/yarn-lock
 * @see https://yarnpkg.com/advanced/lockfile-attributes
 * @module
 */

import { VibesafeConfigError } from "../../errors.ts";
import { isRecord, optionalIn, rangesIn, splitSpecifier, textIn, type LockedPackage, type LockGraph } from "./graph.ts";

/**
 * @param manifest - reads the `package.json` of a folder of the workspace: yarn's lock file does not say what yarn 1's workspaces ask for
 * @throws VibesafeConfigError when it is none
 */
export async function parseYarnLock(text: string, file: string, manifest: (folder: string) => unknown): Promise<LockGraph> {
  const entries = await entriesIn(text, file);
  const lookUp = (name: string, range: string): string | undefined =>
    // Yarn 2 and newer write the protocol of most ranges; of a patch they keep what was patched.
    [`${name}@${range}`, `${name}@npm:${range}`].find((key) => entries.has(key)) ?? [...entries.keys()].find((key) => key.startsWith(`${name}@patch:`) && key.includes(encodeURIComponent(range)));
  const edges = (ranges: readonly [string, string][]): Record<string, string> =>
    Object.fromEntries(ranges.flatMap(([name, range]) => {
      const found = lookUp(name, range) ?? workspaceOf(entries, name);
      const key = found === undefined ? undefined : resolved.get(found);
      return key === undefined ? [] : [[name, key]];
    }));
  // Several ranges lead to one entry; yarn 1 has no name for it but what it holds.
  const resolved = new Map([...entries].map(([key, entry]) => [key, textIn(entry, "resolution") ?? `${nameIn(key)}@${textIn(entry, "version") ?? ""}`]));
  const packages = new Map<string, LockedPackage>();
  for (const [key, entry] of entries) {
    const resolution = resolved.get(key) ?? key;
    packages.set(resolution, {
      name: nameIn(textIn(entry, "resolution") ?? key),
      version: resolution.includes("@workspace:") ? "" : (textIn(entry, "version") ?? ""),
      integrity: textIn(entry, "integrity") ?? textIn(entry, "checksum") ?? null,
      dependencies: edges(rangesIn(entry, ["dependencies", "optionalDependencies"])),
      optional: [...optionalIn(entry), ...metaOptional(entry)],
    });
  }
  return {
    packages,
    resolve(folder, name) {
      const asked = manifest(folder);
      return edges(isRecord(asked) ? rangesIn(asked).filter(([each]) => each === name) : [])[name];
    },
  };
}

type Entries = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

async function entriesIn(text: string, file: string): Promise<Entries> {
  const { parseSyml } = await import("@yarnpkg/parsers");
  let document: unknown;
  try {
    document = parseSyml(text);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new VibesafeConfigError(`${file}: ${cause.message.split("\n")[0] ?? ""}`, { cause, remedy: "run `yarn install`" });
  }
  const entries = isRecord(document) ? Object.entries(document).filter(([key]) => key !== "__metadata") : [];
  return new Map(entries.flatMap(([keys, entry]) => (isRecord(entry) ? keys.split(", ").map((key) => [key, entry] as const) : [])));
}

/** Yarn 2 and newer mark them apart. */
function metaOptional(entry: Readonly<Record<string, unknown>>): string[] {
  const meta = entry["dependenciesMeta"];
  return isRecord(meta) ? Object.entries(meta).flatMap(([name, about]) => (isRecord(about) && about["optional"] === "true" ? [name] : [])) : [];
}

/** The package's own name in a key or resolution: of `foo@npm:bar@1`, an alias of yarn 1, it is `bar`. */
function nameIn(key: string): string {
  const { name, rest } = splitSpecifier(key) ?? { name: key, rest: "" };
  return /^npm:((?:@[^/@]+\/)?[^/@]+)@/.exec(rest)?.[1] ?? name;
}

/** A workspace that another depends on by a range of its version. */
function workspaceOf(entries: Entries, name: string): string | undefined {
  return [...entries.keys()].find((key) => key.startsWith(`${name}@workspace:`));
}
