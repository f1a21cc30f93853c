/**
 * Revisions: the ways to name a commit on the command line (gitrevisions(7), as far as a store of units needs it).
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { nearest } from "../project/nearest.ts";
import { candidateRef, parseUnitId, refUnit, unitRef } from "../spec/unit-id.ts";
import type { UnitId } from "../spec/types.ts";
import { ID_HEX, parseId, type CommitId } from "../store/id.ts";
import { readCommit, readObject } from "../store/read.ts";
import { readReflog } from "../store/reflog.ts";
import { listRefs, readRef } from "../store/refs.ts";
import { findByPrefix } from "../store/resolve-prefix.ts";
import type { Store } from "../store/store.ts";

/** Fewer hex digits name nothing, as in git. */
const MIN_PREFIX = 4;

/**
 * The commit that `text` names: a full or unambiguous short id, a unit (its active save), `UNIT@{1}` (the active save before the
 * last move), `UNIT@{candidate}`; each may be followed by `~N` (N saves back) and `^` (one save back; `^2` the second parent).
 *
 * @throws VibesafeUsageError when it names none, or more than one
 */
export function resolveRevision(store: Store, text: string): CommitId {
  const parts = /^(.+?)(?:@\{([^{}]*)\})?((?:[~^]\d*)*)$/.exec(text);
  if (parts === null) throw noRevision(text, "it is no revision");
  const [, base = "", selector, suffix = ""] = parts;
  const start = selector === undefined ? resolveBase(store, base, text) : resolveSelector(store, base, selector, text);
  return walk(store, start, suffix, text);
}

function resolveBase(store: Store, base: string, text: string): CommitId {
  if (base.includes("/")) {
    const unit = parseUnitId(base);
    return readRef(store, unitRef(unit)) ?? fail(noUnit(store, unit, text));
  }
  if (!/^[0-9a-f]+$/.test(base) || base.length < MIN_PREFIX || base.length > ID_HEX) {
    throw noRevision(text, "an id has 4 to 64 hex digits, a unit reads module.path/name");
  }
  const found = findByPrefix(store, base);
  const commits = found.filter((id): id is CommitId => readObject(store, id).type === "commit");
  const [only] = commits;
  if (only !== undefined && commits.length === 1) return only;
  if (only !== undefined) throw noRevision(text, `${commits.length} commits begin so: ${commits.map((id) => id.slice(0, 16)).join(", ")}`);
  const other = found[0];
  throw noRevision(text, other === undefined ? "no object begins so" : `it names a ${readObject(store, other).type}, not a commit`);
}

function resolveSelector(store: Store, base: string, selector: string, text: string): CommitId {
  const unit = parseUnitId(base);
  if (selector === "candidate") {
    const candidate = readRef(store, candidateRef(unit));
    if (candidate === undefined) throw noRevision(text, `${unit} has no candidate`);
    return candidate;
  }
  if (!/^\d{1,9}$/.test(selector)) throw noRevision(text, `@{${selector}} is neither a number nor @{candidate}`);
  const current = readRef(store, unitRef(unit)) ?? fail(noUnit(store, unit, text));
  if (selector === "0") return current;
  const moves = readReflog(store, unitRef(unit));
  const from = moves[moves.length - Number(selector)]?.from;
  if (from === undefined || from === null) throw noRevision(text, `the reflog of ${unit} holds ${moves.length} moves`);
  return parseId<"commit">(from);
}

function walk(store: Store, start: CommitId, suffix: string, text: string): CommitId {
  let at = start;
  for (const [, kind, digits] of suffix.matchAll(/([~^])(\d*)/g)) {
    const count = digits === "" ? 1 : Number(digits);
    // `~3` is three first parents; `^3` is one step, to the third parent; `^0` and `~0` stay.
    const steps = kind === "~" ? count : Math.min(count, 1);
    for (let step = 0; step < steps; step++) {
      const parent = readCommit(store, at).parents[kind === "~" ? 0 : count - 1];
      if (parent === undefined) throw noRevision(text, `history ends at ${at.slice(0, 16)}`);
      at = parent;
    }
  }
  return at;
}

function noUnit(store: Store, unit: UnitId, text: string): VibesafeUsageError {
  const known = listRefs(store, "refs/units/").flatMap(({ name }) => refUnit(name) ?? []);
  const close = nearest(unit, known, 2);
  return new VibesafeUsageError(`no revision ${text}: ${unit} has no active checkpoint`, {
    remedy: close.length === 0 ? "run `vibe compile`, then `vibe save`" : `did you mean ${close.join(" or ")}?`,
  });
}

function noRevision(text: string, why: string): VibesafeUsageError {
  return new VibesafeUsageError(`no revision ${text}: ${why}`, { remedy: "`vibe log` shows what there is" });
}

function fail(error: VibesafeUsageError): never {
  throw error;
}
