/**
 * From a declaration or an id to code that may run in production, or to the unit in development.
 *
 * @module
 */

import type { UnitId } from "../spec/types.ts";
import type { CallSite } from "./call-site.ts";
import type { VerifiedCode } from "./evaluate.ts";
import { modeOf, unitAt, unitNamed, verifiedCode } from "./full.ts";
import { quickCode, quickCodeOf } from "./quick.ts";
import { sealedCode, sealedCodeOf } from "./sealed.ts";
import type { Stub, Unit } from "./unit.ts";

export type Found = { readonly code: VerifiedCode } | { readonly unit: Unit };

/** The unit declared at `site`. @throws VibesafeError in production when its code may not run */
export function findAt(site: CallSite | { readonly script: string }, stub: Stub): Found {
  const quick = sealedCode(site, stub) ?? (stub.unit === undefined ? quickCode(site, stub.name) : undefined);
  return quick === undefined ? inMode(unitAt(site, stub)) : { code: quick };
}

/** The unit of that id. @throws VibesafeError in production when its code may not run */
export function findById(id: UnitId, folder: string): Found {
  const quick = sealedCodeOf(id, folder) ?? quickCodeOf(id, folder);
  return quick === undefined ? inMode(unitNamed(id, folder)) : { code: quick };
}

function inMode(unit: Unit): Found {
  return modeOf(unit) === "prod" ? { code: verifiedCode(unit) } : { unit };
}
