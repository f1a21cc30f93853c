/**
 * Harness files, written by the commands that may change the working tree.
 *
 * @module
 */

import type { HashedSpec } from "../spec/types.ts";
import { writeHarness } from "../verify/harness.ts";
import type { Context } from "./context.ts";

/** Writes the harness files of saved units where they are missing or say something else, and tells which if `tells`. */
export function writeHarnesses(context: Context, units: readonly HashedSpec[], tells: boolean = true): void {
  for (const hashed of units) {
    const { path, written } = writeHarness(context.project(), hashed.spec);
    if (written && tells) context.say(`wrote ${path}`);
  }
}
