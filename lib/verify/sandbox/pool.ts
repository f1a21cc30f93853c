/**
 * Sandbox children that take one job at a time. A child that does not answer in time, grows too large or dies is ended, and its job
 * fails; whatever else is waiting goes to a fresh child.
 *
 * @module
 */

import { randomBytes } from "node:crypto";
import { VibesafeConfigError } from "../../errors.ts";
import { cleanUpAtExit } from "../clean-up.ts";
import { startChild, type Child } from "./child-process.ts";
import type { JobOutcome, JobSpec, PoolOptions } from "./outcome.ts";
import type { Job } from "./protocol.ts";

export interface Pool {
  readonly run: (job: JobSpec) => Promise<JobOutcome>;
  /** Ends all children and waits until they are gone; jobs that still run are rejected. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly job: JobSpec;
  /** Failed in a child that others had used before: it runs once more where nobody can have harmed it. */
  readonly again: boolean;
  readonly resolve: (outcome: JobOutcome) => void;
  readonly reject: (reason: unknown) => void;
}

/** Time beyond the limit in which the harness may report for itself. */
const GRACE_MS = 500;

/** Children that may die before they are ready, before the sandbox counts as unable to start. */
const MAX_FALSE_STARTS = 3;

export function openPool(options: PoolOptions): Pool {
  const queue: Waiting[] = [];
  const children = new Set<Child>();
  const idle: Child[] = [];
  const running = new Set<Waiting>();
  const ends: Promise<void>[] = [];
  let falseStarts = 0;
  let closed: { readonly reason: unknown } | undefined;
  const forget = cleanUpAtExit(() => {
    for (const child of children) child.kill();
  });

  function close(reason: unknown = new Error("the sandbox was closed")): void {
    if (closed !== undefined) return;
    closed = { reason };
    for (const child of children) child.kill();
    for (const waiting of [...running, ...queue.splice(0)]) waiting.reject(reason);
    options.signal?.removeEventListener("abort", abort);
    forget();
  }
  const abort = (): void => close(options.signal?.reason);
  options.signal?.addEventListener("abort", abort, { once: true });

  function start(): void {
    const child = startChild(options);
    children.add(child);
    ends.push(child.ended);
    child.ready.then(
      (ready) => {
        if (ready) {
          falseStarts = 0;
          idle.push(child);
        } else {
          children.delete(child);
          if (++falseStarts >= MAX_FALSE_STARTS) return close(cannotStart(child.errorText()));
        }
        dispatch();
      },
      (error: unknown) => close(error),
    );
  }

  function dispatch(): void {
    if (closed !== undefined) return;
    while (queue.length > 0 && idle.length > 0) {
      // What must be alone goes to a child that nobody has used yet.
      const at = queue.findIndex(({ again }) => !again || idle.some((child) => child.served === 0));
      const waiting = queue[at];
      if (waiting === undefined) break;
      const which = waiting.again ? idle.findIndex((child) => child.served === 0) : idle.length - 1;
      const child = idle.splice(which, 1)[0];
      queue.splice(at, 1);
      if (child !== undefined) void serve(child, waiting);
    }
    const starting = children.size - idle.length - running.size;
    if (queue.length > starting && children.size >= options.size && idle.length > 0) retire(idle.shift());
    while (queue.length > children.size - idle.length - running.size && children.size < options.size) start();
  }

  async function serve(child: Child, waiting: Waiting): Promise<void> {
    running.add(waiting);
    try {
      const hadServed = child.served > 0;
      // In a used child a failure is no verdict: the unit runs once more in a fresh one, which then tells where it was.
      const job: Job = { ...waiting.job, kind: "job", nonce: randomBytes(16).toString("hex"), timeoutMs: options.timeoutMs, tellsSteps: !hadServed };
      const outcome = await child.run(job, options.timeoutMs + GRACE_MS);
      running.delete(waiting);
      if (closed !== undefined) return;
      if (child.alive() && !child.spent()) idle.push(child);
      else retire(child);
      if (outcome.kind !== "report" && hadServed && !waiting.again) queue.push({ ...waiting, again: true });
      else waiting.resolve(outcome);
    } catch (error) {
      running.delete(waiting);
      retire(child);
      waiting.reject(error);
    }
    dispatch();
  }

  function retire(child: Child | undefined): void {
    if (child === undefined) return;
    child.kill();
    children.delete(child);
  }

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (closed !== undefined) return reject(closed.reason);
        queue.push({ job, again: false, resolve, reject });
        dispatch();
      }),
    async close() {
      close();
      await Promise.all(ends);
    },
  };
}

function cannotStart(errorText: string): VibesafeConfigError {
  const why = errorText.trim().split("\n")[0] ?? "";
  return new VibesafeConfigError(`the sandbox cannot start${why === "" ? "" : `: ${why}`}`, {
    remedy: "run `vibe doctor`; `[sandbox] enabled = false` in vibesafe.toml runs generated code without it",
  });
}
