/**
 * The specs of a project.
 *
 * @module
 */

import { readdirSync, type Dirent } from "node:fs";
import { relative, resolve } from "node:path";
import { escapePath, globSync } from "tinyglobby";
import { VibesafeTypeError } from "../errors.ts";
import type { Spec, SpecProblem, UnitId } from "./types.ts";
import { modulePathOf, SOURCE_EXTENSION, splitUnitId } from "./unit-id.ts";
import { filesOfModule } from "./unit-file.ts";
import { readSpecs, type SpecsAndProblems, type Workspace } from "./workspace.ts";

export { readSpecs, type SpecsAndProblems };

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
 * The spec of a unit; undefined when no file holds one.
 *
 * Looks only at the files that may hold it, also at such as `include` leaves out.
 *
 * @throws VibesafeTypeError when the spec is broken, or its file cannot be read, or two files claim the id
 */
export function findSpec(workspace: Workspace, id: UnitId): Spec | undefined {
  const files = filesOfModule(workspace.project.root, splitUnitId(id).modulePath);
  const found = files.map((file) => readMentioning(workspace, file));
  const clashes: SpecProblem[] = [];
  const specs = withoutClashes(found.flatMap((each) => each.specs), clashes);
  const spec = specs.find((each) => each.id === id);
  if (spec !== undefined) return spec;
  const problems = found.flatMap((each) => each.problems);
  const problem = clashes[0] ?? problems.find(({ unit }) => unit === id) ?? problems.find(({ unit }) => unit === undefined);
  if (problem !== undefined) throw problem.error;
  return undefined;
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

/** The specs of one file that mentions vibesafe; others are not parsed. */
export function readMentioning(workspace: Workspace, file: string): SpecsAndProblems {
  return workspace.mentions(file, "vibesafe") ? readSpecs(workspace, file) : { specs: [], problems: [] };
}

/** Leaves out the specs of files that map to one module path; each such file gets a problem that names the others. */
export function withoutClashes<T extends { readonly file: string }>(specs: readonly T[], problems: SpecProblem[]): T[] {
  const modulePaths = new Map<string, string>();
  const filesByModule = new Map<string, string[]>();
  for (const { file } of specs) {
    if (modulePaths.has(file)) continue;
    const modulePath = modulePathOf(file);
    modulePaths.set(file, modulePath);
    filesByModule.set(modulePath, [...(filesByModule.get(modulePath) ?? []), file]);
  }
  if (filesByModule.size === modulePaths.size) return [...specs];
  for (const [modulePath, files] of filesByModule) {
    if (files.length === 1) continue;
    for (const file of files) {
      const others = files.filter((other) => other !== file).join(", ");
      const error = new VibesafeTypeError(`${file}: its specs have the same ids as those of ${others}: both are module ${modulePath}`, {
        remedy: "rename one of the files, or exclude it in vibesafe.toml",
      });
      problems.push({ file, line: 1, column: 1, error });
    }
  }
  return specs.filter(({ file }) => filesByModule.get(modulePaths.get(file) ?? "")?.length === 1);
}

/** Sorts specs by id, problems by place, in place. */
export function sortScan<T extends { readonly id: UnitId }>(specs: T[], problems: SpecProblem[]): { specs: T[]; problems: SpecProblem[] } {
  return { specs: specs.sort((a, b) => compare(a.id, b.id)), problems: problems.sort((a, b) => compare(a.file, b.file) || a.line - b.line) };
}

/** Order of UTF-16 units: the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
