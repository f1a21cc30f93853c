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
  return { field, kind: "added", before: null, after, text };
}

export function removed(field: string, before: string, text: string): Change {
  return { field, kind: "removed", before, after: null, text };
}

export function modified(field: string, before: string | null, after: string | null, text: string): Change {
  return { field, kind: "modified", before, after, text };
}

const MAX_SHOWN = 100;

/** Text on one line, short enough to read; for the inside of a sentence. */
export function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN - 1)}…`;
}
