/**
 * The number of digits that `--short=8`, `--abbrev=8` and `--hash=8` ask for.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";

/** @param value - of an option whose value may be left out; @returns undefined for the usual number */
export function digitsOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new VibesafeUsageError(`${option}=${value}: no number of digits`, { remedy: `write it as in ${option}=8, or ${option} alone` });
}
