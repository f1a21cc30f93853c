/**
 * What a sandbox child can reach of this machine, tried out: code that has got out of its realm, past the policy and the locked
 * language, and has only the process around it.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { Readable } from "node:stream";
import { CHILD_ENVIRONMENT } from "./child-process.ts";
import { launchCommand, type LaunchOptions, type SandboxLayers } from "./launch.ts";

/** What is tried. */
export const REACHES = ["code from text", "signals", "read files", "write files", "child processes", "workers", "native add-ons", "inspector", "network", "environment"] as const;

export type Reach = (typeof REACHES)[number];

export interface Probe {
  readonly layers: SandboxLayers;
  /** The child ran and answered. */
  readonly ran: boolean;
  /** What was refused, and with which error. Not named: it was possible. */
  readonly refused: ReadonlyMap<Reach, string>;
  /** What the child said where it did not run. */
  readonly errorText: string;
}

const LIMIT_MS = 20_000;

/** What a shell and macOS set by themselves: nothing that was ours. */
const OF_THE_SYSTEM = ["PWD", "OLDPWD", "SHLVL", "_", "__CF_USER_TEXT_ENCODING"];

/** Tries each reach, and leaves nothing behind where it succeeds. */
const PROGRAM = `"use strict";
const refused = {};
const attempt = (name, run) => { try { run(); } catch (error) { refused[name] = error.code ?? error.name; } };
const fs = require("node:fs");
attempt("code from text", () => new Function("return 1")());
attempt("signals", () => process.kill(-1, 0));
attempt("read files", () => fs.closeSync(fs.openSync(process.argv[2] + "-secret", "r")));
attempt("write files", () => { fs.writeFileSync(process.argv[2], "x"); fs.rmSync(process.argv[2]); });
attempt("child processes", () => { const { error } = require("node:child_process").spawnSync(process.execPath, ["-e", "0"]); if (error) throw error; });
attempt("workers", () => { new (require("node:worker_threads").Worker)("0", { eval: true }).terminate(); });
attempt("native add-ons", () => { try { process.dlopen({ exports: {} }, "/"); } catch (error) { if (/disabled|denied/i.test(error.code + error.message)) throw error; } });
attempt("inspector", () => { const i = require("node:inspector"); const s = new i.Session(); s.connect(); s.disconnect(); });
if (Object.keys(process.env).filter((name) => !JSON.parse(process.argv[3]).includes(name)).length === 0) refused["environment"] = "empty";
const tell = () => { fs.writeSync(3, JSON.stringify(refused)); process.exit(0); };
const socket = require("node:net").connect({ host: "127.0.0.1", port: Number(process.argv[1]) });
socket.on("connect", tell).on("error", (error) => { refused["network"] = error.code ?? error.name; tell(); });
`;

export interface ProbeOptions extends LaunchOptions {
  /** Path of a file that may be made and removed, also with `-secret` behind it. */
  readonly scratch: string;
}

/** Starts one child as the gates do and tells what it can reach. */
export async function probeSandbox(options: ProbeOptions): Promise<Probe> {
  const secret = `${options.scratch}-secret`;
  writeFileSync(secret, "secret");
  const server = createServer((socket) => void socket.destroy());
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  try {
    const { command, args, layers } = launchCommand({ ...options, program: PROGRAM });
    const child = spawn(command, [...args, String(portOf(server)), options.scratch, JSON.stringify([...Object.keys(CHILD_ENVIRONMENT), ...OF_THE_SYSTEM])], {
      stdio: ["ignore", "ignore", "pipe", "pipe"],
      env: CHILD_ENVIRONMENT,
      cwd: "/",
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
      windowsHide: true,
    });
    const [answer, errorText] = await Promise.all([textOf(child.stdio[3] as Readable), textOf(child.stderr as Readable), new Promise((resolve) => void child.on("close", resolve).on("error", resolve))]);
    return { layers, ...answered(answer), errorText: errorText.trim() };
  } finally {
    server.close();
    rmSync(secret, { force: true });
  }
}

function answered(text: string): Pick<Probe, "ran" | "refused"> {
  try {
    const refused = JSON.parse(text) as Readonly<Record<string, string>>;
    return { ran: true, refused: new Map(REACHES.flatMap((reach) => (refused[reach] === undefined ? [] : [[reach, refused[reach]] as const]))) };
  } catch (error) {
    // It ended before it could say anything.
    if (error instanceof SyntaxError) return { ran: false, refused: new Map() };
    throw error;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += String(chunk);
  return text;
}
