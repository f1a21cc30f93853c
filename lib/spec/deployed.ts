/**
 * What production reads of a save where its witness holds: no object that it does not need.
 *
 * Each object that is read is verified. The others (`impl.ts`, `prompt.md`, `spec.cbor`, `provenance.json`) are bound by the ids in the
 * trees that were; their bytes play no part in what runs.
 *
 * @module
 */

import { sep } from "node:path";
import { VERSION } from "../version.ts";
import { parseCommit } from "../store/commit.ts";
import type { BlobId, CommitId, ObjectId, ObjectType, TreeId } from "../store/id.ts";
import { decodeLoose, loosePath } from "../store/loose.ts";
import { DEFAULT_MAX_SIZE, type StoredObject } from "../store/object.ts";
import { readObject } from "../store/read.ts";
import { areaDir, type Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { parseTree } from "../store/tree.ts";
import { checkFolder, entry } from "./checkpoint.ts";
import { frozenDependencies, type FrozenDependencies } from "./checkpoint/frozen.ts";
import { witness, type Witness } from "./checkpoint/provenance.ts";
import { parseTrailers } from "./checkpoint/message.ts";
import { readSmall } from "./read-small.ts";
import type { UnitId } from "./types.ts";
import { usualCommit, usualTree, type UsualCommit } from "./usual-save.ts";

export interface Deployed {
  readonly unit: UnitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
  /** `build/impl.js`. */
  readonly buildJs: string;
  readonly witness: Witness;
  /** The packages that must be installed, where the save froze them. */
  readonly dependencies?: FrozenDependencies;
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
    if (bytes === undefined) return new Map();
    return usualTree(bytes, [...names, ...maybe]) ?? checkFolder(parseTree(bytes), { commitId, path, names, maybe });
  };
  const bytes = payload(commitId, "commit");
  if (bytes === undefined) return undefined;
  const said = usualCommit(bytes) ?? otherCommit(bytes, commitId);
  const root = folder(said.tree, "", ["build/", "checkpoint/", "provenance.json"], ["verification.json"]);
  if (!root.has("verification.json")) return undefined;
  const verification = payload(entry<BlobId>(root, "verification.json"), "blob");
  const seen = verification === undefined ? undefined : passIn(decodeUtf8(verification, "verification.json"));
  if (seen?.witness.vibesafe !== VERSION) return undefined;
  const checkpointHash = entry<TreeId>(root, "checkpoint/");
  const specHash = entry<BlobId>(folder(checkpointHash, "checkpoint/", ["impl.ts", "prompt.md", "spec.cbor"]), "spec.cbor");
  if (said.specHash !== specHash || said.checkpointHash !== checkpointHash) return undefined;
  const build = payload(entry<BlobId>(folder(entry<TreeId>(root, "build/"), "build/", ["impl.js"]), "impl.js"), "blob");
  if (build === undefined) return undefined;
  return { unit: said.unit, specHash, checkpointHash, buildJs: decodeUtf8(build, "impl.js"), ...seen };
}

function otherCommit(bytes: Uint8Array, commitId: CommitId): UsualCommit {
  const { tree, message } = parseCommit(bytes);
  return { tree, ...parseTrailers(message, commitId) };
}

/**
 * Reads from a store: a loose object first, where saves are; packs have to be listed. What it gives is good until the next read.
 */
export function storeReader(store: Store): ReadObject {
  const objects = areaDir(store, "objects");
  return (id) => {
    // As `loosePath`, which takes longer than the system's call.
    const file = readSmall(`${objects}${sep}${id.slice(0, 2)}${sep}${id.slice(2)}`);
    return file === undefined ? readObject(store, id) : decodeLoose(file, id, loosePath("objects", id), DEFAULT_MAX_SIZE);
  };
}

/** What a `verification.json` says that every gate passed for, and nothing is left unverified. */
function passIn(text: string): Pick<Deployed, "witness" | "dependencies"> | undefined {
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null || !("witness" in found) || "unverified" in found) return undefined;
  if (!("format" in found) || found.format !== 1 || !("passed" in found) || found.passed !== true) return undefined;
  if (!("gates" in found) || !Array.isArray(found.gates) || !found.gates.every(passed)) return undefined;
  return {
    witness: witness(found.witness, "verification.json: witness"),
    ...("dependencies" in found && { dependencies: frozenDependencies(found.dependencies, "verification.json: dependencies") }),
  };
}

function passed(gate: unknown): boolean {
  return typeof gate === "object" && gate !== null && "passed" in gate && gate.passed === true;
}
