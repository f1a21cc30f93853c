/**
 * `vibe deps --frozen`: the packages that the active saves were verified with.
 *
 * @module
 */

import { VibesafeCheckpointMissing } from "../errors.ts";
import type { FrozenDependencies } from "../spec/checkpoint/frozen.ts";
import { showDifference, type PackageDifference } from "../spec/installed.ts";
import { readActive } from "../spec/status.ts";
import type { HashedSpec } from "../spec/types.ts";
import { packageDifferences } from "../spec/verified-save.ts";
import type { Context } from "./context.ts";
import { EXIT_STATUS, type ExitStatus } from "./exit-status.ts";

interface Frozen {
  readonly unit: HashedSpec;
  readonly dependencies: FrozenDependencies | undefined;
  readonly differences: readonly PackageDifference[];
}

/** Prints them unit by unit; 1 where a unit has none on record, 4 where others are installed. */
export function showFrozen(context: Context, units: readonly HashedSpec[]): ExitStatus {
  const store = context.store();
  const found = units.map((unit): Frozen => {
    const dependencies = store === undefined ? undefined : readActive(store, unit.spec.id)?.verification?.dependencies;
    return { unit, dependencies, differences: packageDifferences(context.workspace(), unit.spec, dependencies) };
  });
  context.document({ units: found.map(documentOf) });
  for (const { unit, dependencies, differences } of found) {
    const { id } = unit.spec;
    if (dependencies === undefined) {
      context.complain(new VibesafeCheckpointMissing(`no packages are frozen with ${id}`, { unit: id, remedy: `run \`vibe save --freeze-http-deps --target ${id}\`` }));
      continue;
    }
    context.say(`${context.colour.bold(id)}  ${dependencies.lockfile.uri}`);
    for (const line of treeOf(dependencies)) context.say(line);
    for (const difference of differences) context.say(context.colour.red(`  ${showDifference(difference)}`));
  }
  if (found.some(({ differences }) => differences.length > 0)) return EXIT_STATUS.HASH_MISMATCH;
  return found.some(({ dependencies }) => dependencies === undefined) ? 1 : 0;
}

function documentOf({ unit, dependencies, differences }: Frozen): unknown {
  return { id: unit.spec.id, frozen: dependencies ?? null, differences: differences.map(({ path, frozen, installed }) => ({ path, frozen, installed: installed ?? null })) };
}

/** Packages under those that import them; one that was shown already is not shown again. */
function treeOf({ direct, packages }: FrozenDependencies): string[] {
  const lines: string[] = [];
  const shown = new Set<string>();
  const visit = (names: Readonly<Record<string, string>>, indent: string): void => {
    const entries = Object.entries(names).flatMap(([name, key]) => (packages[key] === undefined ? [] : [{ name, key, found: packages[key] }]));
    entries.forEach(({ name, key, found }, i) => {
      const last = i === entries.length - 1;
      const again = shown.has(key) && Object.keys(found.dependencies).length > 0;
      const alias = found.name === name ? "" : ` (${found.name})`;
      lines.push(`${indent}${last ? "└─" : "├─"} ${name}${alias}  ${found.version}${again ? "  (above)" : ""}`);
      if (again) return;
      shown.add(key);
      visit(found.dependencies, `${indent}${last ? "   " : "│  "}`);
    });
  };
  visit(direct, "");
  return lines;
}
