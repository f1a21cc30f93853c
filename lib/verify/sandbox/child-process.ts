/**
 * One sandbox child as its parent sees it.
 *
 * @module
 */

import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { isFrozenWell } from "./child/lend.ts";
import { launchCommand } from "./launch.ts";
import { MEMORY_POLL_MS, residentMb } from "./memory.ts";
import type { JobOutcome, PoolOptions } from "./outcome.ts";
import type { FromChild, Job, ToChild } from "./protocol.ts";

export interface Child {
  /** False when it died before it was ready. */
  readonly ready: Promise<boolean>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  readonly run: (job: Job, limitMs: number) => Promise<JobOutcome>;
  /** Jobs that it has taken. */
  readonly served: number;
  readonly alive: () => boolean;
  /** It should take no further job: it holds much memory, or lent what a unit may have changed. */
  readonly spent: () => boolean;
  readonly kill: () => void;
  readonly errorText: () => string;
}

/** An empty child of node: what it needs beyond the unit's own memory. */
const BASE_MB = 128;

/** The same language and time zone everywhere: a verdict must not depend on the machine's. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  TZ: "UTC",
  LANG: "en_US.UTF-8",
  ...(process.platform === "win32" && { SystemRoot: process.env["SystemRoot"] ?? "" }),
};

const START_LIMIT_MS = 60_000;

const MAX_ERROR_TEXT = 8192;

export function startChild({ sandboxed, memoryMb, programs, fastCheck }: PoolOptions): Child {
  const { command, args } = launchCommand({ sandboxed, memoryMb });
  const child = spawn(command, [...args], { stdio: ["pipe", "ignore", "pipe", "pipe"], env: CHILD_ENVIRONMENT, cwd: "/", windowsHide: true });
  const results = child.stdio[3] as Readable;
  let errorText = "";
  let alive = true;
  let served = 0;
  let largest = 0;
  let lent = false;
  let sentFastCheck = false;
  let onLine: (line: string) => void = () => undefined;
  let onEnd: () => void = () => undefined;

  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (errorText.length < MAX_ERROR_TEXT) errorText += text;
  });
  let rest = "";
  results.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  // A child that is gone breaks its pipes; its end is told by `close`.
  child.stdin?.on("error", () => undefined);
  results.on("error", () => undefined);
  let gone: () => void = () => undefined;
  const whenEnded = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const ended = (): void => {
    alive = false;
    onEnd();
    gone();
  };
  child.on("error", (error) => {
    errorText ||= error.message;
    ended();
  });
  child.on("close", ended);

  const kill = (): void => {
    alive = false;
    child.kill("SIGKILL");
  };
  const send = (text: string): void => void child.stdin?.write(`${Buffer.byteLength(text)}\n${text}`);
  const tell = (message: ToChild): void => send(JSON.stringify(message));

  const ready = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => {
      kill();
      resolve(false);
    }, START_LIMIT_MS);
    const settle = (value: boolean) => (): void => {
      clearTimeout(timer);
      onLine = () => undefined;
      onEnd = () => undefined;
      resolve(value);
    };
    onLine = settle(true);
    onEnd = settle(false);
  });
  send(programs.harness);
  tell({ kind: "realm", code: programs.realm });

  async function run(job: Job, limitMs: number): Promise<JobOutcome> {
    served++;
    if (job.lent.some((name) => !isFrozenWell(name))) lent = true;
    if (job.fastCheck && !sentFastCheck) {
      tell({ kind: "fastCheck", code: await fastCheck() });
      sentFastCheck = true;
    }
    const begun = performance.now();
    let step: number | undefined;
    return new Promise((resolve) => {
      const finish = (outcome: JobOutcome): void => {
        clearTimeout(limit);
        clearInterval(poll);
        onLine = () => undefined;
        onEnd = () => undefined;
        resolve(outcome);
      };
      const fail = (kind: "timeout" | "memory" | "crashed"): void => {
        kill();
        finish({ kind, step, ms: performance.now() - begun });
      };
      const limit = setTimeout(() => fail("timeout"), limitMs);
      const poll = setInterval(() => {
        residentMb(child.pid ?? 0, (mb = 0) => {
          largest = Math.max(largest, mb);
          if (mb > memoryMb + BASE_MB) fail("memory");
        });
      }, MEMORY_POLL_MS);
      onEnd = () => fail(/heap out of memory|Allocation failed|allocation failure/i.test(errorText) ? "memory" : "crashed");
      onLine = (line) => {
        const message = parseLine(line, job.nonce);
        if (message === undefined) return;
        if ("step" in message) step = message.step;
        else finish({ kind: "report", report: message.report, ms: performance.now() - begun });
      };
      if (!alive) return fail("crashed");
      tell(job);
    });
  }

  return {
    ready,
    ended: whenEnded,
    run,
    get served() {
      return served;
    },
    alive: () => alive,
    spent: () => lent || largest > BASE_MB + memoryMb / 2,
    kill,
    errorText: () => errorText,
  };
}

function parseLine(line: string, nonce: string): Exclude<FromChild, { ready: true }> | undefined {
  // Only the harness can write here; a line that is not its own, or of an earlier job, is dropped all the same.
  if (!line.includes(nonce)) return undefined;
  const message = JSON.parse(line) as FromChild;
  return "nonce" in message && message.nonce === nonce ? message : undefined;
}
