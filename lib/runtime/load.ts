/**
 * `load`: a unit by its id.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { VibesafeUsageError } from "../errors.ts";
import { parseUnitId } from "../spec/unit-id.ts";
import { callSiteOf } from "./call-site.ts";
import { now } from "./clock.ts";
import type { Reporter } from "./dev.ts";
import type { AnyFunction } from "./evaluate.ts";
import { findById, type Found } from "./find.ts";
import { devLoader } from "./full.ts";
import { announced, remember } from "./loaded.ts";
import { start as run } from "./prod.ts";
import { realPath } from "./real-path.ts";
import { functionName } from "./unit-name.ts";

/**
 * Loads a unit by its id, with the checks of `vibesafe.func`; the file of the spec need not be imported.
 *
 * @param from - a file or folder of the project: a path or a `file:` URL, such as `import.meta.url`; the calling file if not given
 * @example
 * const sumStr = await load<(a: string, b: string) => string>("examples.math.ops/sumStr", import.meta.url);
 */
export type Load = <F extends AnyFunction = AnyFunction>(unitId: string, from?: string | URL) => Promise<F>;

/** Makes `load`. @param report - is told what dev mode does */
export function createLoad(report: Reporter): Load {
  async function load<F extends AnyFunction>(unitId: string, from?: string | URL): Promise<F> {
    // Before anything is awaited: the caller is on the stack only now.
    const id = parseUnitId(unitId);
    const folder = from === undefined ? folderOfCaller(load) : folderOf(from);
    const start = now();
    const find = (): Found => findById(id, folder);
    const found = announced(find);
    // The caller names the type, as with JSON.parse; the gates have checked the code against the spec's.
    if ("unit" in found) return (await devLoader(found.unit, { report, loaded: remember }).loadMeanwhile()) as F;
    const fn = run(found.code, { name: functionName(id), length: 0 });
    remember(found.code, start, find);
    return fn as F;
  }
  return load;
}

function folderOfCaller(callee: (...args: never[]) => unknown): string {
  const site = callSiteOf(callee);
  if ("file" in site) return dirname(realPath(site.file));
  throw new VibesafeUsageError(`load was called from ${site.script}, which is no file`, { remedy: "say where the project is: load(unitId, folder)" });
}

function folderOf(from: string | URL): string {
  const path = from instanceof URL || from.startsWith("file:") ? fileURLToPath(from) : from;
  return realPath(path);
}
