/**
 * `load`: a unit by its id.
 *
 * @module
 */

import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { VibesafeUsageError } from "../errors.ts";
import { parseUnitId } from "../spec/unit-id.ts";
import { callSiteOf } from "./call-site.ts";
import type { Reporter } from "./dev.ts";
import type { AnyFunction } from "./evaluate.ts";
import { devLoader, modeOf, unitNamed, verifiedCode } from "./full.ts";
import { start } from "./prod.ts";
import { quickCodeOf } from "./quick.ts";
import { sealedCodeOf } from "./sealed.ts";
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
    const quick = sealedCodeOf(id, folder) ?? quickCodeOf(id, folder);
    if (quick !== undefined) return start(quick, { name: functionName({ id }), length: 0 }) as F;
    const unit = unitNamed(id, folder);
    const shape = { name: functionName(unit), length: 0 };
    // The caller names the type, as with JSON.parse; the gates have checked the code against the spec's.
    return (modeOf(unit) === "prod" ? start(verifiedCode(unit), shape) : await devLoader(unit, report).loadMeanwhile()) as F;
  }
  return load;
}

function folderOfCaller(callee: (...args: never[]) => unknown): string {
  const site = callSiteOf(callee);
  if ("file" in site) return dirname(realpathSync(site.file));
  throw new VibesafeUsageError(`load was called from ${site.script}, which is no file`, { remedy: "say where the project is: load(unitId, folder)" });
}

function folderOf(from: string | URL): string {
  const path = from instanceof URL || from.startsWith("file:") ? fileURLToPath(from) : from;
  return realpathSync(path);
}
