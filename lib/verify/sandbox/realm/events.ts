/**
 * `EventTarget`, `Event`, `AbortController` and `AbortSignal`, in the realm's own objects.
 *
 * @module
 */

import { DOMException } from "./errors.ts";
import type { RealmHost } from "./host.ts";

type Listener = ((event: Event) => unknown) | { handleEvent(event: Event): unknown };

class Event {
  readonly type: string;
  readonly cancelable: boolean;
  readonly timeStamp = 0;
  target: EventTarget | null = null;
  defaultPrevented = false;
  stopped = false;

  constructor(type: unknown, init: { cancelable?: boolean } = {}) {
    this.type = String(type);
    this.cancelable = Boolean(init.cancelable);
  }
  get currentTarget(): EventTarget | null {
    return this.target;
  }
  preventDefault(): void {
    if (this.cancelable) this.defaultPrevented = true;
  }
  stopPropagation(): void {}
  stopImmediatePropagation(): void {
    this.stopped = true;
  }
}

let report: (error: unknown) => void = () => undefined;

class EventTarget {
  readonly #listeners: { readonly type: string; readonly listener: Listener; readonly once: boolean }[] = [];

  addEventListener(type: unknown, listener: Listener | null, options?: boolean | { once?: boolean; signal?: AbortSignal }): void {
    if (listener === null || this.#listeners.some((l) => l.type === String(type) && l.listener === listener)) return;
    const { once = false, signal } = typeof options === "object" && options !== null ? options : {};
    if (signal?.aborted === true) return;
    this.#listeners.push({ type: String(type), listener, once });
    signal?.addEventListener("abort", () => this.removeEventListener(type, listener), { once: true });
  }
  removeEventListener(type: unknown, listener: Listener | null): void {
    const at = this.#listeners.findIndex((l) => l.type === String(type) && l.listener === listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
  dispatchEvent(event: Event): boolean {
    event.target = this;
    const handler: unknown = Reflect.get(this, `on${event.type}`);
    const due = this.#listeners.filter(({ type }) => type === event.type);
    for (const { listener, once } of [...(typeof handler === "function" ? [{ listener: handler as Listener, once: false }] : []), ...due]) {
      if (event.stopped) break;
      if (once) this.removeEventListener(event.type, listener);
      try {
        if (typeof listener === "function") listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        report(error);
      }
    }
    return !event.defaultPrevented;
  }
}

let making = false;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown;
  onabort: ((event: Event) => unknown) | null = null;

  constructor() {
    super();
    if (!making) throw new TypeError("Illegal constructor");
  }
  get aborted(): boolean {
    return this.#aborted;
  }
  get reason(): unknown {
    return this.#reason;
  }
  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }
  static fire(signal: AbortSignal, reason: unknown): void {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
    signal.dispatchEvent(new Event("abort"));
  }
}
const { fire } = AbortSignal;
Reflect.deleteProperty(AbortSignal, "fire");

function newSignal(): AbortSignal {
  making = true;
  try {
    return new AbortSignal();
  } finally {
    making = false;
  }
}

class AbortController {
  readonly #signal = newSignal();

  get signal(): AbortSignal {
    return this.#signal;
  }
  abort(reason?: unknown): void {
    fire(this.#signal, reason);
  }
}

export function makeEvents(host: RealmHost): Record<string, unknown> {
  report = host.uncaught;
  const statics = {
    abort(reason?: unknown): AbortSignal {
      const signal = newSignal();
      fire(signal, reason);
      return signal;
    },
    timeout(delay: number): AbortSignal {
      const signal = newSignal();
      host.startTimer(Math.max(1, Number(delay)), false, () => fire(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")));
      return signal;
    },
    any(signals: Iterable<AbortSignal>): AbortSignal {
      const joint = newSignal();
      for (const signal of signals) {
        if (signal.aborted) fire(joint, signal.reason);
        else signal.addEventListener("abort", () => fire(joint, signal.reason), { once: true });
      }
      return joint;
    },
  };
  for (const [name, value] of Object.entries(statics)) Object.defineProperty(AbortSignal, name, { value, writable: true, configurable: true });
  return { Event, EventTarget, AbortController, AbortSignal };
}
