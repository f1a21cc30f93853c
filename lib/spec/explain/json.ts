/**
 * What changed in a JSON file, by the path of each value.
 *
 * @module
 */

import { short } from "./change.ts";

/** As many changes are told one by one. */
const MOST = 3;

/** `rates.USD: 1.1 -> 1.2`; undefined where one of the texts is no JSON object or array, or nothing but an order changed. */
export function explainJson(before: string, after: string): string | undefined {
  const [old, now] = [parse(before), parse(after)];
  if (old === undefined || now === undefined) return undefined;
  const changes: string[] = [];
  compare("", old, now, changes);
  if (changes.length === 0) return undefined;
  const more = changes.length - MOST;
  return changes.slice(0, MOST).join(", ") + (more > 0 ? `, and ${more} more` : "");
}

function parse(text: string): object | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch (error) {
    // Code that begins as JSON does.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function compare(path: string, old: unknown, now: unknown, changes: string[]): void {
  if (typeof old === "object" && old !== null && typeof now === "object" && now !== null && Array.isArray(old) === Array.isArray(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const place = Array.isArray(old) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      if (!Object.hasOwn(now, key)) changes.push(`removed ${place}`);
      else if (!Object.hasOwn(old, key)) changes.push(`added ${place}`);
      else compare(place, Reflect.get(old, key), Reflect.get(now, key), changes);
    }
  } else if (old !== now) changes.push(`${path}: ${short(JSON.stringify(old))} -> ${short(JSON.stringify(now))}`);
}
