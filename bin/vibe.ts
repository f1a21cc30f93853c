#!/usr/bin/env node
/**
 * Starts the command line, nothing else. `--version` is answered before anything is loaded.
 *
 * @module
 */

import { VERSION } from "../lib/version.ts";

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  process.stdout.write(`${VERSION}\n`);
} else {
  const nodeModule = await import("node:module");
  // Node 22.1 and newer keep compiled code between runs; Node 20 has no such function.
  if ("enableCompileCache" in nodeModule && typeof nodeModule.enableCompileCache === "function") nodeModule.enableCompileCache();
  const { runProcess } = await import("../lib/cli/process.ts");
  await runProcess(args);
}
