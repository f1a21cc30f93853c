/**
 * The command line with the quick commands alone; the build makes one file of it.
 *
 * @module
 */

export { runProcess } from "./process.ts";
