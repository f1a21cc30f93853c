/**
 * Which units rest on a declaration, a file or another unit: what an edit of it makes stale.
 *
 * @module
 */

import { VibesafeError, VibesafeUsageError } from "../errors.ts";
import { pathsTo } from "./explain/deps.ts";
import type { IndexedUnit, ProjectIndex } from "./project-index.ts";
import type { UnitId } from "./types.ts";
import { splitUnitId } from "./unit-id.ts";

export interface Dependent {
  readonly id: UnitId;
  readonly file: string;
  readonly line: number;
  /** Names that lead from the unit to what was asked for; empty for the unit itself, and where a whole file was asked for. */
  readonly path: readonly string[];
}

/** What an edit may be of: a whole file, one of its declarations, or a unit. */
export type EditTarget = { readonly file: string; readonly name?: string } | { readonly unit: UnitId };

/**
 * The units that an edit of `target` makes stale, in the order of their ids. Reads only units that rest on its file.
 *
 * @throws VibesafeUsageError when nothing rests on it and no file of that name is known
 */
export function dependentsOf(index: ProjectIndex, target: EditTarget): Dependent[] {
  const unit = "unit" in target ? index.units.find(({ id }) => id === target.unit) : undefined;
  const file = "unit" in target ? unit?.file : target.file;
  if (file === undefined) throw new VibesafeUsageError(`no unit ${"unit" in target ? target.unit : ""}`, { remedy: "`vibe scan` lists the units" });
  const near = index.units.filter((one) => restsOn(one, file));
  if (!("unit" in target) && target.name === undefined) return near.map((one) => dependent(one, []));
  const name = "unit" in target ? undefined : target.name;
  const isNamed = ({ id, name: own }: IndexedUnit): boolean => own === name || splitUnitId(id).name === name;
  const references = new Set(index.units.filter((one) => one.file === file && (one === unit || isNamed(one))).map(({ id }) => `unit:${id}`));
  const module = file.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, "").normalize("NFC");
  // A member is part of what is declared at the top level, a property of the JSON that was imported as a whole.
  if (name !== undefined) for (const key of [name, name.replace(/\..*/, ""), ...(module === file.normalize("NFC") ? ["default"] : [])]) references.add(`${module}#${key}`);
  return near.flatMap((one): Dependent[] => {
    if (references.has(`unit:${one.id}`)) return [dependent(one, [])];
    const { map, sources } = one.hashed();
    const paths = pathsTo(map.deps);
    // What a CommonJS file exports cannot be told apart: it is one text.
    const whole = name !== undefined && sources.has(`${module}#*`) ? [`${module}#*`] : [];
    const found = [...references, ...whole].map((reference) => paths.get(reference)).find((path) => path !== undefined);
    return found === undefined ? [] : [dependent(one, found)];
  });
}

function dependent({ id, file, line }: IndexedUnit, path: readonly string[]): Dependent {
  return { id, file, line, path };
}

/** A unit that cannot be hashed rests on its own file, for all that can be told. */
function restsOn(unit: IndexedUnit, file: string): boolean {
  try {
    return unit.restsOn().includes(file);
  } catch (error) {
    if (!(error instanceof VibesafeError)) throw error;
    return false;
  }
}
