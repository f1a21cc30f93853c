/**
 * The shims of a project: which files there should be, and which there are.
 *
 * @module
 */

import { readdirSync, readFileSync, type Dirent } from "node:fs";
import { join } from "node:path";
import type { Module } from "./parse.ts";
import { isShim, renderShim, shimPath } from "./shims.ts";
import type { Spec } from "./types.ts";
import type { Workspace } from "./workspace.ts";

/** A shim that is not as it should be. POSIX path from the project root. */
export type ShimChange =
  | { readonly kind: "missing" | "stale"; readonly path: string; readonly text: string }
  /** Nothing is tagged any more in the file that it was written for. */
  | { readonly kind: "orphan"; readonly path: string }
  /** A file that is no shim stands where one should. */
  | { readonly kind: "foreign"; readonly path: string };

export interface ShimPlan {
  /** Every shim that there should be, path -> text. */
  readonly wanted: ReadonlyMap<string, string>;
  readonly changes: readonly ShimChange[];
}

/**
 * Compares the shims on disk with those that `specs` need.
 *
 * @param whole - `specs` are all of the project: other shims are orphans, except for `broken` files, which cannot be read now
 */
export function planShims(workspace: Workspace, specs: readonly Spec[], whole: boolean, broken: ReadonlySet<string>): ShimPlan {
  const byFile = new Map<string, Spec[]>();
  for (const spec of specs) if (spec.form === "declaration" && !broken.has(spec.file)) byFile.set(spec.file, [...(byFile.get(spec.file) ?? []), spec]);
  const extension = extensionIn(workspace, [...byFile.keys()].sort());
  const wanted = new Map([...byFile].map(([file, own]) => [shimPath(workspace.project, file), renderShim(file, inOrder(own), shimPath(workspace.project, file), extension)]));
  const { root } = workspace.project;
  const changes: ShimChange[] = [];
  for (const [path, text] of wanted) {
    const found = textOf(join(root, path));
    if (found === undefined) changes.push({ kind: "missing", path, text });
    else if (!isShim(found)) changes.push({ kind: "foreign", path });
    else if (found !== text) changes.push({ kind: "stale", path, text });
  }
  if (whole) {
    const kept = new Set([...wanted.keys(), ...[...broken].map((file) => shimPath(workspace.project, file))]);
    for (const path of filesBelow(root, workspace.project.config.paths.generated)) {
      if (!kept.has(path) && isShim(textOf(join(root, path)) ?? "")) changes.push({ kind: "orphan", path });
    }
  }
  return { wanted, changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function inOrder(specs: readonly Spec[]): Spec[] {
  return specs.toSorted((a, b) => a.call.start - b.call.start);
}

/** How the files spell relative imports: the first that has one tells for all. */
function extensionIn(workspace: Workspace, files: readonly string[]): string {
  for (const file of files) {
    const module = workspace.module(file);
    const specifier = module === undefined ? undefined : specifiersIn(module).find((one) => /^\.{1,2}\//.test(one) && !one.endsWith("/"));
    if (specifier !== undefined) return /\.[cm]?tsx?$/.test(specifier) ? ".ts" : /\.[cm]?jsx?$/.test(specifier) ? ".js" : "";
  }
  return ".ts";
}

function specifiersIn({ program }: Module): string[] {
  return program.body.flatMap((node) => ("source" in node && node.source !== null ? [node.source.value] : []));
}

function filesBelow(root: string, folder: string): string[] {
  const path = folder.replace(/\/+$/, "");
  return entriesOf(join(root, path)).flatMap((entry) => {
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory() && entry.name !== "node_modules") return filesBelow(root, inside);
    return entry.isFile() && /\.[cm]?ts$/.test(entry.name) ? [inside] : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    // No shim was ever written.
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw cause;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replaceAll("\r\n", "\n");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw cause;
  }
}
