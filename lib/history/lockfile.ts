/**
 * The lock file of a project: npm's, pnpm's, yarn's or bun's.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeConfigError } from "../errors.ts";
import { parseBunLock } from "./lockfile/bun.ts";
import { isRecord, textIn, type LockGraph } from "./lockfile/graph.ts";
import { parseNpmLock } from "./lockfile/npm.ts";
import { parsePnpmLock } from "./lockfile/pnpm.ts";
import { parseYarnLock } from "./lockfile/yarn.ts";

export type { LockedPackage, LockGraph } from "./lockfile/graph.ts";

export interface Lockfile {
  /** Its folder, absolute. */
  readonly folder: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly graph: LockGraph;
}

/** Names, each with its package manager and its reader; of npm's two the first counts, as for npm. */
const KINDS: Readonly<Record<string, { readonly manager: string; parse(text: string, path: string): LockGraph | Promise<LockGraph> }>> = {
  "npm-shrinkwrap.json": { manager: "npm", parse: parseNpmLock },
  "package-lock.json": { manager: "npm", parse: parseNpmLock },
  "pnpm-lock.yaml": { manager: "pnpm", parse: parsePnpmLock },
  "yarn.lock": { manager: "yarn", parse: (text, path) => parseYarnLock(text, path, (folder) => manifestIn(join(dirname(path), folder))) },
  "bun.lock": { manager: "bun", parse: parseBunLock },
};

/**
 * Reads the lock file in `root` or the nearest folder above it.
 *
 * @throws VibesafeConfigError when there is none, several without saying which counts, or one that cannot be read
 */
export async function readLockfile(root: string): Promise<Lockfile> {
  for (let folder = root; ; folder = dirname(folder)) {
    const name = lockfileIn(folder);
    if (name !== undefined) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const graph = await KINDS[name]?.parse(new TextDecoder().decode(bytes), path);
      if (graph !== undefined) return { folder, name, bytes, graph };
    }
    if (dirname(folder) === folder) {
      const remedy = existsSync(join(root, "bun.lockb")) ? "run `bun install --save-text-lockfile`" : "run `npm install`, or your package manager's";
      throw new VibesafeConfigError(`no lock file in ${root} or above: what is installed is not fixed`, { remedy });
    }
  }
}

function lockfileIn(folder: string): string | undefined {
  const found = Object.keys(KINDS).filter((name) => existsSync(join(folder, name)));
  const managers = new Set(found.map((name) => KINDS[name]?.manager));
  if (managers.size <= 1) return found[0];
  const manifest = manifestIn(folder);
  const said = (isRecord(manifest) ? textIn(manifest, "packageManager") : undefined)?.split("@")[0];
  const chosen = found.find((name) => KINDS[name]?.manager === said);
  if (chosen !== undefined) return chosen;
  throw new VibesafeConfigError(`${folder} has several lock files: ${found.join(", ")}`, {
    remedy: 'remove those that are not used, or say which manager counts: "packageManager" in package.json',
  });
}

/** The `package.json` in a folder; undefined where there is none. @throws VibesafeConfigError when it is no JSON */
function manifestIn(folder: string): unknown {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VibesafeConfigError(`${path}: ${cause.message}`, { cause, remedy: "mend the JSON" });
  }
}
