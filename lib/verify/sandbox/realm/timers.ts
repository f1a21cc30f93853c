/**
 * Timers and `queueMicrotask`. What they return is an object of the realm that looks like node's, not one of node's: those lead to
 * every other timer of the process.
 *
 * @module
 */

import type { RealmHost } from "./host.ts";

type Callback = (...args: unknown[]) => unknown;

const MAX_DELAY = 2 ** 31 - 1;

export function makeTimers(host: RealmHost): Record<string, unknown> {
  const { then } = Promise.prototype;
  const { apply } = Reflect;
  const settled = Promise.resolve();

  function needsFunction(name: string, callback: unknown): asserts callback is Callback {
    if (typeof callback === "function") return;
    const error = new TypeError(`The "callback" argument must be of type function. Received ${typeof callback}`);
    throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE", syscall: name });
  }

  class Timeout {
    readonly #id: number;
    readonly #again: () => number;

    constructor(start: () => number) {
      this.#again = start;
      this.#id = start();
    }
    ref(): this {
      return this;
    }
    unref(): this {
      return this;
    }
    hasRef(): boolean {
      return true;
    }
    refresh(): this {
      host.stopTimer(this.#id);
      this.#again();
      return this;
    }
    close(): this {
      host.stopTimer(this.#id);
      return this;
    }
    [Symbol.toPrimitive](): number {
      return this.#id;
    }
    static stop(timer: unknown): void {
      if (typeof timer === "object" && timer !== null && #id in timer) host.stopTimer(timer.#id);
      else if (typeof timer === "number" || typeof timer === "string") host.stopTimer(Number(timer));
    }
  }
  const { stop } = Timeout;
  Reflect.deleteProperty(Timeout, "stop");

  const start = (name: string, repeats: boolean) => (callback: unknown, delay?: unknown, ...args: unknown[]): Timeout => {
    needsFunction(name, callback);
    const given = Number(delay);
    const wait = given >= 1 && given <= MAX_DELAY ? Math.trunc(given) : 1;
    return new Timeout(() => host.startTimer(wait, repeats, () => void apply(callback, undefined, args)));
  };
  const clear = (timer?: unknown): void => stop(timer);

  return {
    setTimeout: start("setTimeout", false),
    setInterval: start("setInterval", true),
    setImmediate(callback: unknown, ...args: unknown[]): Timeout {
      needsFunction("setImmediate", callback);
      return new Timeout(() => host.startTimer(-1, false, () => void apply(callback, undefined, args)));
    },
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
    queueMicrotask(callback: unknown): void {
      needsFunction("queueMicrotask", callback);
      const run = (): void => {
        try {
          callback();
        } catch (error) {
          host.uncaught(error);
        }
      };
      apply(then, settled, [run]);
    },
  };
}
