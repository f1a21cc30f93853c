/**
 * What an import led to, in a form that tells later, mostly from folder listings alone, whether it still does.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { conditionOf, resolvedFrom, tryResolve } from "../resolve.ts";
import type { Workspace } from "../workspace.ts";
import { candidatesIn, holds, type Folders } from "./folders.ts";

export type Lookup =
  /** A relative specifier found by name in one listed folder: it stays while `found` are the only candidates there. */
  | { readonly folder: string; readonly stem: string; readonly found: string }
  /** Anything else is resolved again: packages, paths of a tsconfig, links, folders outside the scan. */
  | { readonly specifier: string; readonly result: string };

type ByFolder = Extract<Lookup, { folder: string }>;

/** What a specifier may end in that means another ending, or the same. */
export const EXTENSION = /(?:\.d)?\.(?:[cm]?[jt]s|[jt]sx|json)$/;

/** The look-ups that were made for `file` in this workspace. */
export function lookupsOf(workspace: Workspace, folders: Folders, file: string): Lookup[] {
  return [...resolvedFrom(workspace, file)].flatMap((specifier): Lookup | Lookup[] => {
    const resolved = tryResolve(workspace, specifier, file);
    if (typeof resolved !== "string" && resolved.kind === "builtin") return [];
    // What lies beside the importing file goes before what `rootDirs` of a tsconfig would add.
    const byName = typeof resolved !== "string" && resolved.kind === "file" ? byFolder(folders, posix.join(dirname(file), specifier), specifier, resolved) : undefined;
    return byName ?? { specifier, result: JSON.stringify(resolved) };
  });
}

/** Tells whether the look-ups of files still lead where they led. */
export interface LookupChecker {
  /** @param unchanged - whether a folder holds what it held when the look-up was kept */
  stillLeads(file: string, lookup: Lookup, unchanged: (folder: string) => boolean): boolean;
}

export function createLookupChecker(workspace: Workspace, folders: Folders): LookupChecker {
  const around = surroundings(workspace.project.root, folders);
  const results = new Map<string, string>();
  return {
    stillLeads(file, lookup, unchanged) {
      if ("folder" in lookup) {
        return unchanged(lookup.folder) || candidatesIn(folders.get(lookup.folder) ?? "", lookup.stem) === lookup.found;
      }
      // What a package leads to follows from the folders around a file, which most files of a project have in common.
      const from = /^\.{0,2}\//.test(lookup.specifier) ? folderOf(file) : around(folderOf(file)).key;
      const key = `${from}\0${lookup.specifier}\0${conditionOf(file)}`;
      let result = results.get(key);
      if (result === undefined) results.set(key, (result = JSON.stringify(tryResolve(workspace, lookup.specifier, file))));
      return result === lookup.result;
    },
  };
}

function byFolder(folders: Folders, target: string, specifier: string, resolved: { readonly file: string; readonly types?: string }): Lookup[] | undefined {
  if (!/^\.\.?\//.test(specifier) || specifier.endsWith("/")) return undefined;
  const files = [resolved.file, ...(resolved.types === undefined ? [] : [resolved.types])];
  const beside = inFolder(folders, folderOf(target), basename(target).replace(EXTENSION, ""));
  if (beside === undefined) return undefined;
  const isFolder = beside.found.split("/").includes(`${basename(target)}d`);
  if (files.every((file) => isAmong(beside, file))) return isFolder ? undefined : [beside];
  // `./folder` that means `./folder/index.ts`.
  const inside = inFolder(folders, target, "index");
  const manifest = inFolder(folders, target, "package");
  if (inside === undefined || manifest === undefined || holds(manifest.found, "package.json")) return undefined;
  return files.every((file) => isAmong(inside, file)) ? [beside, inside, manifest] : undefined;
}

function inFolder(folders: Folders, folder: string, stem: string): ByFolder | undefined {
  const listing = folders.get(folder);
  if (listing === undefined) return undefined;
  const found = candidatesIn(listing, stem);
  // A link is found under its target's name, so a listing does not say what it leads to.
  return found.split("/").some((entry) => entry.endsWith("l")) ? undefined : { folder, stem, found };
}

function isAmong({ folder, found }: ByFolder, file: string): boolean {
  return folderOf(file) === folder && found.split("/").includes(`${basename(file)}f`);
}

interface Surroundings {
  readonly tsconfig: string | undefined;
  /** Equal for folders from which every package is found in the same place. */
  readonly key: string;
}

/** What lies in and above a folder that look-ups go by: tsconfig, package.json, node_modules. */
export function surroundings(root: string, folders: Folders): (folder: string) => Surroundings {
  const known = new Map<string, Surroundings>();
  const has = (folder: string, name: string): boolean => {
    const listing = folders.get(folder);
    return listing === undefined ? existsSync(join(root, folder, name)) : holds(listing, name);
  };
  const around = (folder: string): Surroundings => {
    let found = known.get(folder);
    if (found === undefined) {
      const above = folder === "" || folder === ".." || folder.startsWith("../") ? undefined : around(folderOf(folder));
      const tsconfig = has(folder, "tsconfig.json") ? posix.join(folder, "tsconfig.json") : above?.tsconfig;
      const landmarks = ["tsconfig.json", "package.json", "node_modules"].filter((name) => has(folder, name));
      // Outside the project nothing is shared: each folder is its own surroundings.
      const own = above === undefined || landmarks.length > 0 ? `${folder} ${landmarks.join(" ")}` : "";
      known.set(folder, (found = { tsconfig, key: `${above?.key ?? ""}|${own}`.replace(/\|$/, "") }));
    }
    return found;
  };
  return around;
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === "." ? "" : folder;
}
