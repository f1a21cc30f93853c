/**
 * The units that a command works on: scanned, selected, hashed, with what is wrong with each.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { hashSpec } from "../spec/hash.ts";
import { scanProject } from "../spec/scan.ts";
import type { HashedSpec, Spec, SpecProblem } from "../spec/types.ts";
import { modulePathOf } from "../spec/unit-id.ts";
import type { Context } from "./context.ts";
import { errorDocument, type ErrorDocument } from "./error-text.ts";
import { EXIT_STATUS, highest, type ExitStatus } from "./exit-status.ts";
import { selectTargets } from "./targets.ts";

/** Something that a target selected and that cannot be used: a broken spec or file. */
export interface BrokenUnit {
  /** The unit's id, or its file's module path where no unit could be made out. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly error: VibesafeError;
}

export interface Selection {
  /** In the order of their ids. */
  readonly units: readonly HashedSpec[];
  readonly broken: readonly BrokenUnit[];
}

/** Scans the project and selects; specs whose hash cannot be told are among the broken. @throws VibesafeUsageError for a target that names nothing */
export function selectUnits(context: Context, targets: readonly string[]): Selection {
  const workspace = context.workspace();
  const { specs, problems } = scanProject(workspace);
  const base = { project: workspace.project, folder: context.folder };
  const chosen = selectTargets<{ id: string; file: string; item: Spec | SpecProblem }>(
    [...specs.map((spec) => ({ id: spec.id, file: spec.file, item: spec })), ...problems.map((item) => ({ id: item.unit ?? modulePathOf(item.file), file: item.file, item }))],
    targets,
    base,
  );
  const units: HashedSpec[] = [];
  const broken: BrokenUnit[] = [];
  for (const { id, file, item } of chosen) {
    if ("error" in item) {
      broken.push({ id, file, line: item.line, column: item.column, error: item.error });
      continue;
    }
    try {
      units.push(hashSpec(workspace, item));
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      broken.push({ id, file, line: item.line, column: 1, error });
    }
  }
  return { units, broken };
}

/** Prints what is wrong with broken units on stderr, unless a JSON document will tell. */
export function complainAbout(context: Context, broken: readonly BrokenUnit[]): void {
  if (context.json) return;
  for (const { file, line, column, error } of broken) context.complain(error, `${file}:${line}:${column}`);
}

/** Exit status that broken units alone amount to. */
export function brokenStatus(broken: readonly BrokenUnit[]): ExitStatus {
  return highest(broken.map(({ error }) => EXIT_STATUS[error.code]));
}

/** The entries of `errors` in JSON documents. */
export function brokenDocuments(broken: readonly BrokenUnit[]): unknown[] {
  return broken.map(({ id, file, line, column, error }) => ({ id, file, line, column, code: error.code, message: error.message, remedy: error.remedy }));
}

/** Broken units by id, for documents that hold one entry a unit: all that is wrong with one in one message. */
export function brokenByUnit(broken: readonly BrokenUnit[]): { readonly id: string; readonly error: ErrorDocument }[] {
  const merged = new Map<string, ErrorDocument>();
  for (const { id, error } of broken) {
    const known = merged.get(id);
    merged.set(id, known === undefined ? errorDocument(error) : { ...known, message: `${known.message}\n${error.message}` });
  }
  return [...merged].map(([id, error]) => ({ id, error }));
}

/** Whether a command that checks found nothing to check, which is a failure unless `--allow-empty`: a check that looks at nothing proves nothing. */
export function foundNothing(context: Context, { units, broken }: Selection, args: { readonly allowEmpty?: boolean | undefined }): boolean {
  if (units.length > 0 || broken.length > 0) return false;
  if (args.allowEmpty === true) return false;
  if (!context.json) context.io.err("error: no unit found\n  fix: write a spec (`vibe init` makes a first one), check [project] include, or pass --allow-empty\n");
  return true;
}
