/**
 * Finds the command among the arguments, as git does: global flags may stand before it.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";

export interface SplitArgv {
  readonly name: string | undefined;
  /** Everything but the command's name and `-C`. */
  readonly rest: readonly string[];
  /** `-C DIR` before the command. */
  readonly folder: string | undefined;
}

export function splitArgv(argv: readonly string[]): SplitArgv {
  const before: string[] = [];
  let folder: string | undefined;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? "";
    if (arg === "-C") {
      folder = argv[++i];
      if (folder === undefined) throw new VibesafeUsageError("-C needs a folder", { remedy: "write it as in `vibe -C packages/app status`" });
    } else if (arg.startsWith("-")) {
      before.push(arg);
    } else {
      return { name: arg, rest: [...before, ...argv.slice(i + 1)], folder };
    }
  }
  return { name: undefined, rest: before, folder };
}
