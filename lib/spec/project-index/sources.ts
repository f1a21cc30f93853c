/**
 * The source files of a project, told from folder listings where these are what they were.
 *
 * @module
 */

import { relative, sep } from "node:path";
import { sourceFiles } from "../scan.ts";
import type { Workspace } from "../workspace.ts";
import type { IndexData } from "./entries.ts";
import { listFolder, listingOf, type Folders } from "./folders.ts";

export interface Sources {
  /** Every folder that the search for sources looked into, as it is now. */
  readonly folders: Folders;
  /** Sorted. */
  readonly sources: readonly string[];
  /** Nothing was there to start from, or a folder is not what it was. */
  readonly changed: boolean;
}

export function currentSources(workspace: Workspace, before: IndexData | undefined): Sources {
  const { root } = workspace.project;
  if (before !== undefined && [...before.folders].every(([folder, listing]) => listFolder(root, folder) === listing)) {
    return { folders: before.folders, sources: before.sources, changed: false };
  }
  const folders = new Map<string, string>();
  const sources = sourceFiles(workspace, (path, entries) => folders.set(relative(root, path).split(sep).join("/"), listingOf(entries)));
  return { folders, sources, changed: true };
}
