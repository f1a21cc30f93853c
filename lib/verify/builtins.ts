/**
 * Node's own modules in the sandbox.
 *
 * @module
 */

/** Modules that compute and nothing else; whoever imports another one gets functions that refuse to work. */
const LENDABLE = new Set([
  "assert", "assert/strict", "buffer", "constants", "crypto", "events", "os", "path", "path/posix", "path/win32", "punycode", "querystring", "stream",
  "stream/consumers", "stream/promises", "stream/web", "string_decoder", "timers", "timers/promises", "url", "util", "util/types", "zlib",
]);

/** How a message ends about something that the sandbox keeps from the code in it. */
export const NOT_IN_SANDBOX = "is not available in the sandbox";

/** Name without `node:`. */
export function builtinName(specifier: string): string {
  return specifier.startsWith("node:") ? specifier.slice(5) : specifier;
}

export function isLendable(name: string): boolean {
  return LENDABLE.has(name);
}
