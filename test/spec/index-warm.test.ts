/**
 * The index never changes an answer: after any edits, what a warm run says is what a cold one says.
 */

import assert from "node:assert/strict";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { openProject } from "../../lib/project/project.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { openProjectIndex } from "../../lib/spec/project-index.ts";
import { scanProject } from "../../lib/spec/scan.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { tempDir } from "../temp.ts";
import { apply, edit, newProject, pause, told } from "./edits.ts";
import { EFFORT } from "./effort.ts";

/** Every unit with its hash, or why it has none, and every problem. */
function cold(root: string): unknown {
  const workspace = createWorkspace(openProject(root));
  const { specs, problems } = scanProject(workspace);
  const units = specs.map((spec) => [spec.id, spec.file, spec.line, told(() => hashSpec(workspace, spec).specHash)]);
  return { units, problems: problems.map(({ file, line, error }) => [file, line, error.message]) };
}

function warm(root: string, tickMs?: number): unknown {
  const index = openProjectIndex(createWorkspace(openProject(root)), tickMs);
  const units = index.units.map((unit) => [unit.id, unit.file, unit.line, told(unit.specHash)]);
  index.save();
  return { units, problems: index.problems.map(({ file, line, error }) => [file, line, error.message]) };
}

// A tick of 0 leaves only the stamps to go by; with the real one every file of the test was just changed and its content is compared.
for (const tickMs of [0, undefined]) {
  test(`any edits, ${tickMs === 0 ? "told by stamps and listings" : "in the same second"}`, (t) => {
    fc.assert(
      fc.property(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 8 }), (rounds) => {
        const root = join(tempDir(t), "p");
        newProject(root);
        if (tickMs === 0) pause();
        assert.deepEqual(warm(root, tickMs), cold(root));
        for (const edits of rounds) {
          for (const one of edits) apply(root, one);
          if (tickMs === 0) pause();
          assert.deepEqual(warm(root, tickMs), cold(root));
        }
      }),
      { numRuns: 4 * EFFORT },
    );
  });
}

test("an index that is cut short, changed or of another project is ignored", (t) => {
  const root = join(tempDir(t), "p");
  newProject(root);
  const expected = cold(root);
  warm(root);
  const path = join(root, ".vibesafe/cache/index/specs");
  const whole = readFileSync(path, "utf8");
  const other = (text: string): string => text.replace(/[0-9a-f]{64}(?!.*[0-9a-f]{64})/, "0".repeat(64));
  for (const text of ["", "{}", whole.slice(0, -9), `${whole} `, other(whole), whole.replace("vibesafe-index 1", "vibesafe-index 0"), `${whole.split("\n")[0]}\n[]`]) {
    writeFileSync(path, text);
    assert.deepEqual(warm(root), expected);
    assert.notEqual(readFileSync(path, "utf8"), text);
  }
  const moved = join(dirname(root), "moved");
  renameSync(root, moved);
  assert.deepEqual(warm(moved), expected);
});
