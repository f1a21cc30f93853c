/**
 * Checkpoints and the commits that carry them.
 *
 * ```
 * commit   message ends in Vibesafe-Unit, Vibesafe-Spec, Vibesafe-Checkpoint
 *   tree   checkpoint/{impl.ts, prompt.md, spec.cbor}   its id is H_chk; the id of spec.cbor is H_spec
 *          build/impl.js                                what the runtime executes
 *          provenance.json                              how it came to be
 *          verification.json                            on a save: why it may run
 * ```
 *
 * @module
 */

import { hashObject, type BlobId, type CommitId, type ObjectId, type TreeId } from "../store/id.ts";
import { readBlob, readCommit, readTree } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { FILE_MODE, formatTree, TREE_MODE, type TreeEntry } from "../store/tree.ts";
import type { Commit } from "../store/commit.ts";
import { formatJson } from "./checkpoint/json.ts";
import { decodeSpecMap } from "./checkpoint/spec.ts";
import { mismatch, parseTrailers } from "./checkpoint/message.ts";
import { parseProvenance, parseVerification, type Provenance, type Verification } from "./checkpoint/provenance.ts";
import type { SpecMap, UnitId } from "./types.ts";

export { formatSaveMessage, type SaveTrailers } from "./checkpoint/message.ts";
export type { Provenance, Verification } from "./checkpoint/provenance.ts";

/** A save or a candidate, every object of it verified. */
export interface Save {
  readonly commitId: CommitId;
  readonly commit: Commit;
  readonly unit: UnitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
  /** `impl.ts`. */
  readonly impl: string;
  /** `prompt.md`. */
  readonly prompt: string;
  readonly spec: SpecMap;
  /** `build/impl.js`. */
  readonly buildJs: string;
  readonly provenance: Provenance;
  /** Absent on a candidate. */
  readonly verification?: Verification;
}

/** An object that a store must hold for what names it to be whole. */
export interface NewObject {
  readonly type: "blob" | "tree";
  readonly payload: Uint8Array;
}

export interface CheckpointParts {
  readonly impl: string;
  readonly prompt: string;
  /** Bytes of the spec blob. */
  readonly spec: Uint8Array;
}

/** The checkpoint tree of these parts: its id and the objects to write, parts before the tree. */
export function encodeCheckpoint(parts: CheckpointParts): { readonly checkpointHash: TreeId; readonly objects: readonly NewObject[] } {
  const { id, objects } = encodeFolder({ "impl.ts": utf8(parts.impl), "prompt.md": utf8(parts.prompt), "spec.cbor": parts.spec });
  return { checkpointHash: id, objects };
}

export interface SaveParts extends CheckpointParts {
  readonly buildJs: string;
  readonly provenance: Provenance;
  readonly verification?: Verification | undefined;
}

/** The tree of a save's or candidate's commit: its id, H_chk, and the objects to write, each after those it names. */
export function encodeSaveTree(parts: SaveParts): { readonly treeId: TreeId; readonly checkpointHash: TreeId; readonly objects: readonly NewObject[] } {
  const checkpoint = encodeCheckpoint(parts);
  const build = encodeFolder({ "impl.js": utf8(parts.buildJs) });
  const root = encodeFolder(
    {
      "provenance.json": utf8(formatJson(parts.provenance)),
      ...(parts.verification !== undefined && { "verification.json": utf8(formatJson(parts.verification)) }),
    },
    [
      { mode: TREE_MODE, name: "build", id: build.id },
      { mode: TREE_MODE, name: "checkpoint", id: checkpoint.checkpointHash },
    ],
  );
  return {
    treeId: root.id,
    checkpointHash: checkpoint.checkpointHash,
    objects: [...checkpoint.objects, ...build.objects, ...root.objects],
  };
}

/** Whether the gates passed for a save, with nothing left unverified: what production asks for. */
export function isVerified({ verification }: Save): boolean {
  return verification !== undefined && verificationHolds(verification);
}

export function verificationHolds({ passed, unverified, gates }: Verification): boolean {
  return passed && unverified === undefined && gates.every((gate) => gate.passed);
}

export interface ReadSaveOptions {
  /** Prompt, spec, build and provenance are read, and checked, when they are first asked for: enough for who wants the code alone. */
  readonly lazily?: boolean;
}

/**
 * Reads a save or a candidate. Every object is checked against its id, and the trailers against the tree.
 *
 * @throws VibesafeHashMismatch when the commit is no save: a part absent or odd, or trailers that name something else
 * @throws VibesafeStoreError when an object is absent or broken
 */
export function readSave(store: Store, commitId: CommitId, { lazily = false }: ReadSaveOptions = {}): Save {
  const commit = readCommit(store, commitId);
  const trailers = parseTrailers(commit.message, commitId);
  const folder = (id: TreeId, path: string, names: readonly string[], maybe: readonly string[] = []): Map<string, ObjectId> =>
    checkFolder(readTree(store, id), { commitId, path, names, maybe });
  const root = folder(commit.tree, "", ["build/", "checkpoint/", "provenance.json"], ["verification.json"]);
  const checkpointHash = entry<TreeId>(root, "checkpoint/");
  const parts = folder(checkpointHash, "checkpoint/", ["impl.ts", "prompt.md", "spec.cbor"]);
  const build = folder(entry<TreeId>(root, "build/"), "build/", ["impl.js"]);
  const specHash = entry<BlobId>(parts, "spec.cbor");
  const checks = [
    ["Vibesafe-Spec", trailers.specHash, specHash],
    ["Vibesafe-Checkpoint", trailers.checkpointHash, checkpointHash],
  ] as const;
  for (const [key, said, id] of checks) {
    if (said !== id) throw mismatch(commitId, `its ${key} says ${said}, its tree holds ${id}`);
  }
  const read = (id: BlobId, name: string): string => decodeUtf8(readBlob(store, id), name);
  const verification = root.get("verification.json");
  const prompt = once(() => read(entry<BlobId>(parts, "prompt.md"), "prompt.md"));
  const spec = once(() => decodeSpecMap(readBlob(store, specHash)));
  const buildJs = once(() => read(entry<BlobId>(build, "impl.js"), "impl.js"));
  const provenance = once(() => parseProvenance(read(entry<BlobId>(root, "provenance.json"), "provenance.json")));
  const save: Save = {
    commitId,
    commit,
    unit: trailers.unit,
    specHash,
    checkpointHash,
    impl: read(entry<BlobId>(parts, "impl.ts"), "impl.ts"),
    get prompt() {
      return prompt();
    },
    get spec() {
      return spec();
    },
    get buildJs() {
      return buildJs();
    },
    get provenance() {
      return provenance();
    },
    ...(verification !== undefined && { verification: parseVerification(read(entry<BlobId>(root, "verification.json"), "verification.json")) }),
  };
  return lazily ? save : { ...save };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

export interface Expected {
  readonly commitId: CommitId;
  readonly path: string;
  /** Entries that must be there; folders end in a slash. */
  readonly names: readonly string[];
  readonly maybe: readonly string[];
}

/** The entries of a folder of a save by name. @throws VibesafeHashMismatch when one is absent or has no place there */
export function checkFolder(entries: readonly TreeEntry[], { commitId, path, names, maybe }: Expected): Map<string, ObjectId> {
  const found = new Map<string, ObjectId>();
  for (const { mode, name, id } of entries) {
    const shown = mode === TREE_MODE ? `${name}/` : name;
    const known = names.includes(shown) || maybe.includes(shown);
    if (!known || (mode !== TREE_MODE && mode !== FILE_MODE)) throw mismatch(commitId, `its tree holds ${path}${shown} (mode ${mode})`);
    found.set(shown, id);
  }
  const absent = names.find((name) => !found.has(name));
  if (absent !== undefined) throw mismatch(commitId, `its tree has no ${path}${absent}`);
  return found;
}

/** The id of an entry, branded as the mode says that `checkFolder` saw. */
export function entry<Kind extends BlobId | TreeId>(found: ReadonlyMap<string, ObjectId>, name: string): Kind {
  const id = found.get(name);
  if (id === undefined) throw new TypeError(`no entry ${name}`);
  return id as Kind;
}

function encodeFolder(files: Readonly<Record<string, Uint8Array>>, folders: readonly TreeEntry[] = []): { id: TreeId; objects: NewObject[] } {
  const blobs = Object.entries(files).map(([name, payload]) => ({ name, payload, id: hashObject("blob", payload) }));
  const payload = formatTree([...folders, ...blobs.map(({ name, id }): TreeEntry => ({ mode: FILE_MODE, name, id }))]);
  return {
    id: hashObject("tree", payload),
    objects: [...blobs.map((blob): NewObject => ({ type: "blob", payload: blob.payload })), { type: "tree", payload }],
  };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
