/**
 * The command that starts a sandbox child: node with what this version of it can refuse, inside the layers of the operating system.
 *
 * @module
 */

import { NO_WRAPPER, systemWrapper, type SystemLayer } from "./wrapper.ts";

/** What stands between generated code and the machine, beyond the separate process and the realm without a way out. */
export interface SandboxLayers extends Readonly<Record<SystemLayer, boolean>> {
  /** Node's permission model: no files, no child processes, no workers, no add-ons. */
  readonly permission: boolean;
  /** Node's own network permission. */
  readonly nodeNetwork: boolean;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly layers: SandboxLayers;
}

/** Reads the program from standard input and runs it: the child may open no file, not even its own. */
const BOOT = `"use strict";
const { readSync } = require("node:fs");
const pause = new Int32Array(new SharedArrayBuffer(4));
function read(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    let got;
    try { got = readSync(0, bytes, at, size - at); } catch (error) {
      if (error.code === "EAGAIN") { Atomics.wait(pause, 0, 0, 2); continue; }
      if (error.code === "EOF") return undefined;
      throw error;
    }
    if (got === 0) return undefined;
    at += got;
  }
  return bytes;
}
function receive() {
  let size = "";
  for (;;) {
    const byte = read(1);
    if (byte === undefined) return undefined;
    if (byte[0] === 10) return read(Number(size))?.toString("utf8");
    size += String.fromCharCode(byte[0]);
  }
}
const program = require("node:vm").runInThisContext(receive(), { filename: "harness.js" });
program(require).main(receive);
`;

export interface LaunchOptions {
  /** False: the same child without the layers. */
  readonly sandboxed: boolean;
  readonly memoryMb: number;
  /** What it runs; the harness if not given. */
  readonly program?: string;
  /** Layers to leave out, so that a test can see what the others hold. */
  readonly without?: readonly ("permission" | "system")[];
}

export function launchCommand(options: LaunchOptions): Launch {
  const flags = ["--no-warnings", `--max-old-space-size=${options.memoryMb}`, "--disallow-code-generation-from-strings"];
  const known = process.allowedNodeEnvironmentFlags;
  const isUsed = (layer: "permission" | "system"): boolean => options.sandboxed && options.without?.includes(layer) !== true;
  const flag = isUsed("permission") ? ["--permission", "--experimental-permission"].find((name) => known.has(name)) : undefined;
  if (flag !== undefined) flags.push(flag, "--no-addons");
  const { prefix, layers } = isUsed("system") ? systemWrapper() : NO_WRAPPER;
  const [command = process.execPath, ...args] = [...prefix, process.execPath, ...flags, "-e", options.program ?? BOOT];
  return { command, args, layers: { ...layers, permission: flag !== undefined, nodeNetwork: flag !== undefined && known.has("--allow-net") } };
}
