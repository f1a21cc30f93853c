/**
 * Random histories in a store of a project, for comparing what `vibe` prints with what git prints.
 *
 * @module
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { parseUnitId, unitRef } from "../../lib/spec/unit-id.ts";
import type { UnitId } from "../../lib/spec/types.ts";
import { formatCommit } from "../../lib/store/commit.ts";
import type { CommitId, ObjectId } from "../../lib/store/id.ts";
import { initStore } from "../../lib/store/init.ts";
import { updateRefs } from "../../lib/store/ref-transaction.ts";
import type { Store } from "../../lib/store/store.ts";
import { formatTag } from "../../lib/store/tag.ts";
import { formatTree, type TreeEntry } from "../../lib/store/tree.ts";
import { writeObject } from "../../lib/store/write.ts";
import { WHO } from "../store/git.ts";
import { project, vibe } from "./vibe.ts";

export const UNITS: readonly UnitId[] = ["src.math/double", "src.math/triple", "src.größe/Klasse.methode", "lib.a/f"].map(parseUnitId);

export type Step =
  | { readonly kind: "save"; readonly unit: number; readonly files: Readonly<Record<string, string>>; readonly later: number; readonly merge: number | undefined }
  | { readonly kind: "back"; readonly unit: number; readonly to: number }
  | { readonly kind: "tag"; readonly unit: number; readonly name: number; readonly annotated: boolean };

const unit = fc.nat(UNITS.length - 1);
const name = fc.constantFrom("impl.ts", "b", "a.b", "ü", 'q"uote', "z z");

const save: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("save" as const),
  unit,
  files: fc.dictionary(name, fc.string(), { maxKeys: 3 }),
  later: fc.integer({ min: -3, max: 5 }),
  merge: fc.option(fc.nat(20), { nil: undefined }),
});

const more: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: save },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("back" as const), unit, to: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("tag" as const), unit, name: fc.nat(3), annotated: fc.boolean() }) },
  ),
  { minLength: 4, maxLength: 12 },
);

/** Saves on several units, merges, moves back, light and annotated tags; dates that repeat and go backwards. */
export const steps: fc.Arbitrary<Step[]> = fc.tuple(save, more).map(([first, rest]) => [first, ...rest]);

export interface RandomStore {
  readonly store: Store;
  readonly commits: readonly CommitId[];
  /** Everything that was written. */
  readonly objects: readonly ObjectId[];
}

/** Plays the steps in a new store at `.vibesafe` of `folder`. */
export function play(folder: string, list: readonly Step[]): RandomStore {
  const store = initStore(join(folder, ".vibesafe"));
  const commits: CommitId[] = [];
  const objects: ObjectId[] = [];
  const heads = new Map<number, CommitId>();
  let seconds = WHO.seconds;
  for (const [index, step] of list.entries()) {
    const id = UNITS[step.unit];
    if (id === undefined) continue;
    const head = heads.get(step.unit);
    const who = { ...WHO, seconds: (seconds += step.kind === "save" ? step.later : 0) };
    if (step.kind === "save") {
      const blobs = Object.entries(step.files).map(([file, text]): TreeEntry => ({ mode: "100644", name: file, id: keep(writeObject(store, "blob", Buffer.from(text))) }));
      const inner = keep(writeObject(store, "tree", formatTree(blobs)));
      const tree = keep(writeObject(store, "tree", formatTree(blobs.length === 0 ? [] : [...blobs.filter((blob) => blob.name !== "b"), { mode: "40000", name: "b", id: inner }])));
      const other = step.merge === undefined || commits.length === 0 ? undefined : commits[step.merge % commits.length];
      const parents = [...new Set([head, other].filter((parent) => parent !== undefined))];
      const commit = keep(writeObject(store, "commit", formatCommit({ tree, parents, author: WHO, committer: who, message: `step ${index}\n\nVibesafe-Unit: ${id}\n` })));
      commits.push(commit);
      heads.set(step.unit, commit);
      updateRefs(store, [{ name: unitRef(id), to: commit }], { who, message: `vibe save -m 'step ${index}'` });
    } else if (head !== undefined && step.kind === "back") {
      const to = commits[step.to % commits.length] ?? head;
      heads.set(step.unit, to);
      updateRefs(store, [{ name: unitRef(id), to }], { who, message: `vibe rollback ${id}` });
    } else if (head !== undefined && step.kind === "tag") {
      const tag = `v${step.name}`;
      const to = step.annotated ? keep(writeObject(store, "tag", formatTag({ object: head, type: "commit", name: tag, tagger: who, message: `Tag ${index}\n` }))) : head;
      updateRefs(store, [{ name: `refs/tags/${tag}`, to }], { who, message: `vibe tag ${tag}` });
    }
  }
  return { store, commits, objects };

  function keep<Id extends ObjectId>(id: Id): Id {
    objects.push(id);
    return id;
  }
}

/** Runs `check` on random histories, each in a project of its own that is gone afterwards. */
export async function onHistories(numRuns: number, check: (folder: string, history: RandomStore) => Promise<void>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const cleanUps: (() => void)[] = [];
      try {
        const folder = project({ after: (cleanUp) => void cleanUps.push(cleanUp) }, {});
        await check(folder, play(folder, list));
      } finally {
        for (const cleanUp of cleanUps) cleanUp();
      }
    }),
    // Shrinking starts git some hundred times over.
    { numRuns, endOnFailure: true, includeErrorInReport: true },
  );
}

/** What `vibe` prints is what git prints, byte for byte. */
export async function same(folder: string, argv: readonly string[], input: string = ""): Promise<void> {
  const ran = await vibe(folder, argv, { input });
  assert.equal(ran.status, 0, `vibe ${argv.join(" ")}: ${ran.err}`);
  assert.equal(ran.bytes.toString("latin1"), gitSays(folder, argv, input).toString("latin1"), `vibe ${argv.join(" ")}`);
}

/** What git says, or undefined where it ends by another status than 0. */
export function gitTries(folder: string, args: readonly string[], input: string = ""): string | undefined {
  try {
    return gitSays(folder, args, input).toString();
  } catch (error) {
    if (error instanceof Error && "status" in error && typeof error.status === "number") return undefined;
    throw error;
  }
}

/** What git says about the store of a project; throws when its exit status is not 0. */
export function gitSays(folder: string, args: readonly string[], input: string | Uint8Array = ""): Buffer {
  return execFileSync("git", ["--git-dir=.vibesafe", ...args], { cwd: folder, input, stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env["PATH"], LC_ALL: "C", HOME: "/nonexistent", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", TZ: "UTC" } });
}
