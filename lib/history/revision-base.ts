/**
 * The first part of a revision: an id, a unit, or the name of a ref.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { nearest } from "../project/nearest.ts";
import { candidateRef, isUnitId, refUnit, UNIT_REFS, unitRef } from "../spec/unit-id.ts";
import { isId, type ObjectId } from "../store/id.ts";
import { isRefName } from "../store/ref-name.ts";
import { readReflog } from "../store/reflog.ts";
import { listRefs, readRefTarget } from "../store/refs.ts";
import type { Store } from "../store/store.ts";
import { resolveShortId, type Wanted } from "./short-id.ts";

/** Where a name that is no full ref name is looked for (gitrevisions(7), "<refname>"). */
const PLACES = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"] as const;

/**
 * The object that `base` names: a full id (whether or not the store has it), a unit (its active save), a ref, a short id.
 *
 * @param text - the whole revision, for messages
 * @throws VibesafeUsageError when it names none, or more than one
 */
export function resolveBase(store: Store, base: string, wanted: Wanted, text: string): ObjectId {
  if (isId(base)) return base;
  const ref = refNamed(store, base);
  const target = ref === undefined ? undefined : readRefTarget(store, ref);
  if (target !== undefined) return target;
  const short = /^[0-9a-f]{4,64}$/i.test(base) ? resolveShortId(store, base.toLowerCase(), wanted) : undefined;
  if (short !== undefined) return short;
  throw unknown(store, base, text);
}

/** The full name of the ref that `name` means: a unit's, or git's own rules; undefined when there is none. */
export function refNamed(store: Store, name: string): string | undefined {
  if (isUnitId(name) && readRefTarget(store, unitRef(name)) !== undefined) return unitRef(name);
  return PLACES.map((place) => place + name).find((full) => isRefName(full) && readRefTarget(store, full) !== undefined);
}

/**
 * The object that a ref held: `@{1}` before its last move, `@{2}` before the one before; of a unit also `@{candidate}`.
 *
 * A unit whose save was undone has no ref and still its log.
 */
export function resolveSelector(store: Store, base: string, selector: string, text: string): ObjectId {
  if (selector === "candidate") {
    if (!isUnitId(base)) throw noRevision(text, `${JSON.stringify(base)} is no unit`);
    const candidate = readRefTarget(store, candidateRef(base));
    if (candidate === undefined) throw noRevision(text, `${base} has no candidate`);
    return candidate;
  }
  if (!/^\d{1,9}$/.test(selector)) throw noRevision(text, `@{${selector}} is neither a number nor @{candidate}`);
  const ref = refNamed(store, base) ?? (isUnitId(base) ? unitRef(base) : undefined);
  if (ref === undefined) throw unknown(store, base, text);
  const current = readRefTarget(store, ref);
  if (selector === "0" && current !== undefined) return current;
  const moves = readReflog(store, ref);
  if (current === undefined && moves.length === 0) throw unknown(store, base, text);
  const from = selector === "0" ? undefined : moves[moves.length - Number(selector)]?.from;
  if (from === undefined || from === null) throw noRevision(text, `the reflog of ${base} holds ${moves.length} moves`);
  return from;
}

export function noRevision(text: string, why: string): VibesafeUsageError {
  return new VibesafeUsageError(`no revision ${JSON.stringify(text)}: ${why}`, { remedy: "`vibe log` shows what there is" });
}

function unknown(store: Store, base: string, text: string): VibesafeUsageError {
  if (isUnitId(base)) {
    const known = listRefs(store, UNIT_REFS).flatMap(({ name }) => refUnit(name) ?? []);
    const close = nearest(base, known, 2);
    return new VibesafeUsageError(`no revision ${text}: ${base} has no active checkpoint`, {
      remedy: close.length === 0 ? "run `vibe compile`, then `vibe save`" : `did you mean ${close.join(" or ")}?`,
    });
  }
  return noRevision(text, /^[0-9a-f]+$/i.test(base) ? "no object begins so, given at least 4 digits" : "it is no unit, tag, ref or id");
}
