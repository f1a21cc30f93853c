#!/usr/bin/env node
/**
 * Starts the command line, nothing else. `--version` is answered before anything is loaded.
 *
 * @module
 */

import { printKept, useCompileCache } from "../lib/cli/kept-process.ts";
import { QUICK_COMMANDS, SHARING_COMMANDS } from "../lib/cli/quick-commands.ts";
import { VERSION } from "../lib/version.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  void run();
}

/** Not awaited at the top level, which only modules may: the build makes CommonJS of this file. */
async function run(): Promise<void> {
  if (await printKept(args)) return;
  useCompileCache();
  const [name = ""] = args;
  const { runProcess } = await (QUICK_COMMANDS.includes(name) ? import("../lib/cli/quick.ts") : SHARING_COMMANDS.includes(name) ? import("../lib/cli/sharing.ts") : import("../lib/cli/process.ts"));
  await runProcess(args);
}
