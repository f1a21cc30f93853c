/**
 * Making a store, and completing what a checkout of the project's repository left out.
 *
 * @module
 */

import { existsSync, mkdirSync, openSync, closeSync, fsyncSync, linkSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { ensureFolder, syncFolder, temporaryPath, writeFully } from "./durable.ts";
import { errorCode, fileError } from "./files.ts";
import { areaDir, configProblem, openStore, type Store } from "./store.ts";

/** What HEAD of a new store holds. */
export const NEW_HEAD = "ref: refs/heads/main\n";
const CONFIG = "[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n";

/** What the project's own repository must not keep: this machine's candidates, what it remembers of remotes, logs and temporary files. */
export const IGNORE_RULES = "cache/\ntmp/\nlogs/\nrefs/candidates/\nrefs/remotes/\nobjects/info/\n*.lock\n";

/** No conversion of line ends anywhere in the store; objects are not text. */
export const ATTRIBUTES = "* -text\nobjects/** binary\n";

/**
 * Makes a store at `dir`, or completes the one that is there. Files that exist stay as they are; two processes may do it at once.
 *
 */
export function initStore(dir: string): Store {
  const problem = configProblem(dir);
  if (problem !== undefined) throw new VibesafeStoreError(`${dir} is no store: ${problem.found}`, { remedy: problem.remedy });
  const store: Store = { dir };
  for (const folder of ["objects/pack", "refs/heads", "refs/tags", "refs/units"]) ensureFolder(join(dir, folder));
  createFile(store, ".gitignore", IGNORE_RULES);
  createFile(store, ".gitattributes", ATTRIBUTES);
  createFile(store, "HEAD", NEW_HEAD);
  // Last: with its config the folder is a store, and everything else is there.
  createFile(store, "config", CONFIG);
  return openStore(dir);
}

const ALTERNATES = join("objects", "info", "alternates");

const completed = new WeakSet<Store>();

/** Makes the folders that git needs to see a repository and that an empty or packed store loses in version control. */
export function completeStore(store: Store): void {
  if (completed.has(store)) return;
  openStore(store.dir);
  ensureFolder(join(store.dir, "objects"));
  // Where the cache was deleted, git would complain of an alternate that leads nowhere.
  if (existsSync(join(store.dir, ALTERNATES))) ensureFolder(areaDir(store, "cache"));
  ensureFolder(join(store.dir, "refs"));
  completed.add(store);
}

/** Makes `cache/objects`, and names it as an alternate so that git sees candidates too. */
export function linkCache(store: Store): void {
  completeStore(store);
  ensureFolder(areaDir(store, "cache"));
  const path = join(store.dir, ALTERNATES);
  if (existsSync(path)) return;
  ensureFolder(dirname(path));
  // Git resolves a relative path from the folder of objects that the file belongs to.
  createFile(store, ALTERNATES, "../cache/objects\n");
}

/** Creates a file with its whole content, unless there is one: never over another process's, never half. */
function createFile(store: Store, name: string, text: string): void {
  const path = join(store.dir, name);
  if (existsSync(path)) return;
  const temporary = temporaryPath(store, "init");
  try {
    const file = openSync(temporary, "wx");
    try {
      writeFully(file, Buffer.from(text, "utf8"));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    mkdirSync(dirname(path), { recursive: true });
    linkSync(temporary, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw fileError("create", path, error);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}
