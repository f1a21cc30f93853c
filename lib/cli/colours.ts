/**
 * Colours, on or off; decided by the caller, not by the process.
 *
 * @module
 */

import pico from "picocolors";

export type Colours = Pick<ReturnType<typeof pico.createColors>, "red" | "green" | "yellow" | "cyan" | "bold" | "dim">;

export function colours(enabled: boolean): Colours {
  return pico.createColors(enabled);
}
