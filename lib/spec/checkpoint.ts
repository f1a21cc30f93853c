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

import { VibesafeHashMismatch } from "../errors.ts";
import { hashObject, type BlobId, type CommitId, type ObjectId, type TreeId } from "../store/id.ts";
import { readBlob, readCommit, readTree } from "../store/read.ts";
import type { Store } from "../store/store.ts";
import { decodeUtf8 } from "../store/text.ts";
import { FILE_MODE, formatTree, TREE_MODE, type TreeEntry } from "../store/tree.ts";
import type { Commit } from "../store/commit.ts";
import { formatJson } from "./checkpoint-json.ts";
import { decodeSpecMap } from "./checkpoint-spec.ts";
import { parseProvenance, parseVerification, type Provenance, type Verification } from "./provenance.ts";
import type { SpecMap, UnitId } from "./types.ts";
import { isUnitId } from "./unit-id.ts";

export type { Provenance, Verification } from "./provenance.ts";

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

/** What the trailers of a save's message bind together. */
export interface SaveTrailers {
  readonly unit: UnitId;
  readonly specHash: BlobId;
  readonly checkpointHash: TreeId;
}

/** A commit message: what a person wrote, then the trailers as a paragraph of their own. */
export function formatSaveMessage(message: string, { unit, specHash, checkpointHash }: SaveTrailers): string {
  const said = message.replaceAll(/\r\n?/g, "\n").trim();
  return `${said}\n\nVibesafe-Unit: ${unit}\nVibesafe-Spec: ${specHash}\nVibesafe-Checkpoint: ${checkpointHash}\n`;
}

/** Whether the gates passed for a save, with nothing left unverified: what production asks for. */
export function isVerified(save: Save): boolean {
  const { verification } = save;
  return verification !== undefined && verification.passed && verification.unverified === undefined && verification.gates.every((gate) => gate.passed);
}

/**
 * Reads a save or a candidate. Every object is checked against its id, and the trailers against the tree.
 *
 * @throws VibesafeHashMismatch when the commit is no save: a part absent or odd, or trailers that name something else
 * @throws VibesafeStoreError when an object is absent or broken
 */
export function readSave(store: Store, commitId: CommitId): Save {
  const commit = readCommit(store, commitId);
  const trailers = parseTrailers(commit.message, commitId);
  const unit = trailers.get("Vibesafe-Unit") ?? "";
  if (!isUnitId(unit)) throw mismatch(commitId, `its Vibesafe-Unit is ${JSON.stringify(unit)}`);
  const folder = (id: TreeId, path: string, names: readonly string[], maybe: readonly string[] = []): Map<string, ObjectId> =>
    checkFolder(readTree(store, id), { commitId, path, names, maybe });
  const root = folder(commit.tree, "", ["build/", "checkpoint/", "provenance.json"], ["verification.json"]);
  const checkpointHash = entry<TreeId>(root, "checkpoint/");
  const parts = folder(checkpointHash, "checkpoint/", ["impl.ts", "prompt.md", "spec.cbor"]);
  const build = folder(entry<TreeId>(root, "build/"), "build/", ["impl.js"]);
  const specHash = entry<BlobId>(parts, "spec.cbor");
  const checks = [
    ["Vibesafe-Spec", specHash],
    ["Vibesafe-Checkpoint", checkpointHash],
  ] as const;
  for (const [key, id] of checks) {
    if (trailers.get(key) !== id) throw mismatch(commitId, `its ${key} says ${trailers.get(key) ?? "nothing"}, its tree holds ${id}`);
  }
  const read = (id: BlobId, name: string): string => decodeUtf8(readBlob(store, id), name);
  const verification = root.get("verification.json");
  return {
    commitId,
    commit,
    unit,
    specHash,
    checkpointHash,
    impl: read(entry<BlobId>(parts, "impl.ts"), "impl.ts"),
    prompt: read(entry<BlobId>(parts, "prompt.md"), "prompt.md"),
    spec: decodeSpecMap(readBlob(store, specHash)),
    buildJs: read(entry<BlobId>(build, "impl.js"), "impl.js"),
    provenance: parseProvenance(read(entry<BlobId>(root, "provenance.json"), "provenance.json")),
    ...(verification !== undefined && { verification: parseVerification(read(entry<BlobId>(root, "verification.json"), "verification.json")) }),
  };
}

const TRAILERS = ["Vibesafe-Unit", "Vibesafe-Spec", "Vibesafe-Checkpoint"];

/** The trailers of the last paragraph, as `git interpret-trailers` sees them. */
function parseTrailers(message: string, commitId: CommitId): ReadonlyMap<string, string> {
  const last = message.trimEnd().split(/\n{2,}/).at(-1) ?? "";
  const found = new Map<string, string>();
  for (const line of last.split("\n")) {
    const [, key, value] = /^([A-Za-z0-9-]+): (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || !TRAILERS.includes(key)) continue;
    if (found.has(key)) throw mismatch(commitId, `its message has two ${key} lines`);
    found.set(key, value);
  }
  const absent = TRAILERS.find((key) => !found.has(key));
  if (absent !== undefined) throw mismatch(commitId, `its message has no ${absent} line`);
  return found;
}

interface Expected {
  readonly commitId: CommitId;
  readonly path: string;
  /** Entries that must be there; folders end in a slash. */
  readonly names: readonly string[];
  readonly maybe: readonly string[];
}

function checkFolder(entries: readonly TreeEntry[], { commitId, path, names, maybe }: Expected): Map<string, ObjectId> {
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

/** The id of an entry that `checkFolder` found, branded as its mode says. */
function entry<Kind extends BlobId | TreeId>(found: ReadonlyMap<string, ObjectId>, name: string): Kind {
  return found.get(name) as Kind;
}

function mismatch(commitId: CommitId, detail: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`commit ${commitId} is no save of vibesafe: ${detail}`, {
    remedy: "point the unit's ref at a save: `vibe log` lists them, `vibe rollback` moves it",
  });
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
