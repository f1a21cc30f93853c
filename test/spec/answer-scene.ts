/**
 * A command's answer, kept and looked at again, and what a run without any cache says.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { VibesafeError } from "../../lib/errors.ts";
import { openProject } from "../../lib/project/project.ts";
import { answerFile, readAnswer, readKept } from "../../lib/spec/answers.ts";
import { editedAnswer } from "../../lib/spec/answers/edited.ts";
import { formatRows, rowOf, type UnitRow } from "../../lib/spec/answers/rows.ts";
import { writeAnswer } from "../../lib/spec/answers/write.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { openProjectIndex } from "../../lib/spec/project-index.ts";
import { fileSystemTime } from "../../lib/spec/project-index/index-file.ts";
import { scanProject } from "../../lib/spec/scan.ts";
import { readStandings } from "../../lib/spec/standing.ts";
import { unitStatus } from "../../lib/spec/status.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { openStore } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { newProject, pause } from "./edits.ts";

export const KEY = "key";

export function answerPath(root: string): string {
  return answerFile(join(root, ".vibesafe"), "test");
}

/** A new project, the folders of the cache included, which the first command makes. */
export function begin(t: Parameters<typeof tempDir>[0], files: Readonly<Record<string, string>>): string {
  const root = join(tempDir(t), "p");
  newProject(root, files);
  fileSystemTime(join(root, ".vibesafe"));
  pause();
  return root;
}

/** As a command does: what was remembered is used, and what was told is kept. */
export function answer(root: string, tickMs: number = 0): void {
  const project = openProject(root);
  const store = openStore(project.storeDir);
  const startedAt = fileSystemTime(project.storeDir);
  const index = openProjectIndex(createWorkspace(project), tickMs);
  const standings = readStandings(store);
  const table: UnitRow[] = [];
  const rows = index.units.map((unit) => {
    try {
      table.push(rowOf(unit, standings.of(unit.id, unit.specHash()), { verified: undefined, candidate: standings.hasCandidate(unit.id) }));
      return [unit.id, unit.file, unit.line, unit.specHash(), standings.of(unit.id, unit.specHash()).status];
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      return [unit.id, error.message];
    }
  });
  index.save();
  standings.save();
  const [units, refs] = [index.facts(), standings.facts()];
  assert.ok(startedAt !== undefined && refs !== undefined);
  if (units !== undefined) writeAnswer(answerPath(root), { text: JSON.stringify(rows), status: 0, key: KEY, root, rows: () => formatRows({ units: table, ...index.basis() }), facts: [...units, ...refs, "vibesafe.toml"], startedAt, tickMs });
}

/** The same with no cache and by the other way, that reads saves whole. */
export function truth(root: string): string {
  const project = openProject(root);
  const workspace = createWorkspace(project);
  const store = openStore(project.storeDir);
  const rows = scanProject(workspace).specs.map((spec) => {
    try {
      const hashed = hashSpec(workspace, spec);
      return [spec.id, spec.file, spec.line, hashed.specHash, unitStatus(store, hashed).status];
    } catch (error) {
      if (!(error instanceof VibesafeError)) throw error;
      return [spec.id, error.message];
    }
  });
  return JSON.stringify(rows);
}

export function kept(root: string): string | undefined {
  const text = readAnswer(answerPath(root), KEY, root)?.text;
  const cwd = process.cwd();
  process.chdir(root);
  try {
    assert.equal(readAnswer(answerPath(root), KEY, "")?.text, text, "from where it stands as from anywhere");
  } finally {
    process.chdir(cwd);
  }
  return text;
}

/** What the edited files make of what was kept, in the form of `truth`; undefined where the command itself has to look. */
export function afterEdit(root: string, tickMs: number = 0): string | undefined {
  const found = readKept(answerPath(root), KEY, root);
  if (found === undefined || found.changed.length === 0) return undefined;
  const say = (rows: readonly UnitRow[]): string => JSON.stringify(rows.map(({ id, file, line, specHash, status }) => [id, file, line, specHash, status]));
  return editedAnswer(answerPath(root), { project: openProject(root), kept: found, tickMs, say })?.text;
}
