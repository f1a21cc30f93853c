/**
 * `vibesafe.deps.json`: the frozen packages of all units for people and scanners, as a CycloneDX bill of materials.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 * @see https://github.com/package-url/purl-spec
 * @module
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../project/project.ts";
import type { FrozenDependencies, FrozenPackage } from "../spec/checkpoint/frozen.ts";
import { formatJson } from "../spec/checkpoint/json.ts";
import { readSave } from "../spec/checkpoint.ts";
import { refUnit, UNIT_REFS } from "../spec/unit-id.ts";
import { listRefs } from "../store/refs.ts";
import type { CommitId } from "../store/id.ts";
import type { Store } from "../store/store.ts";
import { VERSION } from "../version.ts";

export const BOM_FILE = "vibesafe.deps.json";

/** Whether any unit of the project may have frozen packages: who freezes has the file, or says so in the configuration. */
export function hasFrozen({ root, config }: Project): boolean {
  return config.save.freeze || existsSync(join(root, BOM_FILE));
}

interface FrozenUnit {
  readonly unit: string;
  readonly commit: CommitId;
  readonly dependencies: FrozenDependencies;
}

/** The active saves that froze their packages. @throws VibesafeError when a save is damaged */
export function frozenUnits(store: Store): FrozenUnit[] {
  return listRefs(store, UNIT_REFS).flatMap(({ name, id }) => {
    const unit = refUnit(name);
    if (unit === undefined) return [];
    const save = readSave(store, id as CommitId);
    const dependencies = save.verification?.dependencies;
    return dependencies === undefined ? [] : [{ unit, commit: save.commitId, dependencies }];
  });
}

/** The document; equal units give equal bytes, on every day. */
export function formatBom(units: readonly FrozenUnit[]): string {
  const packages = new Map<string, { component: unknown; dependsOn: Set<string> }>();
  for (const { dependencies } of units) {
    for (const found of Object.values(dependencies.packages)) {
      const purl = purlOf(found);
      const { dependsOn } = packages.get(purl) ?? { dependsOn: new Set<string>() };
      for (const key of Object.values(found.dependencies)) {
        const next = dependencies.packages[key];
        if (next !== undefined) dependsOn.add(purlOf(next));
      }
      packages.set(purl, { component: componentOf(found, purl), dependsOn });
    }
  }
  const sorted = [...packages].sort(([a], [b]) => (a < b ? -1 : 1));
  return formatJson({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { tools: { components: [{ type: "application", name: "vibesafe", version: VERSION }] } },
    components: [
      ...units.map(({ unit, commit }) => ({ type: "application", "bom-ref": `unit:${unit}`, name: unit, version: commit })),
      ...sorted.map(([, { component }]) => component),
    ],
    dependencies: [
      ...units.map(({ unit, dependencies: { direct, packages: all } }) => ({
        ref: `unit:${unit}`,
        dependsOn: [...new Set(Object.values(direct).flatMap((key) => (all[key] === undefined ? [] : [purlOf(all[key])])))].sort(),
      })),
      ...sorted.map(([ref, { dependsOn }]) => ({ ref, dependsOn: [...dependsOn].sort() })),
    ],
  });
}

function purlOf({ name, version }: FrozenPackage): string {
  return `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(version)}`;
}

function componentOf({ name, version, integrity }: FrozenPackage, purl: string): unknown {
  const [, algorithm, base64 = ""] = /^(sha(?:256|384|512|1))-([A-Za-z0-9+/=]+)$/.exec(integrity ?? "") ?? [];
  const alg = algorithm?.toUpperCase().replace("SHA", "SHA-");
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    purl,
    ...(alg !== undefined && { hashes: [{ alg, content: Buffer.from(base64, "base64").toString("hex") }] }),
  };
}
