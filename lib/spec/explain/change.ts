/**
 * One change between two specs.
 *
 * @module
 */

export interface Change {
  /** Stable path of what changed, as in `signature.parameters.a.type` or `deps.src/parse#parseInteger`. */
  readonly field: string;
  readonly kind: "added" | "removed" | "modified";
  readonly before: string | null;
  readonly after: string | null;
  /** A line for a person. */
  readonly text: string;
}

export function added(field: string, after: string, text: string): Change {
  return { field, kind: "added", before: null, after, text: oneLine(text) };
}

export function removed(field: string, before: string, text: string): Change {
  return { field, kind: "removed", before, after: null, text: oneLine(text) };
}

/** A change of a value; of one that was or is unset, it came or went. */
export function modified(field: string, before: string | null, after: string | null, text: string): Change {
  return { field, kind: before === null ? "added" : after === null ? "removed" : "modified", before, after, text: oneLine(text) };
}

/** Whether two values of plain data are equal; prototypes and the order of keys do not count. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)));
}

const MAX_SHOWN = 100;

/** Text on one line, short enough to read; for the inside of a sentence. */
export function short(text: string): string {
  const line = oneLine(text).trim();
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN - 1)}…`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}
