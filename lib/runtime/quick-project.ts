/**
 * A project as production first meets it: what is where, with nothing parsed that need not be.
 *
 * @module
 */

import { hash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { modeFromFile } from "../project/mode.ts";
import { CONFIG_FILE, findProjectRoot, openProject } from "../project/project.ts";
import { storeReader, type ReadObject } from "../spec/deployed.ts";
import { readSmall } from "../spec/read-small.ts";
import { packageFinder, type FindPackage } from "../spec/installed.ts";
import type { UnitId } from "../spec/types.ts";
import { unitRef } from "../spec/unit-id.ts";
import { isId, type CommitId } from "../store/id.ts";
import { readPackedRefs, readRef } from "../store/refs.ts";
import { openStore, type Store } from "../store/store.ts";
import { sealedAt } from "./sealed.ts";

export interface QuickProject {
  readonly root: string;
  /** The active save of a unit, by the bundle where one is deployed, else by the store. */
  commitOf(id: UnitId): CommitId | undefined;
  readonly read: ReadObject;
  /** Text of a file, by path from the root. */
  text(file: string): string;
  /** SHA-256 of a file, by path from the root; undefined when it cannot be read. */
  digest(file: string): string | undefined;
  /** Looks an installed package up. */
  readonly findPackage: FindPackage;
  /** Path without symbolic links; undefined when nothing is there. */
  real(file: string): string | undefined;
}

interface Burst {
  readonly byFolder: Map<string, QuickProject | undefined>;
  readonly byRoot: Map<string, QuickProject | undefined>;
}

let burst: Burst | undefined;

/**
 * The project of a folder in production; undefined in dev, and where more than this would have to be asked to know.
 *
 * Calls of one turn of the event loop share it: a file is read once in it.
 */
export function quickProject(folder: string): QuickProject | undefined {
  if (!mayBeProd()) return undefined;
  const { byFolder, byRoot } = currentBurst();
  if (!byFolder.has(folder)) {
    const root = findProjectRoot(folder);
    if (root !== undefined && !byRoot.has(root)) byRoot.set(root, open(root));
    byFolder.set(folder, root === undefined ? undefined : byRoot.get(root));
  }
  return byFolder.get(folder);
}

function currentBurst(): Burst {
  if (burst === undefined) {
    burst = { byFolder: new Map(), byRoot: new Map() };
    setImmediate(forgetQuickProjects).unref();
  }
  return burst;
}

export function forgetQuickProjects(): void {
  burst = undefined;
}

/** Whether the environment says that this is production, and not the file of a project alone. */
export function mayBeProd(): boolean {
  const { VIBESAFE_ENV, NODE_ENV } = process.env;
  return VIBESAFE_ENV === "prod" || (VIBESAFE_ENV === undefined && NODE_ENV === "production");
}

function open(root: string): QuickProject | undefined {
  const config = readFileSync(join(root, CONFIG_FILE));
  const text = config.toString("utf8");
  // A key can only be spelled otherwise with a backslash.
  const says = (word: RegExp): boolean => text.includes("\\") || word.test(text);
  const storeDir = says(/\bstore\b/) ? openProject(root).storeDir : join(root, ".vibesafe");
  if (process.env["VIBESAFE_ENV"] === undefined && (says(/\benv\b/) || modeFromFile({ storeDir }) !== undefined)) return undefined;
  const saves = sealedAt(root)?.bundle ?? openStore(storeDir);
  const digests = new Map<string, string | undefined>([[CONFIG_FILE, hash("sha256", config, "hex")]]);
  const places = new Map<string, string | undefined>();
  const files = new Map<string, Buffer>();
  const bytesOf = (file: string): Buffer => {
    const bytes = files.get(file) ?? readFileSync(join(root, file));
    files.set(file, bytes);
    return bytes;
  };
  return {
    root,
    commitOf: "units" in saves ? (id) => saves.units.get(id)?.commit : refReader(saves),
    read: "units" in saves ? saves.read : storeReader(saves),
    text: (file) => bytesOf(file).toString("utf8"),
    digest(file) {
      if (!digests.has(file)) digests.set(file, digestOf(() => files.get(file) ?? readSmall(`${root}/${file}`) ?? bytesOf(file)));
      return digests.get(file);
    },
    findPackage: packageFinder(),
    real(file) {
      if (!places.has(file)) places.set(file, existsSync(file) ? realpathSync.native(file) : undefined);
      return places.get(file);
    },
  };
}

/** Reads refs; `packed-refs` is read once. */
function refReader(store: Store): (id: UnitId) => CommitId | undefined {
  let packed: ReturnType<typeof readPackedRefs> | undefined;
  return (id) => {
    const name = unitRef(id);
    const text = readSmall(`${store.dir}/${name}`)?.toString("latin1");
    // As `save` writes it.
    if (text?.length === 65 && text.endsWith("\n") && isId(text.slice(0, 64))) return text.slice(0, 64) as CommitId;
    const found = text === undefined ? (packed ??= readPackedRefs(store)).get(name)?.id : undefined;
    return found === undefined ? readRef(store, name) : (found as CommitId);
  };
}

function digestOf(read: () => Buffer): string | undefined {
  try {
    return hash("sha256", read(), "hex");
  } catch (error) {
    // Absent, a folder, not readable: whatever it is, it is not the file that was there.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
