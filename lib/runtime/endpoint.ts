/**
 * What a unit's spec blob says of its endpoint.
 *
 * @module
 */

import { dirname } from "node:path";
import { VibesafeHashMismatch, type VibesafeError } from "../errors.ts";
import { findProjectRoot, openProject } from "../project/project.ts";
import { decodeSpecMap } from "../spec/checkpoint/spec.ts";
import { storeReader, type ReadObject } from "../spec/deployed.ts";
import { hashSpec } from "../spec/hash.ts";
import type { SpecMap } from "../spec/types.ts";
import type { TreeId } from "../store/id.ts";
import { openStore } from "../store/store.ts";
import { parseTree } from "../store/tree.ts";
import { workspaceAt } from "./burst.ts";
import type { VerifiedCode } from "./evaluate.ts";
import { sealedAt } from "./sealed.ts";
import { specOf, type Unit } from "./unit.ts";

export interface EndpointTexts {
  /** JSON of the contract. */
  readonly contract: string;
  readonly doc: string;
}

/** In prod of the checkpoint whose code runs, in dev of the spec as it stands. @throws VibesafeError when there is none to be read */
export function endpointOf(found: { readonly code: VerifiedCode } | { readonly unit: Unit }): EndpointTexts {
  const { doc, http } = "code" in found ? checkpointSpec(found.code) : hashSpec(workspaceAt(found.unit.folder), specOf(workspaceAt(found.unit.folder), found.unit)).map;
  if (http === undefined) throw noSpec("code" in found ? found.code.unit : found.unit.id);
  return { contract: http.contract, doc };
}

/** The spec in a checkpoint; every object on the way is verified. */
function checkpointSpec({ unit, checkpoint, importer }: VerifiedCode): SpecMap {
  const read = readerAt(dirname(importer.file));
  const entry = parseTree(read(checkpoint as TreeId).payload).find(({ name }) => name === "spec.cbor");
  if (entry === undefined) throw noSpec(unit);
  return decodeSpecMap(read(entry.id).payload);
}

function readerAt(folder: string): ReadObject {
  const sealed = sealedAt(folder);
  return sealed?.bundle.read ?? storeReader(openStore(openProject(findProjectRoot(folder) ?? folder).storeDir));
}

function noSpec(unit: string): VibesafeError {
  return new VibesafeHashMismatch(`the checkpoint of ${unit} describes no endpoint`, { unit, remedy: `run \`vibe compile --force --target ${unit}\`, then \`vibe save\`` });
}
