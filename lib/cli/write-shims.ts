/**
 * `vibe scan --write-shims`: brings the files below `paths.generated` up to date.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { VibesafeUsageError } from "../errors.ts";
import { planShims, type ShimChange, type ShimPlan } from "../spec/shim-files.ts";
import { readSpecs } from "../spec/workspace.ts";
import type { Context } from "./context.ts";

export interface WrittenShim {
  /** POSIX path from the project root. */
  readonly path: string;
  readonly status: "written" | "removed";
}

interface InFile {
  readonly file: string;
}

/** Writes the shims of the files that hold `units`; of the whole project, where there are no targets, it removes what no file needs. */
export function updateShims(context: Context, targets: readonly string[], units: readonly InFile[], broken: readonly InFile[]): WrittenShim[] {
  return writeShims(context.project().root, shimPlan(context, targets, units, broken).changes);
}

export interface ShimProblem {
  /** POSIX path from the project root. */
  readonly path: string;
  readonly problem: string;
}

const WRONG: Readonly<Record<ShimChange["kind"], string>> = {
  missing: "is missing",
  stale: "is not what its specs make now",
  orphan: "stands for no spec any more",
  foreign: "stands where a shim belongs, and is none",
};

/** The shims that are not as they should be. */
export function shimProblems(context: Context, targets: readonly string[], units: readonly InFile[], broken: readonly InFile[]): ShimProblem[] {
  const { changes } = shimPlan(context, targets, units, broken);
  return changes.map(({ path, kind }) => ({ path, problem: `${path} ${WRONG[kind]}; ${kind === "foreign" ? "move it away" : "run `vibe scan --write-shims`"}` }));
}

/** What is to be done about the shims of the files that hold `units`. */
export function shimPlan(context: Context, targets: readonly string[], units: readonly InFile[], broken: readonly InFile[]): ShimPlan {
  const workspace = context.workspace();
  const files = [...new Set(units.map(({ file }) => file))];
  const specs = files.filter((file) => workspace.mentions(file, "@vibesafe")).flatMap((file) => readSpecs(workspace, file).specs);
  return planShims(workspace, specs, targets.length === 0, new Set(broken.map(({ file }) => file)));
}

/**
 * Carries out what a plan says; nothing at all where a file that is no shim stands in the way.
 *
 * @throws VibesafeUsageError for such a file
 */
export function writeShims(root: string, changes: readonly ShimChange[]): WrittenShim[] {
  const foreign = changes.find(({ kind }) => kind === "foreign");
  if (foreign !== undefined) {
    throw new VibesafeUsageError(`${foreign.path} was not written by \`vibe scan --write-shims\`, and a shim belongs there`, {
      remedy: "move it away, or set another folder: [paths] generated in vibesafe.toml",
    });
  }
  return changes.map((change) => {
    const path = join(root, change.path);
    if (change.kind === "orphan") {
      rmSync(path);
      removeEmpty(dirname(path), root);
    } else if (change.kind !== "foreign") writeWhole(path, change.text);
    return { path: change.path, status: change.kind === "orphan" ? "removed" : "written" };
  });
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
  try {
    writeFileSync(temporary, text, { flag: "wx" });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function removeEmpty(folder: string, root: string): void {
  for (let at = folder; relative(root, at) !== "" && !relative(root, at).startsWith(".."); at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch (cause) {
      if (cause instanceof Error && "code" in cause && (cause.code === "ENOTEMPTY" || cause.code === "EEXIST")) return;
      throw cause;
    }
  }
}
