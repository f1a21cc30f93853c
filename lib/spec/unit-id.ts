/**
 * Unit ids, `<module.path>/<name>`, and the refs that carry them.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { decodeRefComponent, encodeRefComponent } from "../store/ref-name.ts";
import type { UnitId } from "./types.ts";

/** Extensions of the files that specs live in. */
export const SOURCE_EXTENSION: RegExp = /\.(?:[cm]?[jt]s|[jt]sx)$/;

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*(?:\.[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)?$/u;

export const UNIT_REFS = "refs/units/";
export const CANDIDATE_REFS = "refs/candidates/";

/** Not in ids: what would break the lines of a commit message or a table, and what is no Unicode text. */
const UNFIT = /[\0-\x1f\x7f\u2028\u2029\p{Cs}]/u;

/**
 * The module path of a file: without extension, `/` written `.`, in Unicode's composed form (macOS hands out the decomposed one).
 *
 * @param file - POSIX path from the project root
 * @throws VibesafeUsageError when the file lies outside the project, or its path holds control characters
 */
export function modulePathOf(file: string): string {
  if (UNFIT.test(file)) {
    throw new VibesafeUsageError(`${JSON.stringify(file)} holds control characters`, { remedy: "rename the file" });
  }
  const segments = file.split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    throw new VibesafeUsageError(`${file} is no path inside the project`, { remedy: "move the file below the folder of vibesafe.toml" });
  }
  return file.replace(SOURCE_EXTENSION, "").replaceAll("/", ".").normalize("NFC");
}

/** @throws VibesafeUsageError when the file has no module path or `name` is no identifier */
export function unitIdOf(file: string, name: string): UnitId {
  return parseUnitId(`${modulePathOf(file)}/${name}`);
}

/** Most ids: the two patterns above, with Unicode's tables, take a program that loads a thousand units some milliseconds. */
const USUAL_ID = /^[\w.$@+-]+\/[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)?$/;

/** Tells whether `text` is spelled as a unit id. */
export function isUnitId(text: string): text is UnitId {
  if (USUAL_ID.test(text)) return true;
  const slash = text.indexOf("/");
  return slash > 0 && !UNFIT.test(text) && NAME.test(text.slice(slash + 1));
}

/** @throws VibesafeUsageError when `text` is not `<module.path>/<name>` */
export function parseUnitId(text: string): UnitId {
  if (isUnitId(text)) return text;
  throw new VibesafeUsageError(`${JSON.stringify(text)} is no unit id`, {
    remedy: "write it <module.path>/<name>, as in examples.math.ops/sumStr; `vibe scan` lists them",
  });
}

/** Module path and name of a unit. */
export function splitUnitId(id: UnitId): { readonly modulePath: string; readonly name: string } {
  const slash = id.indexOf("/");
  return { modulePath: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** The ref of a unit's active save. @throws VibesafeUsageError when the id is too long for a file name */
export function unitRef(id: UnitId): string {
  return UNIT_REFS + refPath(id);
}

/** The ref of a unit's candidate. @throws VibesafeUsageError when the id is too long for a file name */
export function candidateRef(id: UnitId): string {
  return CANDIDATE_REFS + refPath(id);
}

function refPath(id: UnitId): string {
  const { modulePath, name } = splitUnitId(id);
  return `${encodeRefComponent(modulePath)}/${encodeRefComponent(name)}`;
}

/** The unit that a ref of either kind belongs to, or undefined when it is no unit's ref. */
export function refUnit(ref: string): UnitId | undefined {
  const prefix = [UNIT_REFS, CANDIDATE_REFS].find((start) => ref.startsWith(start));
  if (prefix === undefined) return undefined;
  const parts = ref.slice(prefix.length).split("/").map(decodeRefComponent);
  const [modulePath, name] = parts;
  const text = `${modulePath}/${name}`;
  return parts.length === 2 && modulePath !== undefined && name !== undefined && isUnitId(text) ? text : undefined;
}
