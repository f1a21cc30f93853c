/**
 * What this process has loaded, for whoever runs it: a list, a check of it all, and channels of `node:diagnostics_channel`.
 *
 * `vibesafe:load` is told of each unit that was loaded, `vibesafe:mismatch` of each that was refused, `vibesafe:regenerate` of each that
 * dev mode compiles.
 *
 * @module
 */

import { channel, type Channel } from "node:diagnostics_channel";
import { VibesafeError, VibesafeHashMismatch } from "../errors.ts";
import type { Mode } from "../project/config.ts";
import { now } from "./clock.ts";
import { withoutMap } from "./code-text.ts";
import type { VerifiedCode } from "./evaluate.ts";
import type { Found } from "./find.ts";

export interface LoadedUnit {
  readonly unit: string;
  /** H_chk. */
  readonly checkpoint: string;
  readonly mode: Mode;
  /** ISO 8601, UTC. */
  readonly loadedAt: string;
  /** Time to find and verify it, in milliseconds; of a unit in dev mode it includes its compilation. */
  readonly durationMs: number;
}

export interface UnitCheck {
  readonly unit: string;
  readonly checkpoint: string;
  readonly ok: boolean;
  readonly error?: VibesafeError;
}

export interface Check {
  readonly ok: boolean;
  readonly units: readonly UnitCheck[];
}

interface Entry extends Omit<LoadedUnit, "loadedAt"> {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly js: string;
  /** Finds it anew; nothing for a unit in dev mode. */
  readonly again: (() => Found) | undefined;
}

const CHANNELS: Readonly<Record<"load" | "mismatch", Channel>> = { load: channel("vibesafe:load"), mismatch: channel("vibesafe:mismatch") };

/** By unit and by the file that it runs from: packages that ship their own store may have units of one id. */
const entries = new Map<string, Entry>();

/** The units that this process has loaded, in the order of loading. */
export function loaded(): LoadedUnit[] {
  return [...entries.values()].map(({ unit, checkpoint, mode, at, durationMs }) => ({ unit, checkpoint, mode, loadedAt: new Date(at).toISOString(), durationMs }));
}

/** Notes a unit that was loaded. @param start - `now()` before it was looked for */
export function remember({ unit, checkpoint, js, importer }: VerifiedCode, start: number, again?: () => Found): void {
  const durationMs = Math.round((now() - start) * 1000) / 1000;
  const entry: Entry = { unit, checkpoint, mode: again === undefined ? "dev" : "prod", at: Date.now(), durationMs, js: withoutMap(js), again };
  entries.set(`${unit}\n${importer.root ?? importer.file}`, entry);
  if (CHANNELS.load.hasSubscribers) CHANNELS.load.publish({ unit, checkpoint, mode: entry.mode, durationMs });
}

/** Runs `find`, and tells of the error that it refuses with. */
export function announced<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof VibesafeError && CHANNELS.mismatch.hasSubscribers) CHANNELS.mismatch.publish({ unit: error.unit, code: error.code, error });
    throw error;
  }
}

/**
 * Verifies again what production has loaded, from the bytes as they are now: whether a restart would run the same code.
 *
 * @param forget - drops what was read before
 */
export function verifyLoaded(forget: () => void): Check {
  forget();
  const units = [...entries.values()].flatMap((entry) => (entry.again === undefined ? [] : [checkEntry(entry, entry.again)]));
  return { ok: units.every(({ ok }) => ok), units };
}

function checkEntry({ unit, checkpoint, js }: Entry, again: () => Found): UnitCheck {
  try {
    const found = announced(again);
    if ("code" in found && found.code.checkpoint === checkpoint && withoutMap(found.code.js) === js) return { unit, checkpoint, ok: true };
    const now = "code" in found ? `the active checkpoint is ${found.code.checkpoint}` : "the mode is dev";
    const error = new VibesafeHashMismatch(`${unit} runs checkpoint ${checkpoint}, but now ${now}`, { unit, remedy: "start the program again" });
    return { unit, checkpoint, ok: false, error };
  } catch (error) {
    if (error instanceof VibesafeError) return { unit, checkpoint, ok: false, error };
    throw error;
  }
}
