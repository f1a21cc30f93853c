/**
 * Which of some units a call in compiled code is for. Only what is certain counts: to be wrong is to run the code of another unit.
 *
 * @module
 */

import { isTypeScript, type CallSite } from "./call-site.ts";
import { constOfCall } from "./script.ts";

/** What the code calls the function that it hands over. */
export interface Said {
  /** Name of the const that the call initialises, where that is plain to see. */
  readonly declared: string | undefined;
  /** The function's own name; empty for an arrow function. */
  readonly own: string;
}

export function saidAt({ file, line, column }: CallSite, own: string): Said {
  return { declared: isTypeScript(file) || line === 0 ? undefined : constOfCall(file, line, column), own };
}

/** How to look at a unit. */
export interface Look<T> {
  readonly nameOf: (unit: T) => string;
  /** The line that the source map gives lies in it; undefined where there is none. */
  readonly isAt: ((unit: T) => boolean) | undefined;
}

/**
 * The unit of a file that a call is for: by its line in the source and by its name. Where the two say different things, the code was
 * compiled from another text than the one with these lines, and neither counts.
 */
export function whichUnit<T>(units: readonly T[], { nameOf, isAt }: Look<T>, { declared, own }: Said): T | undefined {
  const name = declared ?? own;
  const named = single(units.filter((unit) => nameOf(unit) === name));
  const placed = isAt === undefined ? undefined : single(units.filter(isAt));
  if (placed === undefined || placed === named) return named;
  return named === undefined && (name === "" || isRenamed(name, nameOf(placed))) ? placed : undefined;
}

/** Compilers put digits behind a name that is taken: esbuild makes `f2` of a function `f` in a const `f`, Rollup `f$1`. */
export function isRenamed(said: string, name: string): boolean {
  return said.length > name.length && said.startsWith(name) && /^\$?\d+$/.test(said.slice(name.length));
}

export function single<T>(found: readonly T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}
