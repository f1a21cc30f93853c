/**
 * Settling what a merge of the project's repository left in conflict, from the versions that git keeps in its index.
 *
 * @module
 */

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { VibesafeStoreError } from "../errors.ts";
import { formatSaveMessage, type Save } from "../spec/checkpoint.ts";
import { refUnit } from "../spec/unit-id.ts";
import type { UnitId } from "../spec/types.ts";
import { formatCommit } from "../store/commit.ts";
import { replaceFile } from "../store/durable.ts";
import type { CommitId } from "../store/id.ts";
import { loosePath } from "../store/loose.ts";
import { formatPackedRefs, parsePackedRefs } from "../store/packed-refs.ts";
import { readPackedRefs } from "../store/refs.ts";
import { areaDir, type Store } from "../store/store.ts";
import { writeObject } from "../store/write.ts";
import type { Identities } from "./identity.ts";
import { mergeObjectFile, mergePackedRefs, storeFile, type StoreFile, type ThreeVersions } from "./merge-files.ts";
import { describeSide, mergeRef, newest, readSide, refContent, type RefMerge, type Side } from "./merge-refs.ts";
import { moveRefs } from "./operations.ts";
import { git, pathInGit, readBlobs, type ProjectGit } from "./project-git.ts";

export type Choice = "ours" | "theirs" | "newest";

/** A file of the store that git could not merge; a side that has no such file is undefined. */
export interface ConflictedFile {
  /** From the top of the working tree. */
  readonly path: string;
  readonly file: StoreFile | undefined;
  readonly base: Buffer | undefined;
  readonly ours: Buffer | undefined;
  readonly theirs: Buffer | undefined;
}

/** A ref in conflict, with what each side made of it. */
export interface RefConflict {
  readonly conflicted: ConflictedFile;
  readonly ref: string;
  readonly unit: UnitId | undefined;
  readonly ours: Side | undefined;
  readonly theirs: Side | undefined;
  /** What follows without anybody's choice. */
  readonly merge: RefMerge;
}

/** Every file of the store that stands in conflict in git's index. */
export function readConflicts(repository: ProjectGit, store: Store): ConflictedFile[] {
  const prefix = pathInGit(repository, store.dir);
  const stages = new Map<string, Map<number, string>>();
  for (const line of git(repository, ["ls-files", "-u", "-z", "--", prefix]).toString("utf8").split("\0")) {
    const [, id, stage, path] = /^\d+ ([0-9a-f]+) ([123])\t([^]*)$/.exec(line) ?? [];
    if (id === undefined || path === undefined) continue;
    stages.set(path, (stages.get(path) ?? new Map<number, string>()).set(Number(stage), id));
  }
  return [...stages].map(([path, ids]) => {
    const [base, ours, theirs] = [1, 2, 3].map((stage) => {
      const id = ids.get(stage);
      return id === undefined ? undefined : readBlobs(repository, [id])[0];
    });
    return { path, file: storeFile(path.slice(prefix.length + 1)), base, ours, theirs };
  });
}

/** The conflicts of refs, with the saves that they lead to. */
export function refConflicts(store: Store, conflicts: readonly ConflictedFile[]): RefConflict[] {
  const isOpen = conflicts.some(({ file }) => file?.kind === "packed-refs");
  return conflicts.flatMap((conflicted): RefConflict[] => {
    if (conflicted.file?.kind !== "ref") return [];
    const { ref } = conflicted.file;
    // A side without the file may have packed the ref: then packed-refs, which merged, has its line.
    const packed = isOpen ? undefined : (readPackedRefs(store).get(ref)?.id as CommitId | undefined);
    const inFile = (bytes: Buffer | undefined): CommitId | undefined => (bytes === undefined ? undefined : refContent(bytes.toString("latin1")));
    const base = inFile(conflicted.base);
    const [mine, other] = [conflicted.ours, conflicted.theirs].map((bytes) => (bytes === undefined ? packed : inFile(bytes)));
    const [ours, theirs] = [mine, other].map((id) => (id === undefined ? undefined : readSide(store, id)));
    const merge: RefMerge = ours === undefined || theirs === undefined ? { kind: "conflict" } : mergeRef(store, base, ours, theirs);
    return [{ conflicted, ref, unit: refUnit(ref), ours, theirs, merge }];
  });
}

/** Settles the files in which nobody has to choose between saves: objects, and `packed-refs` where its names agree. */
export function settleFiles(repository: ProjectGit, store: Store, conflicts: readonly ConflictedFile[], choice: Choice | undefined, how: Settling): { readonly settled: string[]; readonly open: string[] } {
  const settled: string[] = [];
  const open: string[] = [];
  for (const conflicted of conflicts) {
    const { path, file, ours, theirs } = conflicted;
    if (file?.kind === "ref") continue;
    const none = new Uint8Array();
    const bytes = file?.kind === "object" ? mergeObjectFile(file.id, ours ?? none, theirs ?? none) : file?.kind === "packed-refs" ? packedRefs(store, conflicted, choice) : undefined;
    if (bytes === undefined) {
      open.push(path);
      continue;
    }
    replaceFile(store, join(repository.top, path), bytes);
    git(repository, ["add", "--", path]);
    if (file?.kind === "packed-refs") for (const conflict of packedConflicts(store, conflicted)) settleRef(repository, store, conflict, choice, how);
    settled.push(path);
  }
  return { settled, open };
}

/** `packed-refs` of both; of names in conflict our line, until each is settled in a file of its own. */
function packedRefs(store: Store, versions: ConflictedFile, choice: Choice | undefined): Buffer | undefined {
  const merged = mergePackedRefs(store, textsOf(versions), () => false, () => undefined);
  if (merged.clean) return Buffer.from(merged.text, "utf8");
  if (choice === undefined) return undefined;
  const clean = parsePackedRefs(merged.text.slice(0, merged.text.indexOf("<<<<<<< ")));
  for (const { ref, ours } of packedConflicts(store, versions)) if (!clean.has(ref) && ours !== undefined) clean.set(ref, { id: ours.id });
  return Buffer.from(formatPackedRefs(clean), "utf8");
}

/** The names of which both sides of `packed-refs` have a line, and another one than the base. */
function packedConflicts(store: Store, conflicted: ConflictedFile): RefConflict[] {
  const { base, ours, theirs } = textsOf(conflicted);
  const [was, others] = [parsePackedRefs(base), parsePackedRefs(theirs)];
  return [...parsePackedRefs(ours)].flatMap(([ref, mine]): RefConflict[] => {
    const other = others.get(ref);
    const before = was.get(ref)?.id as CommitId | undefined;
    if (other === undefined || other.id === mine.id || other.id === before) return [];
    const sides = { ours: readSide(store, mine.id as CommitId), theirs: readSide(store, other.id as CommitId) };
    const merge: RefMerge = mine.id === before ? { kind: "forward", id: sides.theirs.id } : mergeRef(store, before, sides.ours, sides.theirs);
    return [{ conflicted, ref, unit: refUnit(ref), ...sides, merge }];
  });
}

function textsOf({ base, ours, theirs }: ConflictedFile): ThreeVersions {
  const text = (bytes: Buffer | undefined): string => bytes?.toString("utf8") ?? "";
  return { base: text(base), ours: text(ours), theirs: text(theirs) };
}

/** Who settles, and by which command line. */
export interface Settling {
  readonly identities: Identities;
  readonly command: string;
}

export interface Settled {
  /** What the ref holds now; null where the side that was chosen has no such ref. */
  readonly id: CommitId | null;
  /** The save whose code that is; the same as `id` where no merge save was needed. */
  readonly from: CommitId | null;
}

/**
 * Settles a ref as chosen and hands the result to git's index.
 *
 * Where both sides saved, the result is a merge save: the chosen side's tree under a commit whose parents are both, the chosen one
 * first, so that neither is lost.
 *
 * @throws VibesafeStoreError when the chosen side cannot be read
 */
export function settleRef(repository: ProjectGit, store: Store, conflict: RefConflict, choice: Choice | undefined, { identities, command }: Settling): Settled {
  const { ref, ours, theirs, conflicted } = conflict;
  const chosen = chosenSide(conflict, choice);
  const other = chosen === ours ? theirs : ours;
  const forward = conflict.merge.kind === "forward" && conflict.merge.id === chosen?.id;
  const to = chosen === undefined || other === undefined || forward || chosen.id === other.id ? (chosen?.id ?? null) : mergeSave(store, chosen, other, identities);
  const path = join(store.dir, ref);
  // First what was here before, so that the move has a beginning: the file holds git's conflict.
  if (ours === undefined) rmSync(path, { force: true });
  else replaceFile(store, path, Buffer.from(`${ours.id}\n`, "latin1"));
  moveRefs(store, [{ name: ref, expected: ours?.id ?? null, to }], { who: identities.committer, command });
  const object = to === null ? undefined : loosePath(areaDir(store, "objects"), to);
  git(repository, ["add", "-A", "--", conflicted.path, ...(existsSync(path) ? [pathInGit(repository, path)] : []), ...(object !== undefined && existsSync(object) ? [pathInGit(repository, object)] : [])]);
  return { id: to, from: chosen?.id ?? null };
}

/** The side that a choice means, or that follows without one; undefined for the side that removed the ref. */
export function chosenSide({ ours, theirs, merge }: RefConflict, choice: Choice | undefined): Side | undefined {
  if (choice === "ours") return ours;
  if (choice === "theirs") return theirs;
  if (merge.kind !== "conflict") return ours?.id === merge.id ? ours : theirs;
  return ours !== undefined && theirs !== undefined ? newest(ours, theirs) : (ours ?? theirs);
}

/** Tags and branches lead to no save of a unit: there the chosen id stands alone, and the reflog keeps the other. */
export function mergeSave(store: Store, chosen: Side, other: Side, identities: Identities): CommitId {
  const save: Save | undefined = chosen.save;
  if (save === undefined) {
    if (other.save === undefined) return chosen.id;
    throw new VibesafeStoreError(`${chosen.id} cannot be read`, { remedy: "run `vibe fsck`; choose the other side, or restore the object from git" });
  }
  const { unit, specHash, checkpointHash } = save;
  const message = `merge: ${unit}\n\nChosen: ${describeSide(chosen)}\nOver:   ${describeSide(other)}`;
  return writeObject(store, "commit", formatCommit({ tree: save.commit.tree, parents: [chosen.id, other.id], ...identities, message: formatSaveMessage(message, { unit, specHash, checkpointHash }) }));
}
