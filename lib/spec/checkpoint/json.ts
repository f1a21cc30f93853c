/**
 * JSON inside checkpoints: one way to write it, and readers that say where it is wrong.
 *
 * @module
 */

import { VibesafeStoreError } from "../../errors.ts";

/** Writes `value` with two spaces, keys in code point order, LF and a final newline: equal values give equal bytes. */
export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, item: unknown) => (isRecord(item) ? sortKeys(item) : item), 2)}\n`;
}

/** Parses the text of a checkpoint's JSON file. @throws VibesafeStoreError when it is none */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VibesafeStoreError(`${file}: ${cause.message}`, { cause, remedy: REMEDY });
  }
}

/** Reads one kind of value; `path` names it in the message. */
export type Reader<T> = (value: unknown, path: string) => T;

export const text: Reader<string> = (value, path) => (typeof value === "string" ? value : refuse(path, "a text", value));

export const flag: Reader<boolean> = (value, path) => (typeof value === "boolean" ? value : refuse(path, "true or false", value));

export const finite: Reader<number> = (value, path) =>
  typeof value === "number" && Number.isFinite(value) ? value : refuse(path, "a number", value);

/** An instant in ISO 8601, UTC. */
export const instant: Reader<string> = (value, path) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) ? value : refuse(path, "an instant in UTC", value);

/** A SHA-256 in lower-case hex. */
export const digest: Reader<string> = (value, path) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value : refuse(path, "a SHA-256 in hex", value);

export const record: Reader<Readonly<Record<string, unknown>>> = (value, path) => (isRecord(value) ? value : refuse(path, "an object", value));

export function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, path) => (Array.isArray(value) ? value.map((one, i) => item(one, `${path}[${i}]`)) : refuse(path, "a list", value));
}

export function mapOf<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, path) => Object.fromEntries(Object.entries(record(value, path)).map(([key, one]) => [key, item(one, `${path}.${key}`)]));
}

export function nullOr<T>(item: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : item(value, path));
}

/** Absent counts as undefined; null does not. */
export function optional<T>(item: Reader<T>): Reader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : item(value, path));
}

export function oneOf<const T extends string | number>(...choices: readonly T[]): Reader<T> {
  return (value, path) => choices.find((choice) => choice === value) ?? refuse(path, choices.map((c) => JSON.stringify(c)).join(" or "), value);
}

/** Throws the error for a value of the wrong shape. */
export function refuse(path: string, wanted: string, found: unknown): never {
  const shown = found === undefined ? "nothing" : (JSON.stringify(found)?.slice(0, 80) ?? typeof found);
  throw new VibesafeStoreError(`${path}: expected ${wanted}, found ${shown}`, { remedy: REMEDY });
}

const REMEDY = "run `vibe fsck`; if the store is sound, a newer vibesafe wrote this: upgrade";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(value).sort(byCodePoint).map((key) => [key, value[key]]));
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
