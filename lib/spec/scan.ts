/**
 * The specs of a project.
 *
 * @module
 */

import { readdirSync, type Dirent } from "node:fs";
import { relative, resolve } from "node:path";
import { escapePath, globSync } from "tinyglobby";
import { findSpec, withoutClashes } from "./find-spec.ts";
import type { Spec, SpecProblem, UnitId } from "./types.ts";
import { SOURCE_EXTENSION } from "./unit-id.ts";
import { readMentioning, readSpecs, type SpecsAndProblems, type Workspace } from "./workspace.ts";

export { findSpec, readMentioning, readSpecs, withoutClashes, type SpecsAndProblems };

/**
 * Finds all specs of a project, sorted by id, without executing anything.
 *
 * Files are those of `include` less `exclude`; folders with a dot, `node_modules` and vibesafe's own folders never count, links are
 * not followed. A file that does not parse is a problem if it mentions vibesafe.
 */
export function scanProject(workspace: Workspace): SpecsAndProblems {
  const specs: Spec[] = [];
  const problems: SpecProblem[] = [];
  for (const file of sourceFiles(workspace)) {
    const found = readMentioning(workspace, file);
    specs.push(...found.specs);
    problems.push(...found.problems);
  }
  return sortScan(withoutClashes(specs, problems), problems);
}

/**
 * POSIX paths from the project root, sorted.
 *
 * @param onFolder - is told of every folder that was listed: its absolute path and what is in it
 */
export function sourceFiles({ project }: Workspace, onFolder?: (path: string, entries: readonly Dirent[]) => void): string[] {
  const { root, config, storeDir } = project;
  const own = [storeDir, config.paths.generated, config.paths.tests].map((path) => relative(root, resolve(root, path))).filter((path) => path !== "");
  const ignore = [...config.exclude, "**/node_modules/**", ...own.map((path) => `${escapePath(path)}/**`)];
  const fs = onFolder === undefined ? {} : { fs: { readdirSync: watched(onFolder) } };
  const found = globSync([...config.include], { cwd: root, ignore, dot: false, onlyFiles: true, followSymbolicLinks: false, ...fs });
  return found.filter((file) => SOURCE_EXTENSION.test(file)).sort(compare);
}

function watched(onFolder: (path: string, entries: readonly Dirent[]) => void): typeof readdirSync {
  return new Proxy(readdirSync, {
    apply(target, self, args) {
      const entries: Dirent[] = Reflect.apply(target, self, args);
      onFolder(String(args[0]), entries);
      return entries;
    },
  });
}

/** Sorts specs by id, problems by place, in place. */
export function sortScan<T extends { readonly id: UnitId }>(specs: T[], problems: SpecProblem[]): { specs: T[]; problems: SpecProblem[] } {
  return { specs: specs.sort((a, b) => compare(a.id, b.id)), problems: problems.sort((a, b) => compare(a.file, b.file) || a.line - b.line) };
}

/** Order of UTF-16 units: the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
