/**
 * What code imports beyond what its spec names.
 *
 * A reply may import all that the spec's file imports or exports. What the spec names is part of H_spec; the rest is told here, import by
 * import, so that a verdict and a save hold only while it is what it was.
 *
 * @module
 */

import { hash } from "node:crypto";
import { VibesafeHashMismatch, VibesafeTypeError } from "../errors.ts";
import { CONFIG_FILE } from "../project/project.ts";
import type { Witness } from "./checkpoint/provenance.ts";
import { collectNamed } from "./deps.ts";
import { moduleOf } from "./deps/function.ts";
import { lookUpImport, referenceOf, type Target } from "./deps/target.ts";
import type { Change } from "./explain/change.ts";
import { parseText } from "./parse.ts";
import { importsOf } from "./parse/imports.ts";
import { freeNames } from "./scope.ts";
import type { HashedSpec, Spec } from "./types.ts";
import type { Workspace } from "./workspace.ts";

/** Import, as `./parse.ts#parseInteger` (`#*` for a whole module) -> SHA-256 of what it leads to, as H_spec would cover it. */
export type Uses = Readonly<Record<string, string>>;

export interface FoundUses {
  readonly uses: Uses;
  /** Files that were read for them; POSIX paths from the root. */
  readonly files: readonly string[];
}

/** What `impl`, which stands beside the spec's file, imports and `hashed` does not cover; an import that does not resolve is the gates' to refuse. */
export function usesOf(workspace: Workspace, { spec, map: { deps } }: HashedSpec, impl: string): FoundUses {
  const syntax = parseText(impl, "ts");
  // What does not parse is no implementation, which validation says.
  if ("message" in syntax) return { uses: {}, files: [] };
  const { values, types, members } = freeNames(syntax.program.body.filter(({ type }) => type !== "ImportDeclaration"));
  const imports = importsOf(syntax.program).filter(({ local }) => values.has(local) || types.has(local));
  const keys = imports.flatMap(({ local, specifier, imported }) =>
    (imported === "*" ? [...(members.get(local) ?? ["*"])] : [imported]).map((name) => `${specifier}#${name}`),
  );
  const isCovered = (target: Target): boolean => {
    const reference = referenceOf(target);
    if (reference === undefined || target.kind === "builtin") return true;
    if (target.kind === "package") return (deps.packages[target.name] ?? "").split(" ").includes(target.version);
    return Object.hasOwn(deps.declarations, reference) || (target.kind === "unit" && Object.hasOwn(deps.units, target.spec.id));
  };
  return collect(workspace, spec, [...new Set(keys)].sort(), isCovered);
}

/** The imports of code, as recorded, that no longer lead to what they led to. @param recorded - as a save has them; none where it has no record */
export function changedUses(workspace: Workspace, spec: Spec, recorded: Uses | undefined): readonly string[] {
  return compareUses(workspace, spec, recorded).changed;
}

/** The same, with the files that were read for all of them. */
export function compareUses(workspace: Workspace, spec: Spec, recorded: Uses | undefined): { readonly changed: readonly string[]; readonly files: readonly string[] } {
  const keys = Object.keys(recorded ?? {});
  if (recorded === undefined || keys.length === 0) return { changed: [], files: [] };
  const { uses, files } = collect(workspace, spec, keys, () => false);
  return { changed: keys.filter((key) => uses[key] !== recorded[key]), files };
}

/** What changed of all that the code of a save imports beyond a spec that is the same, with the files where it did. */
export function usesChanges(workspace: Workspace, { spec }: Pick<HashedSpec, "spec">, witness: Pick<Witness, "uses" | "files"> | undefined): readonly Change[] {
  const { changed } = compareUses(workspace, spec, witness?.uses);
  return changed.map((key) => {
    const { files } = compareUses(workspace, spec, { [key]: "" });
    const edited = files.filter((file) => file !== CONFIG_FILE && witness?.files[file] !== workspace.digest(file));
    const sources = edited.filter((file) => !file.endsWith("tsconfig.json"));
    const where = edited.length === 0 ? "" : ` (${(sources.length > 0 ? sources : edited).join(", ")})`;
    return { field: `uses.${key}`, kind: "modified", before: null, after: null, text: `Modified ${describeUse(key)}, which the code imports${where}` };
  });
}

/** The error for a unit whose code imports, beyond its spec, something that changed since it was verified; undefined where all is as it was. */
export function usesMismatch(workspace: Workspace, spec: Spec, recorded: Uses | undefined): VibesafeHashMismatch | undefined {
  const changed = changedUses(workspace, spec, recorded);
  if (changed.length === 0) return undefined;
  const { id } = spec;
  const shown = changed.map((key) => `\n  - ${describeUse(key)}`).join("");
  return new VibesafeHashMismatch(`what the code of ${id} imports is not what it was verified with:${shown}`, {
    unit: id,
    remedy: `undo the change, or verify the code anew: \`vibe accept --intent-changed --target ${id}\``,
  });
}

/** `parseInteger of ./parse.ts` */
export function describeUse(key: string): string {
  const at = key.lastIndexOf("#");
  const name = key.slice(at + 1);
  return name === "*" ? key.slice(0, at) : `${name} of ${key.slice(0, at)}`;
}

function collect(workspace: Workspace, spec: Spec, keys: readonly string[], isCovered: (target: Target) => boolean): FoundUses {
  const uses: Record<string, string> = {};
  const files = new Set<string>();
  const module = moduleOf(workspace, spec);
  for (const key of keys) {
    const at = key.lastIndexOf("#");
    try {
      const touched = new Set<string>();
      const target = lookUpImport({ workspace, touched }, module, key.slice(0, at), key.slice(at + 1));
      if (isCovered(target)) continue;
      const { deps, files: read } = collectNamed(workspace, spec, new Map([["", target]]), touched);
      uses[key] = hash("sha256", JSON.stringify(deps), "hex");
      for (const file of read) files.add(file);
    } catch (error) {
      // It leads nowhere.
      if (!(error instanceof VibesafeTypeError)) throw error;
    }
  }
  return { uses, files: [...files].sort() };
}
