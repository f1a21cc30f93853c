/**
 * `bun.lock`: what is installed under which path of names.
 *
 * @see https://bun.com/docs/pm/lockfile
 * @module
 */

import { VibesafeConfigError } from "../../errors.ts";
import { isRecord, optionalIn, rangesIn, recordAt, splitSpecifier, textIn, type LockedPackage, type LockGraph } from "./graph.ts";

/** @throws VibesafeConfigError when it is none */
export async function parseBunLock(text: string, file: string): Promise<LockGraph> {
  const { parse, printParseErrorCode } = await import("jsonc-parser");
  const errors: Parameters<typeof parse>[1] = [];
  const document: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) throw new VibesafeConfigError(`${file}: ${printParseErrorCode(error.error)} at offset ${error.offset}`, { remedy: "run `bun install`" });
  const lock = recordAt(document, file, "the document");
  const entries = new Map(Object.entries(recordAt(lock["packages"], file, "packages")));
  const workspaces = recordAt(lock["workspaces"] ?? {}, file, "workspaces");

  /** The nearest package of that name, outward from `path`. */
  const find = (path: readonly string[], name: string): string | undefined => {
    for (let depth = path.length; depth >= 0; depth--) {
      const key = [...path.slice(0, depth), name].join("/");
      if (entries.has(key)) return key;
    }
    return undefined;
  };
  const packages = new Map<string, LockedPackage>();
  for (const [key, entry] of entries) {
    const parts: readonly unknown[] = Array.isArray(entry) ? entry : [];
    const { name, rest } = splitSpecifier(typeof parts[0] === "string" ? parts[0] : key) ?? { name: key, rest: "" };
    const workspace = rest.startsWith("workspace:") ? workspaces[rest.slice("workspace:".length)] : undefined;
    const about = workspace ?? parts.find(isRecord);
    const integrity = parts.at(-1);
    packages.set(key, {
      name,
      version: rest.startsWith("workspace:") ? "" : rest,
      integrity: typeof integrity === "string" && parts.length > 2 && integrity !== "" ? integrity : null,
      dependencies: Object.fromEntries(
        (isRecord(about) ? rangesIn(about, ["dependencies", "optionalDependencies", "peerDependencies"]) : []).flatMap(([each]) => {
          const found = find(namesIn(key), each);
          return found === undefined ? [] : [[each, found]];
        }),
      ),
      optional: isRecord(about) ? optionalIn(about) : [],
    });
  }
  return {
    packages,
    resolve(folder, name) {
      const workspace = workspaces[folder];
      return find(isRecord(workspace) && folder !== "" ? [textIn(workspace, "name") ?? ""] : [], name);
    },
  };
}

/** `@a/b/c` is `@a/b`, then `c`. */
function namesIn(key: string): string[] {
  return [...key.matchAll(/(?:@[^/]+\/)?[^/]+/g)].map(([name]) => name);
}
