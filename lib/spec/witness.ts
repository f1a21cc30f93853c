/**
 * The witness of a save: what H_spec rested on, so that a deployed program can tell without parsing that it still stands.
 *
 * H_spec is a function of the bytes of some files, of where the imports in them lead, of the prompt template and of the version of
 * vibesafe. Where all of these are as they were, so is H_spec. Where anything differs the witness says nothing, and who asks parses.
 *
 * @module
 */

import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { VibesafeStoreError } from "../errors.ts";
import { CONFIG_FILE, openProject } from "../project/project.ts";
import { VERSION } from "../version.ts";
import type { Witness } from "./checkpoint/provenance.ts";
import { readMaterials } from "./deps/materials.ts";
import { hashWithSources } from "./hash.ts";
import { formatResolved, resolvedFrom, tryResolve } from "./resolve.ts";
import { findSpec } from "./scan.ts";
import { readTemplate } from "./template.ts";
import type { HashedSpec, Spec } from "./types.ts";
import { usesOf, type FoundUses, type Uses } from "./uses.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/**
 * Makes the witnesses of `units`. Everything is read anew: the witness is of bytes that gave exactly these hashes.
 *
 * @throws VibesafeStoreError when a file has changed since `units` were hashed and judged
 */
export function makeWitnesses(root: string, units: readonly Witnessed[]): Witness[] {
  const config = (): string => hash("sha256", readFileSync(join(root, CONFIG_FILE)), "hex");
  const before = config();
  const workspace = createWorkspace(openProject(root));
  const witnesses = units.map(({ hashed: unit, impl, uses: judged }) => {
    const spec = findSpec(workspace, unit.spec.id);
    const found = spec === undefined ? undefined : hashWithSources(workspace, spec);
    if (spec === undefined || found?.hashed.specHash !== unit.specHash) throw changed(unit);
    const { uses, files } = usesOf(workspace, found.hashed, impl);
    if (!isDeepStrictEqual(uses, judged)) throw changed(unit);
    return witnessOf(workspace, found.hashed, { uses, files: [...new Set([...found.files, ...files])] });
  });
  // The configuration was read once to be understood and once to be hashed.
  const first = witnesses.findIndex(({ files }) => files[CONFIG_FILE] !== before);
  const other = units[first === -1 ? 0 : first]?.hashed;
  if (other !== undefined && (first !== -1 || config() !== before)) throw changed(other);
  return witnesses;
}

export interface Witnessed {
  readonly hashed: HashedSpec;
  readonly impl: string;
  /** What `impl` imported beyond its spec when it was judged. */
  readonly uses: Uses;
}

/** Last line that a call of `vibesafe.func` may be seen at, up to its function. */
export function lastLine({ source, call, fn, line }: Spec): number {
  return line + source.slice(call.start, fn.start).split("\n").length - 1;
}

function witnessOf(workspace: Workspace, { spec, materials }: HashedSpec, { uses, files }: FoundUses): Witness {
  const imports = files.flatMap((from) =>
    [...resolvedFrom(workspace, from)].sort().flatMap((specifier) => {
      const resolved = tryResolve(workspace, specifier, from);
      return typeof resolved === "string" ? [] : [{ from, specifier, to: formatResolved(resolved) }];
    }),
  );
  const template = readTemplate(workspace.project, spec);
  return {
    vibesafe: VERSION,
    file: spec.file,
    lines: [spec.line, lastLine(spec)],
    files: Object.fromEntries([...materials, ...readMaterials(workspace, files)].map(({ uri, digest }) => [uri, digest.sha256])),
    imports,
    template: template.packaged ? template.id : null,
    ...(Object.keys(uses).length > 0 && { uses }),
  };
}

function changed({ spec }: HashedSpec): VibesafeStoreError {
  return new VibesafeStoreError(`${spec.file}, or what it names, was changed while ${spec.id} was being saved`, {
    unit: spec.id,
    remedy: "run `vibe compile`, then `vibe save` again",
  });
}
