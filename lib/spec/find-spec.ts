/**
 * One spec by its id, without a search for the project's files.
 *
 * @module
 */

import { VibesafeTypeError } from "../errors.ts";
import type { Spec, SpecProblem, UnitId } from "./types.ts";
import { filesOfModule } from "./unit-file.ts";
import { modulePathOf, splitUnitId } from "./unit-id.ts";
import { readMentioning, type Workspace } from "./workspace.ts";

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
