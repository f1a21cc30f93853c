/**
 * The units that a command works on: scanned, selected, hashed, with what is wrong with each.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { openProjectIndex, type IndexedUnit, type ProjectIndex } from "../spec/project-index.ts";
import type { HashedSpec, SpecProblem } from "../spec/types.ts";
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

/** Units as far as the index tells; their hashes are known, the rest is read when it is asked for. */
export interface IndexedSelection {
  /** In the order of their ids. */
  readonly units: readonly IndexedUnit[];
  readonly broken: readonly BrokenUnit[];
}

export interface SelectOptions {
  /** For commands that change no file: what was found out is not kept for the next run. */
  readonly readOnly?: boolean;
}

interface Hashing {
  readonly hashing?: boolean;
}

/** Scans the project and selects; specs whose hash cannot be told are among the broken. @throws VibesafeUsageError for a target that names nothing */
export function selectUnits(context: Context, targets: readonly string[], options: SelectOptions = {}): Selection {
  const { units, broken } = select(context, targets, (unit) => unit.hashed(), options);
  return { units, broken };
}

/** Like `selectUnits`, for commands that need no more of most units than their hash. */
export function selectIndexed(context: Context, targets: readonly string[], options: SelectOptions = {}): IndexedSelection {
  return select(
    context,
    targets,
    (unit) => {
      unit.specHash();
      return unit;
    },
    { ...options, hashing: targets.length === 0 },
  );
}

function select<T>(context: Context, targets: readonly string[], read: (unit: IndexedUnit) => T, { readOnly, hashing = false }: SelectOptions & Hashing): { units: T[]; broken: BrokenUnit[] } {
  const index = openIndex(context, hashing);
  const base = { project: context.project(), folder: context.folder };
  const items: readonly (IndexedUnit | Problem)[] = [...index.units, ...index.problems.map((problem) => ({ ...problem, id: problem.unit ?? modulePathOf(problem.file) }))];
  const units: T[] = [];
  const broken: BrokenUnit[] = [];
  for (const item of selectTargets(items, targets, base)) {
    const { id, file, line } = item;
    if ("error" in item) {
      broken.push({ id, file, line, column: item.column, error: item.error });
      continue;
    }
    try {
      units.push(read(item));
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      broken.push({ id, file, line, column: 1, error });
    }
  }
  if (readOnly !== true) index.save();
  return { units, broken };
}

type Problem = SpecProblem & { readonly id: string };

/** Folders, from the project root, whose files decide what the units are. */
export function indexFolders(context: Context): readonly string[] {
  return openIndex(context).folders();
}

const indexes = new WeakMap<object, ProjectIndex>();

/** The index of a command: opened once. @param hashing - the hash of every unit will be asked for */
export function openIndex(context: Context, hashing: boolean = false): ProjectIndex {
  const workspace = context.workspace();
  const known = indexes.get(workspace) ?? openProjectIndex(workspace, undefined, hashing);
  indexes.set(workspace, known);
  return known;
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
export function foundNothing(context: Context, { units, broken }: Selection | IndexedSelection, args: { readonly allowEmpty?: boolean | undefined }): boolean {
  if (units.length > 0 || broken.length > 0) return false;
  if (args.allowEmpty === true) return false;
  if (!context.json) context.io.err("error: no unit found\n  fix: write a spec (`vibe init` makes a first one), check [project] include, or pass --allow-empty\n");
  return true;
}
