/**
 * Objects as the project's own repository has them, where the store's files are others or gone: repair looks for copies there.
 *
 * @module
 */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeError } from "../errors.ts";
import { temporaryPath } from "../store/durable.ts";
import { fileError } from "../store/files.ts";
import { areaDir, type Store } from "../store/store.ts";
import type { Environment } from "./identity.ts";
import { askGit, openProjectGit, pathInGit, readBlobs, type ProjectGit } from "./project-git.ts";

/** Loose objects and packs; git keeps other things beside them that are nobody's copy. */
const OBJECT_FILE = /^(?:[0-9a-f]{2}\/[0-9a-f]{62}|pack\/pack-[0-9a-f]+\.(?:pack|idx))$/;

/** How many files are in memory at once. */
const BATCH = 500;

/**
 * Runs `work` with a folder of what the last commit and the index hold of the store's objects and the working tree does not, laid out as
 * a folder of objects; with undefined where there is nothing of that kind, or no git. Nothing in it is verified. It is gone afterwards.
 *
 * @param root - the project's folder
 * @throws VibesafeStoreError when the folder cannot be written
 */
export async function withCommittedCopies<Result>(store: Store, { root, env }: { readonly root: string; readonly env: Environment }, work: (folder: string | undefined) => Promise<Result>): Promise<Result> {
  const repository = repositoryAround(root, env);
  const folder = temporaryPath(store, "committed");
  try {
    // Of the index too: what was staged and never committed. A commit's file is there first, for a damaged one may be staged.
    if (repository !== undefined) for (const from of ["HEAD", ""]) copyChanged(store, repository, from, folder);
    return await work(existsSync(folder) ? folder : undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The repository around the project; none is no failure, for without it there is one place less to look in. */
function repositoryAround(root: string, env: Environment): ProjectGit | undefined {
  try {
    return openProjectGit(root, env);
  } catch (error) {
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}

/** What the last commit of the project's repository has of a file of the store, by its path there. Git is asked at the first call. */
export function committedFile(store: Store, { root, env }: { readonly root: string; readonly env: Environment }): (path: string) => string | undefined {
  let repository: ProjectGit | undefined;
  let looked = false;
  return (path) => {
    if (!looked) repository = repositoryAround(root, env);
    looked = true;
    return repository === undefined ? undefined : readBlobs(repository, [`HEAD:${pathInGit(repository, join(store.dir, path))}`])[0]?.toString("utf8");
  };
}

function copyChanged(store: Store, repository: ProjectGit, from: string, folder: string): void {
  const prefix = `${pathInGit(repository, areaDir(store, "objects"))}/`;
  const changed = askGit(repository, ["diff", "--name-only", "--no-renames", "-z", ...(from === "" ? [] : [from]), "--", prefix]);
  const names = (changed?.toString("utf8") ?? "").split("\0").flatMap((path) => (path.startsWith(prefix) && OBJECT_FILE.test(path.slice(prefix.length)) ? [path.slice(prefix.length)] : []));
  const wanted = names.filter((name) => !existsSync(join(folder, name)));
  for (let at = 0; at < wanted.length; at += BATCH) {
    const batch = wanted.slice(at, at + BATCH);
    for (const [index, content] of readBlobs(repository, batch.map((name) => `${from}:${prefix}${name}`)).entries()) {
      if (content !== undefined) writeCopy(join(folder, batch[index] ?? ""), content);
    }
  }
}

function writeCopy(path: string, content: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    throw fileError("write", path, error);
  }
}
