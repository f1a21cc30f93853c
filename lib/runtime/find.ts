/**
 * From a declaration or an id to code that may run in production, or to the unit in development.
 *
 * @module
 */

import { dirname } from "node:path";
import type { UnitId } from "../spec/types.ts";
import { isUnitId } from "../spec/unit-id.ts";
import { turns } from "./arrow-order.ts";
import type { CallSite } from "./call-site.ts";
import type { VerifiedCode } from "./evaluate.ts";
import { modeOf, unitAt, unitNamed, verifiedCode } from "./full.ts";
import { importerOf } from "./importer.ts";
import { realPath } from "./real-path.ts";
import { quickCode, quickCodeOf, quickMethod } from "./quick.ts";
import { sealedCode, sealedCodeOf } from "./sealed.ts";
import type { Stub, Unit } from "./unit.ts";

export type Found = { readonly code: VerifiedCode } | { readonly unit: Unit };

/** The unit declared at `site`. @throws VibesafeError in production when its code may not run */
export function findAt(site: CallSite | { readonly script: string }, stub: Stub): Found {
  const quick = sealedCode(site, stub) ?? quickAt(site, stub);
  return quick === undefined ? inMode(unitAt(site, stub, turns)) : { code: quick };
}

function quickAt(site: CallSite | { readonly script: string }, { name, unit, method, fn }: Stub): VerifiedCode | undefined {
  if (unit !== undefined) return quickNamed(site, unit);
  return method === undefined ? quickCode(site, name, fn) : quickMethod(site, name);
}

function quickNamed(site: CallSite | { readonly script: string }, unit: string): VerifiedCode | undefined {
  const code = "file" in site && isUnitId(unit) ? quickCodeOf(unit, dirname(realPath(site.file))) : undefined;
  return code === undefined || !("file" in site) ? undefined : { ...code, importer: importerOf(code.importer.file, site) };
}

/** The unit of that id. @throws VibesafeError in production when its code may not run */
export function findById(id: UnitId, folder: string): Found {
  const quick = sealedCodeOf(id, folder) ?? quickCodeOf(id, folder);
  return quick === undefined ? inMode(unitNamed(id, folder)) : { code: quick };
}

function inMode(unit: Unit): Found {
  return modeOf(unit) === "prod" ? { code: verifiedCode(unit) } : { unit };
}
