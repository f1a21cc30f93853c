/**
 * A folder over the project for one run of the type checker and the linter: generated modules and their checks, by the paths where
 * they would stand. It lies below the project, so that packages resolve as they do there, and is removed afterwards.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, symlinkSync, copyFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Project } from "../project/project.ts";
import { cleanUpAtExit } from "./clean-up.ts";

export interface Overlay {
  /** Absolute path. */
  readonly folder: string;
  /** Writes a file; returns its absolute path. @param file - POSIX path from the overlay */
  readonly write: (file: string, text: string) => string;
  /** Once nobody reads it any more; a second time does nothing. */
  readonly remove: () => void;
}

const PREFIX = "gates-";

export function openOverlay(project: Project): Overlay {
  const parent = join(project.storeDir, "tmp");
  const made = mkdirSync(parent, { recursive: true });
  sweep(parent);
  const folder = join(parent, `${PREFIX}${process.pid}-${randomBytes(6).toString("hex")}`);
  mkdirSync(folder);
  const linked = new Set<string>();
  const prepared = new Set<string>();
  let removed = false;
  const clear = (): void => {
    rmSync(folder, { recursive: true, force: true });
    if (made !== undefined) removeEmpty(parent, made);
  };
  const forget = cleanUpAtExit(clear);
  return {
    folder,
    write(file, text) {
      const path = join(folder, file);
      const parent = dirname(file);
      if (!prepared.has(parent)) {
        mkdirSync(dirname(path), { recursive: true });
        // The part of the path below `impl/` or `check/` is the folder in the project.
        const [layer = "", ...rest] = parent.split("/");
        linkPackages(project, join(folder, layer), rest, linked);
        prepared.add(parent);
      }
      writeFileSync(path, text);
      return path;
    },
    remove() {
      if (removed) return;
      removed = true;
      forget();
      clear();
    },
  };
}

/** Makes what packages a folder sees, and what kind of modules its files are, the same in the overlay. */
function linkPackages({ root }: Project, layer: string, folders: readonly string[], linked: Set<string>): void {
  // The root's own packages are found by walking up, unless the store lies elsewhere.
  const first = relative(root, layer).startsWith("..") ? 0 : 1;
  for (let depth = first; depth <= folders.length; depth++) {
    const below = folders.slice(0, depth).join("/");
    const target = join(layer, below);
    if (linked.has(target)) continue;
    linked.add(target);
    const packages = join(root, below, "node_modules");
    const manifest = join(root, below, "package.json");
    if (existsSync(packages)) symlinkSync(packages, join(target, "node_modules"), "junction");
    if (existsSync(manifest)) copyFileSync(manifest, join(target, "package.json"));
  }
}

/** Removes overlays of processes that are gone. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(/^gates-(\d+)-/.exec(name)?.[1]);
    if (Number.isSafeInteger(pid) && pid > 0 && !isRunning(pid)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Removes `folder` and its parents up to `top`, as far as they are empty. */
function removeEmpty(folder: string, top: string): void {
  for (let at = folder; at.startsWith(top); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      // Somebody else has put something there meanwhile.
      return;
    }
  }
}
