/**
 * Short ids: from a few digits to the one object that begins so, and from an object to the fewest digits that name it.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import type { ObjectId, ObjectType } from "../store/id.ts";
import { parseCommit } from "../store/commit.ts";
import { readObject, tryReadObject } from "../store/read.ts";
import { findByPrefix } from "../store/resolve-prefix.ts";
import type { Store } from "../store/store.ts";
import { parseTag } from "../store/tag.ts";
import { formatDate } from "./git-date.ts";
import { typeBehind } from "./peel.ts";

/** What kind of object the place that a short id stands in can use. */
export type Wanted = "any" | "commit" | "tree";

/** Digits that git shows of an id, more where they do not tell it from others (core.abbrev). */
const USUAL_LENGTH = 7;

/**
 * The object whose id begins with `digits`. Where several do, the one that can stand where `wanted` is.
 *
 * @returns undefined when no object begins so
 * @throws VibesafeUsageError when several do, with a line on each, as git lists them
 */
export function resolveShortId(store: Store, digits: string, wanted: Wanted): ObjectId | undefined {
  const found = findByPrefix(store, digits);
  if (found.length < 2) return found[0];
  const fitting = wanted === "any" ? found : found.filter((id) => fits(store, id, wanted));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const shown = byTypeThenId(store, fitting.length === 0 ? found : fitting);
  throw new VibesafeUsageError([`short id ${digits} is ambiguous; the candidates are:`, ...shown.map((id) => `  ${describe(store, id)}`)].join("\n"), {
    remedy: "give more digits",
  });
}

/** Whether `text` is the beginning of several ids. */
export function isAmbiguous(store: Store, text: string): boolean {
  return /^[0-9a-f]{4,63}$/i.test(text) && findByPrefix(store, text).length > 1;
}

/** The fewest digits, but at least `length`, that name an object and no other. */
export function abbreviate(store: Store, id: ObjectId, length: number = USUAL_LENGTH): string {
  const others = findByPrefix(store, id.slice(0, Math.max(length, 4))).filter((other) => other !== id);
  let digits = Math.max(length, 4);
  while (others.some((other) => other.startsWith(id.slice(0, digits)))) digits += 1;
  return id.slice(0, digits);
}

function fits(store: Store, id: ObjectId, wanted: "commit" | "tree"): boolean {
  const type = typeBehind(store, id);
  return type === "commit" || (wanted === "tree" && type === "tree");
}

const ORDER: Readonly<Record<ObjectType, number>> = { tag: 0, commit: 1, tree: 2, blob: 3 };

/** Git's order of the candidates of an ambiguous id. */
function byTypeThenId(store: Store, ids: readonly ObjectId[]): ObjectId[] {
  const typed = ids.map((id) => ({ id, order: ORDER[readObject(store, id).type] }));
  return typed.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

function describe(store: Store, id: ObjectId): string {
  const object = tryReadObject(store, id);
  const name = abbreviate(store, id, 16);
  if (object?.type === "commit") {
    const { author, message } = parseCommit(object.payload);
    return `${name} commit ${formatDate(author).slice(0, 10)} - ${message.split("\n")[0] ?? ""}`;
  }
  if (object?.type === "tag") {
    const tag = parseTag(object.payload);
    return `${name} tag ${formatDate(tag.tagger).slice(0, 10)} - ${tag.name}`;
  }
  return `${name} ${object?.type ?? "missing"}`;
}
