/**
 * The specs of a project.
 *
 * @module
 */

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
  const clear = withoutClashes(specs, problems);
  return { specs: clear.sort((a, b) => compare(a.id, b.id)), problems: problems.sort((a, b) => compare(a.file, b.file) || a.line - b.line) };
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

/** POSIX paths from the project root, sorted. */
export function sourceFiles({ project }: Workspace): string[] {
  const { root, config, storeDir } = project;
  const own = [storeDir, config.paths.generated, config.paths.tests].map((path) => relative(root, resolve(root, path))).filter((path) => path !== "");
  const ignore = [...config.exclude, "**/node_modules/**", ...own.map((path) => `${escapePath(path)}/**`)];
  const found = globSync([...config.include], { cwd: root, ignore, dot: false, onlyFiles: true, followSymbolicLinks: false });
  return found.filter((file) => SOURCE_EXTENSION.test(file)).sort(compare);
}

function readMentioning(workspace: Workspace, file: string): SpecsAndProblems {
  return workspace.mentions(file, "vibesafe") ? readSpecs(workspace, file) : { specs: [], problems: [] };
}

/** Leaves out the specs of files that map to one module path; each such file gets a problem that names the others. */
function withoutClashes(specs: readonly Spec[], problems: SpecProblem[]): Spec[] {
  const filesByModule = new Map<string, Set<string>>();
  for (const { file } of specs) {
    const modulePath = modulePathOf(file);
    const files = filesByModule.get(modulePath) ?? new Set();
    filesByModule.set(modulePath, files.add(file));
  }
  for (const [modulePath, files] of filesByModule) {
    if (files.size === 1) continue;
    for (const file of files) {
      const others = [...files].filter((other) => other !== file).join(", ");
      const error = new VibesafeTypeError(`${file}: its specs have the same ids as those of ${others}: both are module ${modulePath}`, {
        remedy: "rename one of the files, or exclude it in vibesafe.toml",
      });
      problems.push({ file, line: 1, column: 1, error });
    }
  }
  return specs.filter(({ file }) => filesByModule.get(modulePathOf(file))?.size === 1);
}

/** Order of UTF-16 units: the same under every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
