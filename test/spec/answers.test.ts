/**
 * A kept answer is never wrong: after any edit of sources, packages, configuration or refs it says what a run without any cache says,
 * or nothing.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { VibesafeError } from "../../lib/errors.ts";
import { openProject } from "../../lib/project/project.ts";
import { answerFile, readAnswer } from "../../lib/spec/answers.ts";
import { writeAnswer } from "../../lib/spec/answers/write.ts";
import { hashSpec } from "../../lib/spec/hash.ts";
import { openProjectIndex } from "../../lib/spec/project-index.ts";
import { fileSystemTime } from "../../lib/spec/project-index/index-file.ts";
import { scanProject } from "../../lib/spec/scan.ts";
import { readStandings } from "../../lib/spec/standing.ts";
import { unitStatus } from "../../lib/spec/status.ts";
import { unitRef } from "../../lib/spec/unit-id.ts";
import { createWorkspace } from "../../lib/spec/workspace.ts";
import { openStore } from "../../lib/store/store.ts";
import { tempDir } from "../temp.ts";
import { apply, edit, FILES, newProject, pause, WRITES, type Edit } from "./edits.ts";
import { EFFORT } from "./effort.ts";
import { PARTS, writeSave } from "./saves.ts";

/** What only resolving again could tell has no answer kept: here is none of it to begin with. */
const PLAIN = Object.fromEntries(
  Object.entries({ ...FILES, "tsconfig.json": "{}\n" }).filter(([file]) => !["src/mapped.ts", "src/linked.ts", "src/data.ts"].includes(file)),
);

type StoreEdit = { readonly kind: "save" | "save-other" | "delete" | "pack"; readonly n: number };

const KEY = "key";

function answerPath(root: string): string {
  return answerFile(join(root, ".vibesafe"), "test");
}

/** A new project, the folders of the cache included, which the first command makes. */
function begin(t: Parameters<typeof tempDir>[0]): string {
  const root = join(tempDir(t), "p");
  newProject(root, PLAIN);
  fileSystemTime(join(root, ".vibesafe"));
  pause();
  return root;
}

/** As a command does: what was remembered is used, and what was told is kept. */
function answer(root: string, tickMs: number = 0): void {
  const project = openProject(root);
  const store = openStore(project.storeDir);
  const startedAt = fileSystemTime(project.storeDir);
  const index = openProjectIndex(createWorkspace(project), tickMs);
  const standings = readStandings(store);
  const rows = index.units.map((unit) => {
    try {
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
  if (units !== undefined) writeAnswer(answerPath(root), { text: JSON.stringify(rows), status: 0, key: KEY, root, facts: [...units, ...refs, "vibesafe.toml"], startedAt, tickMs });
}

/** The same with no cache and by the other way, that reads saves whole. */
function truth(root: string): string {
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

function kept(root: string): string | undefined {
  return readAnswer(answerPath(root), KEY, root)?.text;
}

function applyToStore(root: string, { kind, n }: StoreEdit): void {
  const project = openProject(root);
  const store = openStore(project.storeDir);
  const git = (...args: string[]): void => void execFileSync("git", [`--git-dir=${project.storeDir}`, ...args], { stdio: "ignore" });
  if (kind === "pack") return git("pack-refs", "--all");
  const workspace = createWorkspace(project);
  const { specs } = scanProject(workspace);
  const spec = specs[n % specs.length];
  if (spec === undefined) return;
  if (kind === "delete") return git("update-ref", "-d", unitRef(spec.id));
  try {
    const { commitId } = writeSave(store, kind === "save" ? { ...PARTS, spec: hashSpec(workspace, spec).bytes } : PARTS, { unit: spec.id });
    git("update-ref", unitRef(spec.id), commitId);
  } catch (error) {
    // A unit that cannot be hashed cannot be saved.
    if (!(error instanceof VibesafeError)) throw error;
  }
}

const storeEdit: fc.Arbitrary<StoreEdit> = fc.record({ kind: fc.constantFrom("save" as const, "save-other" as const, "delete" as const, "pack" as const), n: fc.nat(9) });
const anyEdit: fc.Arbitrary<Edit | StoreEdit> = fc.oneof({ weight: 3, arbitrary: edit.filter((one) => one.file !== "src/link.ts") }, { weight: 1, arbitrary: storeEdit });

test("after any edits of files and refs", (t) => {
  let held = 0;
  fc.assert(
    fc.property(fc.array(anyEdit, { minLength: 6, maxLength: 12 }), (edits) => {
      const root = begin(t);
      for (const one of edits) {
        answer(root);
        const before = kept(root);
        if (before !== undefined) {
          held++;
          assert.equal(before, truth(root), "what is kept is right");
        }
        if ("n" in one) applyToStore(root, one);
        else apply(root, one);
        // Older than a tick of the clock, as between two commands of a person; what is younger is the next test's.
        pause();
        const after = kept(root);
        if (after !== undefined) assert.equal(after, truth(root), JSON.stringify(one));
      }
    }),
    { numRuns: 8 * EFFORT },
  );
  assert.ok(held > 0, "answers are kept at all");
});

test("each edit of a file that a unit rests on undoes the answer", (t) => {
  const lost = new Map<string, boolean>();
  for (const [file, texts] of WRITES) {
    for (const text of texts) {
      if (PLAIN[file] === text) continue;
      const root = begin(t);
      answer(root);
      assert.equal(kept(root), truth(root));
      apply(root, { kind: "write", file, text, sameTime: true });
      const after = kept(root);
      lost.set(`${file} ${text}`, after === undefined);
      if (after !== undefined) assert.equal(after, truth(root), file);
    }
  }
  assert.ok([...lost.values()].filter(Boolean).length > lost.size / 2);
});

test("what changed so lately that it may change unseen is kept by no answer", (t) => {
  const root = begin(t);
  answer(root, 2000);
  assert.equal(kept(root), undefined);
  answer(root);
  assert.equal(kept(root), truth(root));
});

test("an answer that is cut short or changed, or was kept under another key, is none", (t) => {
  const root = begin(t);
  answer(root);
  const whole = readFileSync(answerPath(root));
  assert.equal(readAnswer(answerPath(root), "other", root), undefined);
  assert.equal(readAnswer(join(root, "absent"), KEY, root), undefined);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      writeFileSync(answerPath(root), bytes);
      const after = readAnswer(answerPath(root), KEY, root);
      // Paddings alone mean nothing.
      if (after !== undefined) assert.equal(after.text, readText(whole));
      writeFileSync(answerPath(root), whole.subarray(0, at));
      assert.equal(readAnswer(answerPath(root), KEY, root), undefined);
    }),
    { numRuns: 100 * EFFORT },
  );
  writeFileSync(answerPath(root), whole);
  assert.equal(kept(root), readText(whole));
});

function readText(whole: Buffer): string {
  return whole.toString("utf8").slice(whole.toString("utf8").lastIndexOf(`${KEY}[`) + KEY.length).replace(/\0*$/, "");
}
