/**
 * The version of vibesafe that is running.
 *
 * @module
 */

/** Kept equal to `package.json` by a test: a read at run time would cost every import a file access. */
export const VERSION = "0.1.0";
