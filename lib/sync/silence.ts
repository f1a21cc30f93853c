/**
 * How long a host may say nothing. Sockets have such a limit too, but it begins with the socket: a tunnel through a proxy that never
 * comes up gives none, and no error either.
 *
 * @module
 */

import type { Environment } from "./http-proxy.ts";

/** As long as curl waits for a connection, for git as well. */
const SILENCE_SECONDS = 300;

export interface Watch {
  /** Something was heard, or could be said: the time begins anew. */
  heard(): void;
  end(): void;
}

/** Milliseconds: `GIT_HTTP_LOW_SPEED_TIME` in seconds (git-config(1), http.lowSpeedTime), else 300 seconds. */
export function silenceOf(env: Environment): number {
  const seconds = Number(env["GIT_HTTP_LOW_SPEED_TIME"] ?? "");
  return (seconds > 0 && seconds < 1e6 ? seconds : SILENCE_SECONDS) * 1000;
}

/** Calls `onSilence`, once, when nothing was heard for `ms`. */
export function watchSilence(ms: number, onSilence: (error: Error) => void): Watch {
  const timer = setTimeout(() => onSilence(new Error(`no answer for ${ms / 1000} s`)), ms);
  return { heard: () => void timer.refresh(), end: () => clearTimeout(timer) };
}
