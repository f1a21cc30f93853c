/**
 * Which entries of an index still hold.
 *
 * @module
 */

import { storeExists } from "../../store/store.ts";
import { sameStamp, stampOf, type FileStamp } from "../stamp.ts";
import type { Workspace } from "../workspace.ts";
import type { FileEntry, IndexData } from "./entries.ts";
import type { Folders } from "./folders.ts";
import { fileSystemTime } from "./index-file.ts";
import { createLookupChecker } from "./lookups.ts";

/** Coarsest tick of the file systems in use: two seconds, of FAT. */
export const TICK_MS = 2000;

/** The file system's time before the first file was read. */
export interface Clock {
  /** To be called before a file is read whose stamp may be kept. */
  start(): void;
  /** Undefined where nothing may be kept: no store, or no writing to it. */
  time(): number | undefined;
}

export function createClock(storeDir: string): Clock {
  let time: number | undefined;
  let started = false;
  return {
    start() {
      if (started) return;
      started = true;
      time = storeExists(storeDir) ? fileSystemTime(storeDir) : undefined;
    },
    time: () => time,
  };
}

/** Whether a file was changed so shortly before `now` that a change after it was read could have left the same stamp. */
export function isRacy({ mtimeMs, ctimeMs }: FileStamp, now: number, tickMs: number): boolean {
  return Math.max(mtimeMs, ctimeMs) + tickMs >= now;
}

export interface FileCheck {
  /** The entry of a file whose content is what it was. */
  entry(path: string): FileEntry | undefined;
  /** Whether all of these files are as they were, and their imports lead where they led. */
  holds(files: readonly string[]): boolean;
  /** Something was read to find out, or is not what it was: the index on disk is worth replacing. */
  readonly outdated: boolean;
}

interface CheckOptions {
  readonly before: IndexData;
  /** As they are now. */
  readonly folders: Folders;
  readonly clock: Clock;
}

/** Compares the files of an index with those on disk. Reads only files whose stamps do not vouch for them. */
export function checkFiles(workspace: Workspace, { before, folders, clock }: CheckOptions): FileCheck {
  const { root } = workspace.project;
  let outdated = false;
  const same = new Set<string>();
  for (const entry of before.files.values()) {
    const stamp = stampOf(`${root}/${entry.path}`);
    if (stamp !== undefined && !entry.racy && sameStamp(stamp, entry.stamp)) {
      same.add(entry.path);
      continue;
    }
    outdated = true;
    clock.start();
    if (stamp !== undefined && hasSameContent(workspace, entry)) same.add(entry.path);
  }
  const { stillLeads } = createLookupChecker(workspace, folders);
  const unchangedFolder = (folder: string): boolean => folders.get(folder) === before.folders.get(folder);
  const verdicts = new Map<string, boolean>();
  const fileHolds = (path: string): boolean => {
    let verdict = verdicts.get(path);
    if (verdict === undefined) {
      const entry = same.has(path) ? before.files.get(path) : undefined;
      verdict = entry !== undefined && entry.lookups.every((lookup) => stillLeads(path, lookup, unchangedFolder));
      verdicts.set(path, verdict);
    }
    return verdict;
  };
  const sets = new Map<readonly string[], boolean>();
  return {
    entry: (path) => (same.has(path) ? before.files.get(path) : undefined),
    holds(files) {
      let verdict = sets.get(files);
      if (verdict === undefined) sets.set(files, (verdict = files.every(fileHolds)));
      return verdict;
    },
    outdated,
  };
}

function hasSameContent(workspace: Workspace, { path, sha256 }: FileEntry): boolean {
  if (sha256 === undefined) return !workspace.mentions(path, "vibesafe");
  return workspace.digest(path) === sha256;
}
