/**
 * Which of node's modules a realm gets.
 *
 * @module
 */

import { createRequire } from "node:module";

const load = createRequire("file:///sandbox");

/**
 * The module if it is among those lent; else the names that it exports, for a stand-in that refuses to work.
 *
 * @param name - without `node:`
 */
export function lendModule(name: string, lent: readonly string[]): { readonly module: object } | { readonly keys: readonly string[] } {
  let module: unknown;
  try {
    module = load(`node:${name}`);
  } catch (error) {
    // No such module in this version of node, or one that its permission model keeps.
    if (error instanceof Error) return { keys: [] };
    throw error;
  }
  if (typeof module !== "object" && typeof module !== "function") return { keys: [] };
  if (module === null) return { keys: [] };
  if (!lent.includes(name)) return { keys: Object.keys(module) };
  if (isFrozenWell(name)) freezeModule(module);
  return { module };
}

/** Modules of plain functions: frozen, they cannot carry anything from one unit to the next. */
export function isFrozenWell(name: string): boolean {
  return /^(?:path(?:\/posix|\/win32)?|querystring|punycode)$/.test(name);
}

function freezeModule(module: object): void {
  for (const value of Object.values(module)) {
    if (typeof value === "function") Object.freeze(value);
    else if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
      Object.freeze(value);
      freezeModule(value as object);
    }
  }
  Object.freeze(module);
}
