/**
 * What production reads of a save where its witness holds: no object that it does not need.
 *
 * Each object that is read is verified. The others (`impl.ts`, `prompt.md`, `spec.cbor`, `provenance.json`) are bound by the ids in the
 * trees that were; their bytes play no part in what runs.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { parseCommit } from "../store/commit.ts";
import type { BlobId, CommitId, ObjectId, ObjectType, TreeId } from "../store/id.ts";
import { readLoose } from "../store/loose.ts";
import { DEFAULT_MAX_SIZE, type StoredObject } from "../store/object.ts";
import { readObject } from "../store/read.ts";
import { areaDir, type Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { parseTree } from "../store/tree.ts";
import { checkFolder, entry } from "./checkpoint.ts";
import { witness, type Witness } from "./checkpoint/provenance.ts";
import { parseTrailers } from "./checkpoint/message.ts";
import type { UnitId } from "./types.ts";

export interface Deployed {
  readonly unit: UnitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
  /** `build/impl.js`. */
  readonly buildJs: string;
  readonly witness: Witness;
}

/** Gives a verified object. */
export type ReadObject = (id: ObjectId) => StoredObject;

/**
 * Reads a save whose gates passed and that has a witness of this version; undefined for any other.
 *
 * @throws VibesafeError when an object is absent, broken, or not what a save holds
 */
export function readDeployed(read: ReadObject, commitId: CommitId): Deployed | undefined {
  const payload = (id: ObjectId, type: ObjectType): Uint8Array | undefined => {
    const object = read(id);
    return object.type === type ? object.payload : undefined;
  };
  const folder = (id: TreeId, path: string, names: readonly string[], maybe: readonly string[] = []): ReadonlyMap<string, ObjectId> => {
    const bytes = payload(id, "tree");
    return bytes === undefined ? new Map() : checkFolder(parseTree(bytes), { commitId, path, names, maybe });
  };
  const bytes = payload(commitId, "commit");
  if (bytes === undefined) return undefined;
  const commit = parseCommit(bytes);
  const said = parseTrailers(commit.message, commitId);
  const root = folder(commit.tree, "", ["build/", "checkpoint/", "provenance.json"], ["verification.json"]);
  if (!root.has("verification.json")) return undefined;
  const verification = payload(entry<BlobId>(root, "verification.json"), "blob");
  const seen = verification === undefined ? undefined : witnessIn(decodeUtf8(verification, "verification.json"));
  if (seen?.vibesafe !== VERSION) return undefined;
  const checkpointHash = entry<TreeId>(root, "checkpoint/");
  const specHash = entry<BlobId>(folder(checkpointHash, "checkpoint/", ["impl.ts", "prompt.md", "spec.cbor"]), "spec.cbor");
  if (said.specHash !== specHash || said.checkpointHash !== checkpointHash) return undefined;
  const build = payload(entry<BlobId>(folder(entry<TreeId>(root, "build/"), "build/", ["impl.js"]), "impl.js"), "blob");
  if (build === undefined) return undefined;
  return { unit: said.unit, specHash, checkpointHash, buildJs: decodeUtf8(build, "impl.js"), witness: seen };
}

/** Reads from a store: a loose object first, where saves are; packs have to be listed. */
export function storeReader(store: Store): ReadObject {
  const objects = areaDir(store, "objects");
  return (id) => readLoose(objects, id, DEFAULT_MAX_SIZE) ?? readObject(store, id);
}

/** The witness in a `verification.json` that says that every gate passed and nothing is left unverified. */
function witnessIn(text: string): Witness | undefined {
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null || !("witness" in found) || "unverified" in found) return undefined;
  if (!("format" in found) || found.format !== 1 || !("passed" in found) || found.passed !== true) return undefined;
  if (!("gates" in found) || !Array.isArray(found.gates) || !found.gates.every(passed)) return undefined;
  return witness(found.witness, "verification.json: witness");
}

function passed(gate: unknown): boolean {
  return typeof gate === "object" && gate !== null && "passed" in gate && gate.passed === true;
}
