/**
 * Where an import leads now, as the witness of a save spells it.
 *
 * @module
 */

import { VibesafeTypeError } from "../errors.ts";
import { formatResolved, resolveImport } from "../spec/resolve.ts";
import { workspaceAt } from "./burst.ts";

/** Undefined where it leads nowhere. */
export function importLeadsTo(root: string, from: string, specifier: string): string | undefined {
  try {
    return formatResolved(resolveImport(workspaceAt(root), specifier, from));
  } catch (error) {
    if (error instanceof VibesafeTypeError) return undefined;
    throw error;
  }
}
