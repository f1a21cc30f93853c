/**
 * The command line with the commands that talk to a host, or that git calls, alone; the build makes one file of it, isomorphic-git's part within.
 *
 * @module
 */

export { runProcess } from "./process.ts";
