/**
 * First script of every realm: the globals that the policy grants beyond the language.
 *
 * This text runs inside the realm, so it may use nothing but ECMAScript and the bridge.
 *
 * @module
 */

import { structuredClone } from "./clone.ts";
import { makeConsole, makePerformance } from "./console.ts";
import { makeCrypto } from "./crypto.ts";
import { DOMException } from "./errors.ts";
import { makeEvents } from "./events.ts";
import type { RealmHandle, RealmHost } from "./host.ts";
import { lockDown } from "./lock-down.ts";
import { makeProcess, makeRefuse, requireFrom } from "./refused.ts";
import { makeText } from "./text.ts";
import { makeTimers } from "./timers.ts";
import { makeUrl, type UrlClasses } from "./url.ts";

export function install(host: RealmHost): RealmHandle {
  const builtIn = Object.getOwnPropertyNames(globalThis);
  const { freeze, defineProperty } = Object;
  const own: string[] = [];

  const define = (name: string, value: unknown): void => {
    own.push(name);
    defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  };
  /** Most units use none of these; making them costs more than the rest of the realm. */
  const lazily = (names: readonly string[], make: () => Record<string, unknown>): void => {
    let made: Record<string, unknown> | undefined;
    const get = (name: string): unknown => {
      if (made === undefined) {
        made = make();
        for (const value of Object.values(made)) {
          freeze(value);
          if (typeof value === "function") freeze(value.prototype);
        }
      }
      return made[name];
    };
    for (const name of names) {
      own.push(name);
      defineProperty(globalThis, name, {
        get: () => get(name),
        set: (value: unknown) => define(name, value),
        enumerable: false,
        configurable: true,
      });
    }
  };

  const refuse = makeRefuse(host.denied);
  let locked = false;
  let url: UrlClasses | undefined;
  define("console", makeConsole(host));
  for (const [name, value] of Object.entries(makeTimers(host))) define(name, value);
  lazily(["URL", "URLSearchParams"], () => {
    url = makeUrl(host);
    return { URL: url.URL, URLSearchParams: url.URLSearchParams };
  });
  lazily(["TextEncoder", "TextDecoder", "atob", "btoa"], () => makeText(host));
  lazily(["Event", "EventTarget", "AbortController", "AbortSignal"], () => makeEvents(host));
  lazily(["structuredClone", "DOMException"], () => ({ structuredClone, DOMException }));
  lazily(["crypto", "CryptoKey"], () => makeCrypto(host));
  lazily(["performance"], () => ({ performance: makePerformance(host) }));
  lazily(["process"], () => ({ process: makeProcess(refuse) }));

  return {
    lockDown: () => {
      if (locked) return;
      locked = true;
      lockDown([...builtIn, ...own], { constructors: false });
    },
    reveal: (value) => url?.reveal(value),
    makeRequire: (lend) => (name) => requireFrom(lend, name, refuse),
  };
}
