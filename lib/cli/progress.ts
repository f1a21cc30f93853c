/**
 * Progress for a person who waits: one line on stderr, only on a terminal, gone when the work is done.
 *
 * @module
 */

import type { Context } from "./context.ts";

export interface Progress {
  show(text: string): void;
  stop(): void;
}

const SILENT: Progress = { show: () => {}, stop: () => {} };

/** A spinner, or nothing where stderr is no terminal or the output is for a program. */
export async function startProgress(context: Context, text: string): Promise<Progress> {
  if (!context.io.errIsTerminal || context.json || context.io.env["CI"] !== undefined) return SILENT;
  // A terminal that has no width (script(1) without one around it) would be cleared line by line without end.
  if (!(process.stderr.columns > 0)) return SILENT;
  const { default: ora } = await import("ora");
  // Ctrl-C must reach our own handler, and stdin stays with the program.
  const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  return {
    show: (line) => void (spinner.text = line),
    stop: () => void spinner.stop(),
  };
}

/** Runs `work` under a progress line that is gone when it ends, however it ends. */
export async function withProgress<T>(context: Context, text: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const progress = await startProgress(context, text);
  try {
    return await work(progress);
  } finally {
    progress.stop();
  }
}
