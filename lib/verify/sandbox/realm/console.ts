/**
 * `console` and `performance`.
 *
 * @module
 */

import type { RealmHost } from "./host.ts";

/** Written out: a literal is made many times faster than by a loop over names, and every unit gets one. */
export function makeConsole({ print }: RealmHost): object {
  return {
    log: (...args: unknown[]): void => print("log", args),
    info: (...args: unknown[]): void => print("info", args),
    debug: (...args: unknown[]): void => print("debug", args),
    error: (...args: unknown[]): void => print("error", args),
    warn: (...args: unknown[]): void => print("warn", args),
    trace: (...args: unknown[]): void => print("trace", args),
    dir: (...args: unknown[]): void => print("dir", args),
    dirxml: (...args: unknown[]): void => print("dirxml", args),
    table: (...args: unknown[]): void => print("table", args),
    group: (...args: unknown[]): void => print("group", args),
    groupCollapsed: (...args: unknown[]): void => print("groupCollapsed", args),
    groupEnd: (...args: unknown[]): void => print("groupEnd", args),
    assert: (...args: unknown[]): void => print("assert", args),
    count: (...args: unknown[]): void => print("count", args),
    countReset: (...args: unknown[]): void => print("countReset", args),
    time: (...args: unknown[]): void => print("time", args),
    timeEnd: (...args: unknown[]): void => print("timeEnd", args),
    timeLog: (...args: unknown[]): void => print("timeLog", args),
  };
}

export function makePerformance(host: RealmHost): object {
  return { now: (): number => host.now(), timeOrigin: 0, mark(): void {}, measure(): void {} };
}
