/**
 * Revisions: the ways to name an object on the command line (gitrevisions(7), with units in place of branches).
 *
 * @module
 */

import { ID_HEX, type CommitId, type ObjectId, type TreeId } from "../store/id.ts";
import { hasObject, readObject, readParents, readTree } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { TREE_MODE, type TreeEntry } from "../store/tree.ts";
import { peelTags, peelTo, typeBehind } from "./peel.ts";
import { noRevision, refNamed, resolveBase, resolveSelector } from "./revision-base.ts";
import type { Wanted } from "./short-id.ts";

/**
 * The commit that `text` names: a full or unambiguous short id, a unit (its active save), `UNIT@{1}` (the active save before the
 * last move), `UNIT@{candidate}`, a tag, the name of a ref; each may be followed by `~N` (N saves back) and `^` (one save back;
 * `^2` the second parent).
 *
 * @throws VibesafeUsageError when it names none, or more than one
 */
export function resolveRevision(store: Store, text: string): CommitId {
  const id = resolveObject(store, text, "commit");
  requirePresent(store, id, text);
  return peelTo(store, id, "commit") ?? fail(text, `it names a ${typeBehind(store, id)}, not a commit`);
}

/**
 * The object that `text` names: a revision, `REV^{tree}`, `REV^{commit}`, `REV^{}` (what a tag stands for), `REV:path` (what lies
 * there in its tree), `REV:` (the tree).
 *
 * @param wanted - which of several objects a short id means
 * @returns an id; of a full id it is not said that the store has the object
 * @throws VibesafeUsageError when it names none, or more than one
 */
export function resolveObject(store: Store, text: string, wanted: Wanted = "any"): ObjectId {
  const colon = pathAt(store, text);
  if (colon === -1) return resolveCommitish(store, text, wanted);
  if (colon === 0) fail(text, "a revision stands before the colon; neither messages nor an index are looked through");
  const path = text.slice(colon + 1);
  const root = resolveCommitish(store, text.slice(0, colon), "tree");
  requirePresent(store, root, text);
  const tree = peelTo(store, root, "tree") ?? fail(text, `it names a ${typeBehind(store, root)}, which has no paths`);
  return atPath(store, tree, path) ?? fail(text, `there is no ${path} in ${tree.slice(0, 16)}`);
}

/** What lies at a path below a tree; undefined for nothing. */
export function atPath(store: Store, tree: TreeId, path: string): ObjectId | undefined {
  let at: ObjectId = tree;
  let isTree = true;
  for (const part of path.split("/").filter((name) => name !== "")) {
    const entry: TreeEntry | undefined = isTree ? readTree(store, at as TreeId).find(({ name }) => name === part) : undefined;
    if (entry === undefined) return undefined;
    at = entry.id;
    isTree = entry.mode === TREE_MODE;
  }
  return at;
}

/** Whether `text` is spelled in a way that only a revision is, or is the name of a ref. */
export function looksLikeRevision(store: Store, text: string): boolean {
  if (/@\{|[~^]\d*$|\^\{[a-z]*\}$/.test(text) || /^[0-9a-f]{4,64}$/.test(text)) return true;
  const ref = refNamed(store, text);
  return ref !== undefined && !ref.startsWith("refs/units/");
}

/** Where the path of `REV:path` begins, less one; -1 where there is none. A colon in braces, or in the name of a unit, is none. */
function pathAt(store: Store, text: string): number {
  if (refNamed(store, text) !== undefined) return -1;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === "{") depth++;
    else if (character === "}") depth--;
    else if (character === ":" && depth === 0) return i;
  }
  return -1;
}

const PARTS = /^(.+?)(?:@\{([^{}]*)\})?((?:~\d*|\^\{[^{}]*\}|\^\d*)*)$/s;

function resolveCommitish(store: Store, text: string, wanted: Wanted): ObjectId {
  const parts = PARTS.exec(text);
  if (parts === null || text.length > 8 * ID_HEX) throw noRevision(text.slice(0, 200), "it is no revision");
  const [, base = "", selector, suffix = ""] = parts;
  const steps = [...suffix.matchAll(/~(\d*)|\^\{([^{}]*)\}|\^(\d*)/g)];
  const start = selector === undefined ? resolveBase(store, base, wantedBy(steps[0], wanted), text) : resolveSelector(store, base, selector, text);
  let at = start;
  for (const [, back, type, parent] of steps) {
    requirePresent(store, at, text);
    if (type !== undefined) at = peelAsAsked(store, at, type, text);
    else if (back !== undefined) at = ancestor(store, at, back === "" ? 1 : Number(back), text);
    else at = parentOf(store, at, parent === "" || parent === undefined ? 1 : Number(parent), text);
  }
  return at;
}

/** A short id before `^` or `~` must be a commit's, as git reads it too. */
function wantedBy(step: RegExpExecArray | undefined, wanted: Wanted): Wanted {
  if (step === undefined) return wanted;
  const type = step[2];
  if (type === undefined || type === "commit") return "commit";
  return type === "tree" ? "tree" : "any";
}

function peelAsAsked(store: Store, id: ObjectId, type: string, text: string): ObjectId {
  const behind = peelTags(store, id);
  if (type === "") return behind.id;
  if (type === "object") return id;
  if (type === "commit" || type === "tree") return peelTo(store, id, type) ?? fail(text, `it names a ${behind.type}, not a ${type}`);
  const own = readObject(store, id).type;
  if (type === "tag" && own === "tag") return id;
  if (type === "blob" && behind.type === "blob") return behind.id;
  throw noRevision(text, type === "tag" || type === "blob" ? `it names a ${own}, not a ${type}` : `^{${type}} is none of ^{commit}, ^{tree}, ^{blob}, ^{tag}, ^{object}, ^{}`);
}

function ancestor(store: Store, id: ObjectId, generations: number, text: string): CommitId {
  let at = commitOf(store, id, text);
  for (let step = 0; step < generations; step++) {
    at = readParents(store, at)[0] ?? fail(text, `history ends at ${at.slice(0, 16)}`);
  }
  return at;
}

function parentOf(store: Store, id: ObjectId, number: number, text: string): CommitId {
  const at = commitOf(store, id, text);
  return number === 0 ? at : (readParents(store, at)[number - 1] ?? fail(text, `${at.slice(0, 16)} has no parent ${number}`));
}

function commitOf(store: Store, id: ObjectId, text: string): CommitId {
  return peelTo(store, id, "commit") ?? fail(text, `it names a ${typeBehind(store, id)}, not a commit`);
}

/** A full id that the store does not have was typed wrong; whatever else leads to an absent object is damage, which its reader tells. */
function requirePresent(store: Store, id: ObjectId, text: string): void {
  if (text.startsWith(id) && !hasObject(store, id)) throw noRevision(text, `the store has no object ${id}`);
}

function fail(text: string, why: string): never {
  throw noRevision(text, why);
}
