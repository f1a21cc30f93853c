/**
 * What the environment says of colours. It loads nothing: answers from an earlier run ask it, too.
 *
 * @module
 */

/** Whether a terminal may be given colours: neither NO_COLOR (no-color.org) nor a TERM that knows none. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>): boolean {
  return !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
