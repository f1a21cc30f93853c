/**
 * What production reads of a save where its witness holds: no object that it does not need.
 *
 * Each object that is read is verified. The others (`impl.ts`, `prompt.md`, `spec.cbor`, `provenance.json`) are bound by the ids in the
 * trees that were; their bytes play no part in what runs.
 *
 * @module
 */

import { sep } from "node:path";
import { VibesafeHashMismatch } from "../errors.ts";
import { VERSION } from "../version.ts";
import { parseCommit } from "../store/commit.ts";
import type { BlobId, CommitId, ObjectId, ObjectType, TreeId } from "../store/id.ts";
import { decodeLoose } from "../store/loose.ts";
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
  /** Of `build/impl.js`, which `readBuild` reads. */
  readonly buildId: BlobId;
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
  const buildId = entry<BlobId>(folder(entry<TreeId>(root, "build/"), "build/", ["impl.js"]), "impl.js");
  return { unit: said.unit, specHash, checkpointHash, buildId, ...seen };
}

/** The bytes of `build/impl.js`, verified; good until the next read. @throws VibesafeError when the object is absent, broken or no blob */
export function readBuild(read: ReadObject, { unit, buildId }: Deployed): Uint8Array {
  const { type, payload } = read(buildId);
  if (type === "blob") return payload;
  throw new VibesafeHashMismatch(`build/impl.js of ${unit} is a ${type}, not a blob`, { unit, remedy: `run \`vibe compile --force --target ${unit}\`, then \`vibe save --target ${unit}\`` });
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
    const path = `${sep}${id.slice(0, 2)}${sep}${id.slice(2)}`;
    const file = readSmall(objects + path);
    return file === undefined ? readObject(store, id) : decodeLoose(file, id, `objects${path}`, DEFAULT_MAX_SIZE);
  };
}

/** What a `verification.json` says that every gate passed for, and nothing is left unverified. */
function passIn(text: string): Pick<Deployed, "witness" | "dependencies"> | undefined {
  const found: unknown = JSON.parse(text);
  if (typeof found !== "object" || found === null || !("witness" in found) || "unverified" in found) return undefined;
  if (!("format" in found) || found.format !== 1 || !("passed" in found) || found.passed !== true) return undefined;
  if (!("gates" in found) || !Array.isArray(found.gates) || !found.gates.every(passed)) return undefined;
  return {
    witness: isWitness(found.witness) ? found.witness : witness(found.witness, "verification.json: witness"),
    ...("dependencies" in found && { dependencies: frozenDependencies(found.dependencies, "verification.json: dependencies") }),
  };
}

/** Whether it can be taken as it is. Digests are not looked at: one that is none is the digest of no file. */
function isWitness(value: unknown): value is Witness {
  if (typeof value !== "object" || value === null || !("vibesafe" in value) || !("file" in value) || !("lines" in value)) return false;
  if (!("files" in value) || !("imports" in value) || !("template" in value)) return false;
  const { vibesafe, file, lines, files, imports, template } = value;
  if (typeof vibesafe !== "string" || typeof file !== "string" || (template !== null && typeof template !== "string")) return false;
  if (!Array.isArray(lines) || lines.length !== 2 || typeof lines[0] !== "number" || typeof lines[1] !== "number") return false;
  if (typeof files !== "object" || files === null || Array.isArray(files) || !Array.isArray(imports)) return false;
  return Object.values(files).every(isText) && imports.every(isResolution);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isResolution(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("from" in value) || !("specifier" in value) || !("to" in value)) return false;
  return isText(value.from) && isText(value.specifier) && isText(value.to);
}

function passed(gate: unknown): boolean {
  return typeof gate === "object" && gate !== null && "passed" in gate && gate.passed === true;
}
