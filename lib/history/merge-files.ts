/**
 * Merging the files of a store, each by what it means: refs, `packed-refs`, loose objects.
 *
 * @module
 */

import { VibesafeError } from "../errors.ts";
import { refUnit } from "../spec/unit-id.ts";
import { isId, type CommitId, type ObjectId } from "../store/id.ts";
import { decodeLoose } from "../store/loose.ts";
import { DEFAULT_MAX_SIZE } from "../store/object.ts";
import { formatPackedRefs, parsePackedRefs, type PackedRef } from "../store/packed-refs.ts";
import type { Store } from "../store/store.ts";
import type { GaveWay } from "./gave-way.ts";
import { describeSide, mergeRef, readSide, refContent, type RefMerge, type Side } from "./merge-refs.ts";

/** Three versions of a file; of one that was added on both sides the base is empty. */
export interface ThreeVersions<Content = string> {
  readonly base: Content;
  readonly ours: Content;
  readonly theirs: Content;
}

export interface MergedFile {
  /** False where a person must choose; then the text is what git leaves in the working tree. */
  readonly clean: boolean;
  readonly text: string;
  /** Saves that gave way to the same checkpoint. */
  readonly gaveWay?: readonly GaveWay[];
}

/** What a file of a store is to the merge; undefined for what git's own merge is right for. */
export type StoreFile = { readonly kind: "ref"; readonly ref: string } | { readonly kind: "packed-refs" } | { readonly kind: "object"; readonly id: ObjectId };

/** @param path - from the store's folder, with slashes */
export function storeFile(path: string): StoreFile | undefined {
  if (path === "packed-refs") return { kind: "packed-refs" };
  if (path.startsWith("refs/")) return { kind: "ref", ref: path };
  const [, folder, rest] = /^objects\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(path) ?? [];
  const id = `${folder}${rest}`;
  return isId(id) ? { kind: "object", id } : undefined;
}

/** Merges a ref's file. @param fetch - makes what an id leads to readable, before it is looked at */
export function mergeRefFile(store: Store, ref: string, versions: ThreeVersions, fetch: (id: CommitId) => void): MergedFile {
  const [base, ours, theirs] = [versions.base, versions.ours, versions.theirs].map(refContent);
  if (ours === undefined || theirs === undefined) return { clean: false, text: unreadable(ref, versions) };
  for (const id of [ours, theirs]) fetch(id);
  const sides = { ours: readSide(store, ours), theirs: readSide(store, theirs) };
  const merge: RefMerge = mergeRef(store, base, sides.ours, sides.theirs);
  const gaveWay = merge.kind === "same-checkpoint" ? [{ ref, to: merge.id, other: merge.other }] : [];
  return merge.kind === "conflict" ? { clean: false, text: conflictText(ref, base, sides.ours, sides.theirs) } : { clean: true, text: `${merge.id}\n`, gaveWay };
}

/**
 * Merges `packed-refs` name by name. Where a name is in conflict the text holds markers, which every reader of the store refuses.
 *
 * @param isShadowed - whether a side has the ref as a file of its own, so that its line here says nothing
 */
export function mergePackedRefs(store: Store, versions: ThreeVersions, isShadowed: (side: "ours" | "theirs", ref: string) => boolean, fetch: (id: CommitId) => void): MergedFile {
  const base = parsePackedRefs(versions.base);
  const ours = withoutShadowed(parsePackedRefs(versions.ours), (ref) => isShadowed("ours", ref));
  const theirs = withoutShadowed(parsePackedRefs(versions.theirs), (ref) => isShadowed("theirs", ref));
  const merged = new Map<string, PackedRef>();
  const conflicts: string[] = [];
  const gaveWay: GaveWay[] = [];
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const [was, mine, other] = [base.get(name)?.id, ours.get(name), theirs.get(name)];
    // Gone on one side: deleted there, or moved to a file of its own, which git merges by itself.
    const settled = mine === undefined ? (other?.id === was ? undefined : other) : other === undefined ? (mine.id === was ? undefined : mine) : mine.id === other.id || other.id === was ? mine : mine.id === was ? other : null;
    if (settled === undefined) continue;
    if (settled !== null) {
      merged.set(name, settled);
      continue;
    }
    const file = mergeRefFile(store, name, { base: was ?? "", ours: mine?.id ?? "", theirs: other?.id ?? "" }, fetch);
    gaveWay.push(...(file.gaveWay ?? []));
    const id = file.clean ? refContent(file.text) : undefined;
    if (id !== undefined) merged.set(name, { id });
    else conflicts.push(`<<<<<<< ours\n${mine?.id} ${name}\n=======\n${other?.id} ${name}\n>>>>>>> theirs\n${file.text.slice(file.text.indexOf("# "))}`);
  }
  const text = merged.size === 0 ? "" : formatPackedRefs(merged);
  return { clean: conflicts.length === 0, text: text + conflicts.join(""), gaveWay };
}

/** One object under one name, deflated by two machines: either file is as good where it is whole. */
export function mergeObjectFile(id: ObjectId, ours: Uint8Array, theirs: Uint8Array): Uint8Array | undefined {
  return [ours, theirs].find((bytes) => {
    try {
      decodeLoose(bytes, id, id, DEFAULT_MAX_SIZE);
      return true;
    } catch (error) {
      if (error instanceof VibesafeError) return false;
      throw error;
    }
  });
}

/** Whether the text of a ref's file is a conflict that nobody resolved. */
export function isConflictText(text: string): boolean {
  return text.startsWith("<<<<<<< ");
}

/** A ref's file holds no more than some kilobytes. */
const LONGEST_LINE = 300;

function conflictText(ref: string, base: CommitId | undefined, ours: Side, theirs: Side): string {
  const unit = refUnit(ref);
  const line = (text: string): string => `# ${text.replaceAll(/[\0-\x1f\x7f]/g, " ").slice(0, LONGEST_LINE)}\n`;
  const target = unit === undefined ? "" : ` --target ${unit}`;
  return [
    `<<<<<<< ours\n${ours.id}\n`,
    ...(base === undefined ? [] : [`||||||| base\n${base}\n`]),
    `=======\n${theirs.id}\n>>>>>>> theirs\n`,
    line(`${unit ?? ref} was saved on both sides:`),
    line(`ours   ${describeSide(ours)}`),
    line(`theirs ${describeSide(theirs)}`),
    line(`compare: vibe merge${target}`),
    line(`choose:  vibe merge --ours | --theirs | --newest${target}`),
  ].join("");
}

function unreadable(ref: string, { ours, theirs }: ThreeVersions): string {
  const side = (text: string): string => text.slice(0, LONGEST_LINE).trimEnd();
  return `<<<<<<< ours\n${side(ours)}\n=======\n${side(theirs)}\n>>>>>>> theirs\n# ${ref}: one of these is no ref\n`;
}

function withoutShadowed(refs: Map<string, PackedRef>, isShadowed: (ref: string) => boolean): Map<string, PackedRef> {
  return new Map([...refs].filter(([name]) => !isShadowed(name)));
}
