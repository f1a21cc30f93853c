/**
 * What becomes of a kept answer when few files were edited: their units are read again, and hashed again are those that rest on them.
 *
 * @module
 */

import { basename, isAbsolute, relative, sep } from "node:path";
import { VibesafeError } from "../../errors.ts";
import type { Project } from "../../project/project.ts";
import { FACT_NUMBERS, factAt, factPath, type Answer, type KeptAnswer } from "../answers.ts";
import { countExamples } from "../count-examples.ts";
import { hashWithSources } from "../hash.ts";
import { listFolder } from "../project-index/folders.ts";
import { fileSystemTime } from "../project-index/index-file.ts";
import { lookupsOf } from "../project-index/lookups.ts";
import type { Spec } from "../types.ts";
import { SOURCE_EXTENSION } from "../unit-id.ts";
import { createWorkspace, readMentioning, type Workspace } from "../workspace.ts";
import type { Rows, UnitRow } from "./rows.ts";
import { readRows, rewriteAnswer } from "./write.ts";

export interface EditedOptions {
  readonly project: Project;
  readonly kept: KeptAnswer;
  /** How far apart two changes of a file are at least that leave different stamps. */
  readonly tickMs: number;
  /** What the command says of these rows; undefined where it takes more to tell. */
  readonly say: (rows: readonly UnitRow[]) => string | undefined;
}

/**
 * The answer in `file` after what changed, which replaces the one that was kept. Undefined where anything is out of the ordinary: that
 * is for the command itself.
 */
export function editedAnswer(file: string, { project, kept, tickMs, say }: EditedOptions): Answer | undefined {
  const rows = readRows(file, kept.rows);
  if (rows === undefined) return undefined;
  const startedAt = fileSystemTime(project.storeDir);
  // Stamps are taken before anything is read: what changes while it is read will have another.
  const table = restamped(project.root, kept, (startedAt ?? 0) - tickMs);
  const edited = editRows(project, rows, kept.changed.map((i) => kept.facts[i] ?? ""));
  if (edited === undefined) return undefined;
  const text = edited.size === 0 ? kept.text : say(rows.all().map((row, i) => edited.get(i) ?? row));
  if (text === undefined) return undefined;
  if (table !== undefined) rewriteAnswer(file, { ...kept, text, table }, edited.size === 0 ? undefined : rows.formatWith(edited));
  return { text, status: kept.status };
}

/** The table of facts as they are now; undefined when one of them is not older than `before`. */
function restamped(root: string, { changed, facts, table }: KeptAnswer, before: number): Float64Array | undefined {
  const now = table.slice();
  for (const i of changed) {
    const fact = factAt(factPath(root, facts[i] ?? ""));
    if (fact === undefined || fact === "absent" || Math.max(fact.mtimeMs, fact.ctimeMs) >= before) return undefined;
    now.set([fact.size, fact.mtimeMs, fact.ctimeMs, fact.ino], i * FACT_NUMBERS);
  }
  return now;
}

/**
 * The rows that an edit changes, by their number; undefined where it may change more than rows.
 *
 * @param changed - paths of facts, from the root or absolute, that have another stamp
 */
export function editRows(project: Project, rows: Rows, changed: readonly string[]): Map<number, UnitRow> | undefined {
  const files = editedFiles(project.root, rows, changed);
  if (files === undefined) return undefined;
  const workspace = createWorkspace(project);
  const numbers = rows.restingOn(files);
  const before = numbers.map(rows.at);
  for (const file of files) {
    const { specs, problems } = readMentioning(workspace, file);
    const units = before.filter((row) => row.file === file);
    if (problems.length > 0 || specs.length !== units.length) return undefined;
  }
  const after = new Map<number, UnitRow>();
  const read = new Set<string>();
  for (const [i, row] of before.entries()) {
    const spec = readMentioning(workspace, row.file).specs.find(({ id }) => id === row.id);
    const now = spec === undefined ? undefined : hashedRow(workspace, spec, row);
    if (now === undefined || !now.files.every((path) => row.files.includes(path))) return undefined;
    for (const path of now.files) read.add(path);
    if (isOther(row, now)) after.set(numbers[i] ?? -1, { ...now, files: row.files });
  }
  return leadAsBefore(workspace, rows, read) ? after : undefined;
}

/** The files among what changed; undefined when anything but text of sources and data did. */
function editedFiles(root: string, rows: Rows, changed: readonly string[]): Set<string> | undefined {
  const files = new Set<string>();
  for (const fact of changed) {
    const path = (isAbsolute(fact) ? relative(root, fact) : fact).split(sep).join("/").replace(/^\.$/, "");
    const listing = rows.folders.get(path);
    if (listing !== undefined) {
      // Many programs save by renaming: the folder changes and holds what it held.
      if (listFolder(root, path) !== listing) return undefined;
    } else if (rows.uses.has(path)) return undefined;
    else if (rows.knows(path) && isText(path)) files.add(path);
    else return undefined;
  }
  return files;
}

/** What is read for what it says alone: no manifest, no configuration, nothing outside the project. */
function isText(path: string): boolean {
  if (isAbsolute(path) || path.split("/").some((part) => part === ".." || part === "node_modules")) return false;
  return SOURCE_EXTENSION.test(path) || (path.endsWith(".json") && !["package.json", "tsconfig.json"].includes(basename(path)));
}

/** The unit as it is now; undefined where it cannot be hashed, or only the store could tell where it stands. */
function hashedRow(workspace: Workspace, spec: Spec, row: UnitRow): UnitRow | undefined {
  try {
    const { hashed, files } = hashWithSources(workspace, spec);
    const { specHash } = hashed;
    const moved = specHash !== row.specHash;
    if (moved && row.candidate) return undefined;
    const standing = row.saved === undefined ? "missing" : row.saved === specHash ? "active" : "drift";
    return { ...row, kind: spec.kind, line: spec.line, examples: countExamples(spec), specHash, files, status: moved ? standing : row.status };
  } catch (error) {
    // What is wrong is said by the command.
    if (error instanceof VibesafeError) return undefined;
    throw error;
  }
}

function isOther(a: UnitRow, b: UnitRow): boolean {
  return a.specHash !== b.specHash || a.line !== b.line || a.examples !== b.examples || a.kind !== b.kind || a.status !== b.status;
}

/** Whether the imports of these files lead nowhere that they did not lead before. */
function leadAsBefore(workspace: Workspace, rows: Rows, files: Iterable<string>): boolean {
  return [...files].every((file) => {
    const known = new Set(rows.lookups(file).map((lookup) => JSON.stringify(lookup)));
    return lookupsOf(workspace, rows.folders, file).every((lookup) => known.has(JSON.stringify(lookup)));
  });
}
