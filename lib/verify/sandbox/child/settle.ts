/**
 * Waiting for a promise of the realm, no longer than it can take.
 *
 * @module
 */

import type { Bridge } from "./bridge.ts";
import type { Outcome } from "./judge.ts";

/** Lets everything that is due run: promise jobs, then one round of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

export interface Waiting {
  readonly bridge: Bridge;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly timeoutMs: number;
  /** Whether modules of node are lent, which may call back unseen. */
  readonly lends: boolean;
}

/**
 * Waits for a native promise of the realm. A promise that nothing is left to settle is pending at once, not after the time limit.
 *
 * @param judge - is called in the very moment that the promise settles: a moment later the value could have been changed
 */
export async function settle<T>(promise: object, { bridge, deadline, timeoutMs, lends }: Waiting, judge: (outcome: Outcome) => T): Promise<T> {
  const settled: { verdict?: { readonly is: T } } = {};
  let wake: () => void = () => undefined;
  const keep = (outcome: Outcome): void => {
    settled.verdict = { is: judge(outcome) };
    wake();
  };
  Reflect.apply(Promise.prototype.then, promise, [
    (value: unknown) => keep({ kind: "value", value }),
    (value: unknown) => keep({ kind: "thrown", value }),
  ]);
  for (let idle = 0; ; ) {
    await turn();
    if (settled.verdict !== undefined) return settled.verdict.is;
    const left = deadline - performance.now();
    if (left <= 0) return judge({ kind: "pending", reason: `did not settle within ${timeoutMs / 1000} s` });
    if (bridge.pending() > 0 || lends) {
      idle = 0;
      let timer: NodeJS.Timeout | undefined;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, left);
      });
      await Promise.race([woken, bridge.nextEvent()]);
      clearTimeout(timer);
    } else if (++idle > 2) {
      return judge({ kind: "pending", reason: "never settles: nothing is left that could settle the promise" });
    }
  }
}
