/**
 * `console` and `performance`.
 *
 * @module
 */

import type { RealmHost } from "./host.ts";

const METHODS = [
  "log", "info", "debug", "error", "warn", "trace", "dir", "dirxml", "table", "group", "groupCollapsed", "groupEnd", "assert", "count",
  "countReset", "time", "timeEnd", "timeLog",
];

export function makeConsole(host: RealmHost): object {
  const console: Record<string, (...args: unknown[]) => void> = {};
  for (const method of METHODS) {
    const named = { [method]: (...args: unknown[]): void => host.print(method, args) };
    console[method] = named[method] as (...args: unknown[]) => void;
  }
  return console;
}

export function makePerformance(host: RealmHost): object {
  return { now: (): number => host.now(), timeOrigin: 0, mark(): void {}, measure(): void {} };
}
