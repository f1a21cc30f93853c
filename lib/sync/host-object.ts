/**
 * Objects as the host has them: the same bytes, but for the ids that trees, commits and tags name.
 *
 * Everything else stays as it is, signatures and unknown headers included, so what comes back is byte for byte what was sent.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { ID_BYTES, ID_HEX, parseId, type ObjectId, type ObjectType } from "../store/id.ts";
import { hostIdAt, parseHostId, type HostId, type ObjectFormat } from "./object-format.ts";

export interface Named<Id> {
  readonly id: Id;
  readonly type: ObjectType;
}

/** An object's bytes on the host. @param hostIdOf - of what it names, which must be translated already */
export function toHost(format: ObjectFormat, type: ObjectType, payload: Uint8Array, hostIdOf: (id: ObjectId) => HostId): Uint8Array {
  if (format.name === "sha256" || type === "blob") return payload;
  if (type === "tree") return rewriteTree(payload, ID_BYTES, (at) => Buffer.from(hostIdOf(idAt(payload, at)), "hex"));
  return rewriteHeaders(payload, type, (text) => hostIdOf(parseId(text)));
}

/** An object's bytes in the store. @param idOf - of what it names, which must be translated already */
export function fromHost(format: ObjectFormat, type: ObjectType, payload: Uint8Array, idOf: (id: HostId) => ObjectId): Uint8Array {
  if (format.name === "sha256" || type === "blob") return payload;
  if (type === "tree") return rewriteTree(payload, format.idBytes, (at) => Buffer.from(idOf(hostIdAt(format, payload, at)), "hex"));
  return rewriteHeaders(payload, type, (text) => idOf(parseHostId(format, text)));
}

/** What an object names, as the store spells it. @throws VibesafeStoreError for a submodule, whose commit is nowhere to be had */
export function namedIn(type: ObjectType, payload: Uint8Array): Named<ObjectId>[] {
  return named(type, payload, { idBytes: ID_BYTES, at: idAt, parse: (text) => parseId(text) });
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

function named<Id>(type: ObjectType, payload: Uint8Array, { idBytes, at, parse }: Spelling<Id>): Named<Id>[] {
  if (type === "blob") return [];
  const found: Named<Id>[] = [];
  if (type === "tree") {
    for (const entry of treeEntries(payload, idBytes)) {
      const mode = Buffer.from(payload.buffer, payload.byteOffset + entry.start, entry.space - entry.start).toString("latin1");
      if (mode === "160000") throw new VibesafeStoreError("a tree holds a submodule, which has no place in a store", { remedy: "remove it from the history that is shared" });
      found.push({ id: at(payload, entry.idAt), type: mode === "40000" || mode === "040000" ? "tree" : "blob" });
    }
    return found;
  }
  const lines = headerLines(payload, type);
  for (const { key, value } of lines) found.push({ id: parse(value), type: key === "parent" ? "commit" : key === "tree" ? "tree" : typeOfTagged(payload) });
  return found;
}

function typeOfTagged(payload: Uint8Array): ObjectType {
  const type = /^object [0-9a-f]+\ntype (blob|tree|commit|tag)\n/.exec(Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, 120)).toString("latin1"))?.[1];
  if (type === "blob" || type === "tree" || type === "commit" || type === "tag") return type;
  throw bad("tag", "no type");
}

interface EntryPlace {
  readonly start: number;
  readonly space: number;
  readonly idAt: number;
}

function* treeEntries(payload: Uint8Array, idBytes: number): Generator<EntryPlace> {
  for (let start = 0; start < payload.length; ) {
    const space = payload.indexOf(0x20, start);
    const end = payload.indexOf(0, space);
    if (space === -1 || end === -1 || end + 1 + idBytes > payload.length) throw bad("tree", "it is cut short");
    yield { start, space, idAt: end + 1 };
    start = end + 1 + idBytes;
  }
}

function rewriteTree(payload: Uint8Array, idBytes: number, idFor: (at: number) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { start, idAt: at } of treeEntries(payload, idBytes)) parts.push(payload.subarray(start, at), idFor(at));
  return Buffer.concat(parts);
}

interface HeaderLine {
  readonly key: string;
  readonly value: string;
}

/** The lines at the beginning that name objects: `tree` and `parent`s of a commit, `object` of a tag. */
function headerLines(payload: Uint8Array, type: ObjectType): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let offset = 0; ; ) {
    const end = payload.indexOf(0x0a, offset);
    const limit = Math.min(end === -1 ? payload.length : end, offset + 8 + ID_HEX);
    const line = Buffer.from(payload.buffer, payload.byteOffset + offset, limit - offset).toString("latin1");
    const [key = "", value = ""] = line.split(" ", 2);
    const wanted = type === "tag" ? (lines.length === 0 ? "object" : "") : lines.length === 0 ? "tree" : "parent";
    if (key !== wanted || end === -1) {
      if (lines.length === 0) throw bad(type, `no ${wanted} line`);
      return lines;
    }
    lines.push({ key, value });
    offset = end + 1;
  }
}

function rewriteHeaders(payload: Uint8Array, type: ObjectType, idFor: (text: string) => string): Uint8Array {
  const lines = headerLines(payload, type);
  const before = lines.reduce((sum, { key, value }) => sum + key.length + value.length + 2, 0);
  const text = lines.map(({ key, value }) => `${key} ${idFor(value)}\n`).join("");
  return Buffer.concat([Buffer.from(text, "latin1"), payload.subarray(before)]);
}

function idAt(bytes: Uint8Array, offset: number): ObjectId {
  return parseId(Buffer.from(bytes.buffer, bytes.byteOffset + offset, ID_BYTES).toString("hex"));
}

function bad(type: ObjectType, why: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad ${type}: ${why}`, { remedy: "run `vibe fsck`" });
}
