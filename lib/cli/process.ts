/**
 * The one place where the command line meets the process: streams, environment, signals, exit status.
 *
 * @module
 */

import { once } from "node:events";
import { INTERRUPTED } from "./exit-status.ts";
import type { Io } from "./io.ts";
import { main } from "./main.ts";
import { endUnwritable } from "./unwritable.ts";

/** Runs `vibe` with `argv` and leaves its outcome in `process.exitCode`. */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const abort = new AbortController();
  const onSignal = (): void => {
    // Whoever presses Ctrl-C a second time does not want to wait for a child to end.
    if (abort.signal.aborted) process.exit(INTERRUPTED);
    abort.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.stdout.on("error", endUnwritable);
  const io: Io = {
    cwd: process.cwd(),
    env: process.env,
    out: (text) => void process.stdout.write(text),
    outBytes: (bytes) => void process.stdout.write(bytes),
    drained: async () => {
      if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
    },
    // Opened by its first reader: a process that reads no input does not wait for any.
    input: { [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator]() },
    err: (text) => void process.stderr.write(text),
    // Asked for by the one command that holds a dialogue: looking at stdin opens it.
    get terminal() {
      return process.stdin.isTTY === true && process.stdout.isTTY === true ? { input: process.stdin, output: process.stdout } : undefined;
    },
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    signal: abort.signal,
  };
  process.exitCode = await main(argv, io);
  process.off("SIGINT", onSignal);
  process.off("SIGTERM", onSignal);
}
