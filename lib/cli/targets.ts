/**
 * Which units a command line means. Every command selects through this file, so that one target means the same to all.
 *
 * @module
 */

import { relative, resolve } from "node:path";
import picomatch from "picomatch";
import { VibesafeUsageError } from "../errors.ts";
import type { Project } from "../project/project.ts";
import { nearest } from "../project/nearest.ts";
import { modulePathOf } from "../spec/unit-id.ts";

/** What a target is matched against. */
export interface Selectable {
  readonly id: string;
  /** POSIX path from the project root. */
  readonly file: string;
}

/** Folders that a target's path may be relative to. */
export interface TargetBase {
  readonly project: Project;
  /** Folder that the command runs in. */
  readonly folder: string;
}

/**
 * The members of `all` that `targets` name, in the order of `all`; all of them when there is no target.
 * A target is a unit id, a module path, a file (from the working folder or the project root) or a glob over any of the three.
 *
 * @throws VibesafeUsageError when a target names nothing; with the nearest names
 */
export function selectTargets<T extends Selectable>(all: readonly T[], targets: readonly string[], base: TargetBase): T[] {
  if (targets.length === 0) return [...all];
  const chosen = new Set<T>();
  for (const target of targets) {
    const matches = matcher(target, base);
    const found = all.filter(matches);
    if (found.length === 0) throw nothingFound(target, all);
    for (const item of found) chosen.add(item);
  }
  return all.filter((item) => chosen.has(item));
}

function matcher(target: string, { project, folder }: TargetBase): (item: Selectable) => boolean {
  const plain = target.replaceAll("\\", "/").replace(/^\.\//, "");
  const fromFolder = relative(project.root, resolve(folder, target)).replaceAll("\\", "/");
  if (!picomatch.scan(plain).isGlob) {
    return ({ id, file }) => id === target || file === plain || file === fromFolder || modulePathOf(file) === target;
  }
  // Ids and module paths have no folders: `*` must cross the dots but, as in a path, not the slash before the name.
  const matches = [plain, fromFolder].map((pattern) => picomatch(pattern, { dot: true }));
  return ({ id, file }) => matches.some((match) => match(id) || match(file) || match(modulePathOf(file)));
}

function nothingFound(target: string, all: readonly Selectable[]): VibesafeUsageError {
  const names = new Set(all.flatMap(({ id, file }) => [id, file, modulePathOf(file), id.slice(id.lastIndexOf("/") + 1)]));
  const close = nearest(target, names, 3).map((name) => all.find(({ id }) => id.endsWith(`/${name}`))?.id ?? name);
  return new VibesafeUsageError(`no unit, module or file matches "${target}"`, {
    remedy: close.length === 0 ? "write a spec first; `vibe scan` lists the units" : `did you mean ${[...new Set(close)].join(", ")}? \`vibe scan\` lists the units`,
  });
}
