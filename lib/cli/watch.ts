/**
 * `--watch`: after each edit what it changed, until Ctrl-C.
 *
 * An event of the file system only says when to look; what is told is the difference between two looks at the index, so an editor's
 * temporary files and a save without a change stay silent.
 *
 * @module
 */

import { watch as watchFolder, type FSWatcher } from "node:fs";
import { dirname, join } from "node:path";
import { VibesafeError, VibesafeUsageError } from "../errors.ts";
import { readStandings, type UnitStanding } from "../spec/standing.ts";
import type { Context } from "./context.ts";
import { indexFolders, selectIndexed, type BrokenUnit } from "./units.ts";

export interface UnitChange {
  readonly id: string;
  /** Undefined before the unit was there. */
  readonly before: UnitStanding["status"] | undefined;
  /** Undefined where it is gone. */
  readonly after: UnitStanding["status"] | undefined;
}

export interface Look {
  /** Sees the project, its configuration included, as it is now. */
  readonly context: Context;
  readonly changes: readonly UnitChange[];
  /** What is wrong now and was not before. */
  readonly broken: readonly BrokenUnit[];
}

/** An edit is over when nothing happened for this long: editors write, rename and set times in several steps. */
const QUIET_MS = 60;
/** How often to look where the system gives no events. */
const POLL_MS = 1000;

/** Whether to watch. @throws VibesafeUsageError with `--json`: a document has an end */
export function wantsWatch(context: Context, args: { readonly watch?: boolean | undefined }): boolean {
  if (args.watch === true && context.json) throw new VibesafeUsageError("--watch and --json do not go together", { remedy: "leave one of them out" });
  return args.watch === true;
}

/**
 * Calls `onChange` after each edit that changes a unit, its standing or what is wrong with it; a failure of the configuration or of
 * `onChange` is told and does not end it.
 *
 * @returns when `context.io.signal` is aborted
 */
export async function watchUnits(context: Context, targets: readonly string[], onChange: (look: Look) => Promise<void>): Promise<0> {
  const { signal } = context.io;
  const watchers = createWatchers();
  const first = lookAt(context, targets);
  let seen = first.seen;
  let told = "";
  watchers.update(first.folders);
  context.say(context.colour.dim("watching; Ctrl-C ends it"));
  try {
    while (await watchers.next(signal)) {
      const now = context.again();
      try {
        const look = lookAt(now, targets);
        watchers.update(look.folders);
        const changes = difference(seen.units, look.seen.units);
        const known = seen.broken;
        const broken = [...look.seen.broken].filter(([key]) => !known.has(key)).map(([, unit]) => unit);
        seen = look.seen;
        told = "";
        if (changes.length > 0 || broken.length > 0) await onChange({ context: now, changes, broken });
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof VibesafeError)) throw error;
        // Told once, until something else is wrong.
        if (error.message !== told) now.complain(error);
        told = error.message;
      }
    }
  } finally {
    watchers.close();
  }
  return 0;
}

interface Seen {
  readonly units: ReadonlyMap<string, { readonly status: UnitStanding["status"]; readonly specHash: string }>;
  readonly broken: ReadonlyMap<string, BrokenUnit>;
}

function lookAt(context: Context, targets: readonly string[]): { readonly seen: Seen; readonly folders: readonly string[] } {
  const { units, broken } = selectIndexed(context, targets);
  const standings = readStandings(context.store());
  const { root } = context.project();
  return {
    seen: {
      units: new Map(units.map(({ id, specHash }) => [id, { status: standings.of(id, specHash()).status, specHash: specHash() }])),
      broken: new Map(broken.map((unit) => [`${unit.id} ${unit.error.message}`, unit])),
    },
    folders: [root, join(root, "prompts"), ...indexFolders(context).map((folder) => join(root, folder)), ...templateFolders(context)],
  };
}

function templateFolders(context: Context): string[] {
  const { root, config } = context.project();
  return config.prompts.function === undefined ? [] : [dirname(join(root, config.prompts.function))];
}

function difference(before: Seen["units"], after: Seen["units"]): UnitChange[] {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  return ids.flatMap((id): UnitChange[] => {
    const [old, now] = [before.get(id), after.get(id)];
    return old?.status === now?.status && old?.specHash === now?.specHash ? [] : [{ id, before: old?.status, after: now?.status }];
  });
}

interface Watchers {
  update(folders: readonly string[]): void;
  /** Waits for an edit to be over; false when the signal was aborted. */
  next(signal: AbortSignal): Promise<boolean>;
  close(): void;
}

/** One watcher a folder: recursive ones would look into node_modules, and are emulated on Linux. */
function createWatchers(): Watchers {
  const watchers = new Map<string, FSWatcher>();
  let polling = false;
  let stirred = false;
  let wake: () => void = () => undefined;
  const stir = (): void => {
    stirred = true;
    wake();
  };
  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const wait = (ms: number | undefined, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        wake = () => undefined;
        resolve();
      }
      signal.addEventListener("abort", done, { once: true });
      wake = done;
    });
  return {
    update(folders) {
      const wanted = new Set(folders);
      for (const folder of watchers.keys()) if (!wanted.has(folder)) drop(folder);
      for (const folder of wanted) {
        if (watchers.has(folder)) continue;
        try {
          const watcher = watchFolder(folder, stir);
          watcher.on("error", () => {
            drop(folder);
            stir();
          });
          watchers.set(folder, watcher);
          // What happened in it between the look and now is seen by looking again.
          stirred = true;
        } catch (error) {
          if (!(error instanceof Error && "code" in error)) throw error;
          // A folder that is not there shows in the one above it; a system without watches left is asked from time to time.
          if (error.code !== "ENOENT" && error.code !== "ENOTDIR") polling = true;
        }
      }
    },
    async next(signal) {
      if (!stirred && !signal.aborted) await wait(polling ? POLL_MS : undefined, signal);
      do {
        stirred = false;
        if (!signal.aborted) await wait(QUIET_MS, signal);
      } while (stirred && !signal.aborted);
      return !signal.aborted;
    },
    close() {
      for (const folder of watchers.keys()) drop(folder);
    },
  };
}
