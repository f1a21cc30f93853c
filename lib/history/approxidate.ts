/**
 * Points in the past as `--prune` takes them: a part of git's "approxidate".
 *
 * @module
 */

import { parseDate } from "./git-date.ts";

const SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 7 * 86_400, month: 30 * 86_400, year: 365 * 86_400 };

/**
 * How many seconds ago it was: `now`, `all`, `never`, `2.weeks.ago`, `2 weeks ago`, `yesterday`, or a date.
 *
 * @param now - seconds since 1970
 * @returns infinity for never; undefined for what is none of these
 */
export function graceSeconds(text: string, now: number): number | undefined {
  const words = text.trim().toLowerCase();
  if (words === "now" || words === "all") return 0;
  if (words === "never" || words === "false") return Number.POSITIVE_INFINITY;
  if (words === "yesterday") return SECONDS["day"];
  const [, number, unit] = /^(\d{1,6})[. ]([a-z]+?)s?(?:[. ]ago)?$/.exec(words) ?? [];
  const length = unit === undefined ? undefined : SECONDS[unit];
  if (number !== undefined && length !== undefined) return Number(number) * length;
  const date = parseDate(/^\d{4}-\d{2}-\d{2}$/.test(words) ? `${words}T00:00:00` : text);
  return date === undefined ? undefined : Math.max(0, now - date.seconds);
}
