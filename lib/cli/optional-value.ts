/**
 * Options whose value may be left out, as in git's `--short` and `--short=8`.
 *
 * @module
 */

/**
 * Parses as text, `--short REV` takes REV for the value. A number is one; anything else goes back to the arguments.
 *
 * @returns the number, if any, and the arguments
 */
export function optionalNumber(value: string | undefined, args: readonly string[]): { readonly number: number | undefined; readonly args: readonly string[] } {
  if (value === undefined || value === "") return { number: undefined, args };
  return /^\d{1,2}$/.test(value) ? { number: Number(value), args } : { number: undefined, args: [value, ...args] };
}
