/**
 * Objects as the host has them: the same bytes, but for the ids that trees, commits and tags name.
 *
 * Everything else stays as it is, signatures and unknown headers included, so what comes back is byte for byte what was sent.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { ID_BYTES, ID_HEX, idFromBytes, parseId, type ObjectId, type ObjectType } from "../store/id.ts";
import { hostIdAt, parseHostId, type HostId, type ObjectFormat } from "./object-format.ts";

/** An id in an object's bytes. */
export interface Named<Id> {
  readonly id: Id;
  readonly type: ObjectType;
  /** Where it is spelled. */
  readonly at: number;
}

/** An object's bytes on the host. @param names - what `namedIn` found. @param hostIdOf - of what it names, which must be translated already */
export function toHost({ name, idBytes }: ObjectFormat, object: { readonly type: ObjectType; readonly payload: Uint8Array }, names: readonly Named<ObjectId>[], hostIdOf: (id: ObjectId) => HostId): Uint8Array {
  if (name === "sha256" || names.length === 0) return object.payload;
  return rewrite(object, names, { from: ID_BYTES, to: idBytes, idFor: hostIdOf });
}

/** An object's bytes in the store. @param names - what `namedOnHost` found. @param idOf - of what it names, which must be translated already */
export function fromHost({ name, idBytes }: ObjectFormat, object: { readonly type: ObjectType; readonly payload: Uint8Array }, names: readonly Named<HostId>[], idOf: (id: HostId) => ObjectId): Uint8Array {
  if (name === "sha256" || names.length === 0) return object.payload;
  return rewrite(object, names, { from: idBytes, to: ID_BYTES, idFor: idOf });
}

/** What an object names, as the store spells it, in its order. @throws VibesafeStoreError for a submodule, whose commit is nowhere to be had */
export function namedIn(type: ObjectType, payload: Uint8Array): Named<ObjectId>[] {
  return named(type, payload, { idBytes: ID_BYTES, at: (bytes, offset) => idFromBytes(bytes, offset), parse: (text) => parseId(text) });
}

/** What an object names, as the host spells it. @throws VibesafeStoreError for a submodule */
export function namedOnHost(format: ObjectFormat, type: ObjectType, payload: Uint8Array): Named<HostId>[] {
  return named(type, payload, { idBytes: format.idBytes, at: (bytes, offset) => hostIdAt(format, bytes, offset), parse: (text) => parseHostId(format, text) });
}

interface Spelling<Id> {
  readonly idBytes: number;
  readonly at: (bytes: Uint8Array, offset: number) => Id;
  readonly parse: (text: string) => Id;
}

function named<Id>(type: ObjectType, payload: Uint8Array, spelling: Spelling<Id>): Named<Id>[] {
  if (type === "blob") return [];
  return type === "tree" ? namedInTree(payload, spelling) : namedInHeaders(type, payload, spelling);
}

const SPACE = 0x20;
const [ZERO, ONE, FOUR] = [0x30, 0x31, 0x34];

/** A mode says enough by its first digits: `40000` or `040000` a tree, `160000` a submodule, `1…` else a file. */
function namedInTree<Id>(payload: Uint8Array, { idBytes, at }: Spelling<Id>): Named<Id>[] {
  const found: Named<Id>[] = [];
  for (let start = 0; start < payload.length; ) {
    const space = payload.indexOf(SPACE, start);
    const end = payload.indexOf(0, space);
    if (space === -1 || end === -1 || end + 1 + idBytes > payload.length) throw bad("tree", "it is cut short");
    const digits = payload[start] === ZERO ? start + 1 : start;
    if (payload[digits] === ONE && payload[digits + 1] === 0x36) throw new VibesafeStoreError("a tree holds a submodule, which has no place in a store", { remedy: "remove it from the history that is shared" });
    const isTree = payload[digits] === FOUR && space - digits === 5;
    found.push({ id: at(payload, end + 1), type: isTree ? "tree" : "blob", at: end + 1 });
    start = end + 1 + idBytes;
  }
  return found;
}

/** The lines at the beginning that name objects: `tree` and `parent`s of a commit, `object` of a tag. */
function namedInHeaders<Id>(type: ObjectType, payload: Uint8Array, { idBytes, parse }: Spelling<Id>): Named<Id>[] {
  const found: Named<Id>[] = [];
  for (let offset = 0; ; ) {
    const end = payload.indexOf(0x0a, offset);
    const limit = Math.min(end === -1 ? payload.length : end, offset + 8 + ID_HEX);
    const line = Buffer.from(payload.buffer, payload.byteOffset + offset, limit - offset).toString("latin1");
    const wanted = type === "tag" ? (found.length === 0 ? "object" : "") : found.length === 0 ? "tree" : "parent";
    if (wanted === "" || end === -1 || !line.startsWith(`${wanted} `)) {
      if (found.length === 0) throw bad(type, `no ${wanted} line`);
      return found;
    }
    const text = line.slice(wanted.length + 1);
    if (end - offset !== wanted.length + 1 + 2 * idBytes) throw bad(type, `its ${wanted} line is ${JSON.stringify(line.slice(0, 100))}`);
    found.push({ id: parse(text), type: wanted === "parent" ? "commit" : wanted === "tree" ? "tree" : typeOfTagged(payload), at: offset + wanted.length + 1 });
    offset = end + 1;
  }
}

function typeOfTagged(payload: Uint8Array): ObjectType {
  const type = /^object [0-9a-f]+\ntype (blob|tree|commit|tag)\n/.exec(Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, 120)).toString("latin1"))?.[1];
  if (type === "blob" || type === "tree" || type === "commit" || type === "tag") return type;
  throw bad("tag", "no type");
}

interface Rewriting<Id> {
  /** Bytes of an id, before and after. */
  readonly from: number;
  readonly to: number;
  readonly idFor: (id: Id) => string;
}

/** The same bytes with other ids: raw in trees, in hex elsewhere. */
function rewrite<Id>({ type, payload }: { readonly type: ObjectType; readonly payload: Uint8Array }, names: readonly Named<Id>[], { from, to, idFor }: Rewriting<Id>): Uint8Array {
  const [encoding, before, after] = type === "tree" ? (["hex", from, to] as const) : (["latin1", 2 * from, 2 * to] as const);
  const bytes = Buffer.allocUnsafe(payload.length + names.length * (after - before));
  let read = 0;
  let written = 0;
  const copy = (end: number): void => {
    bytes.set(payload.subarray(read, end), written);
    written += end - read;
  };
  for (const { id, at } of names) {
    copy(at);
    written += bytes.write(idFor(id), written, encoding);
    read = at + before;
  }
  copy(payload.length);
  return bytes;
}

function bad(type: ObjectType, why: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad ${type}: ${why}`, { remedy: "run `vibe fsck`" });
}
