/**
 * The command that starts a sandbox child: which layers this machine and this version of node can give.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What stands between generated code and the machine, beyond the separate process and the realm without a way out. */
export interface SandboxLayers {
  /** Node's permission model: no files, no child processes, no workers, no add-ons. */
  readonly permission: boolean;
  /** A network namespace without any interface (Linux), or node's own network permission. */
  readonly network: "namespace" | "permission" | "none";
  /** Limits of the operating system: no core dump, no file of any size. */
  readonly limits: boolean;
  /** The kernel ends the child when its parent dies. */
  readonly parentDeath: boolean;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly layers: SandboxLayers;
}

interface Wrapper {
  readonly prefix: readonly string[];
  readonly namespace: boolean;
  readonly parentDeath: boolean;
  readonly limits: boolean;
}

const NO_WRAPPER: Wrapper = { prefix: [], namespace: false, parentDeath: false, limits: false };

/** Ten minutes of processor time: a child whose parent is gone, and which never reads again, ends by itself. */
const SHELL_LIMITS = 'ulimit -c 0; ulimit -f 0; ulimit -t 600; exec "$0" "$@"';

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

let probed: Wrapper | undefined;

export interface LaunchOptions {
  /** False: the same child without the layers. */
  readonly sandboxed: boolean;
  readonly memoryMb: number;
  /** What it runs; the harness if not given. */
  readonly program?: string;
}

export function launchCommand(options: LaunchOptions): Launch {
  const flags = ["--no-warnings", `--max-old-space-size=${options.memoryMb}`, "--disallow-code-generation-from-strings"];
  const known = process.allowedNodeEnvironmentFlags;
  let permission = false;
  let wrapper = NO_WRAPPER;
  if (options.sandboxed) {
    const flag = ["--permission", "--experimental-permission"].find((name) => known.has(name));
    permission = flag !== undefined;
    flags.push(...(flag === undefined ? [] : [flag]), "--no-addons");
    wrapper = probed ??= probeWrapper();
  }
  const [command = process.execPath, ...args] = [...wrapper.prefix, process.execPath, ...flags, "-e", options.program ?? BOOT];
  const network = wrapper.namespace ? "namespace" : permission && known.has("--allow-net") ? "permission" : "none";
  return { command, args, layers: { permission, network, limits: wrapper.limits, parentDeath: wrapper.parentDeath } };
}

/** The best wrapper that works here, tried out once per process. */
function probeWrapper(): Wrapper {
  if (process.platform === "win32") return NO_WRAPPER;
  const [unshare, setpriv, sh] = ["unshare", "setpriv", "sh"].map(findProgram);
  const shell = sh === undefined ? [] : [sh, "-c", SHELL_LIMITS];
  const linux = process.platform === "linux";
  const namespaces = linux && unshare !== undefined ? [unshare, "-rn", "--"] : undefined;
  const death = linux && setpriv !== undefined ? [setpriv, "--no-new-privs", "--pdeathsig", "KILL", "--"] : undefined;
  const candidates = [
    [namespaces, death],
    [namespaces, undefined],
    [undefined, death],
    [undefined, undefined],
  ] as const;
  for (const [namespace, parent] of candidates) {
    const prefix = [...(namespace ?? []), ...(parent ?? []), ...shell];
    if (prefix.length > 0 && works(prefix)) return { prefix, namespace: namespace !== undefined, parentDeath: parent !== undefined, limits: shell.length > 0 };
  }
  return NO_WRAPPER;
}

function works(prefix: readonly string[]): boolean {
  const [command = "", ...args] = prefix;
  const truth = findProgram("true");
  if (truth === undefined) return false;
  return spawnSync(command, [...args, truth], { stdio: "ignore", env: {}, timeout: 10_000 }).status === 0;
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/bin"];
  return folders.filter((folder) => folder.startsWith("/")).map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      // Not here, or not ours to run.
      return false;
    }
  });
}
