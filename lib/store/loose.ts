/**
 * Loose objects: one zlib stream a file, in `ab/cdef…` below a folder of objects.
 *
 * @module
 */

import { hash } from "node:crypto";
import { join } from "node:path";
import { readIfPresent } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { inflatePrefix, inflateStream } from "./inflate.ts";
import { canHold, damagedObject, largeObject, misnamedObject, parseObjectHeader, type ObjectHeader, type StoredObject } from "./object.ts";
import { closeFile, openFile, readRange } from "./open-file.ts";
import { parseStored } from "./stored.ts";

/** Path of a loose object below `objectsDir`. */
export function loosePath(objectsDir: string, id: ObjectId): string {
  return join(objectsDir, id.slice(0, 2), id.slice(2));
}

/** Streams up to this size are inflated in one go; longer ones say their size first. */
const ONE_GO = 1 << 14;
const ONE_GO_LIMIT = 1 << 18;
const PROBE = 256;

/**
 * Reads and verifies a loose object; undefined when there is no such file.
 *
 * @param shownAs - what messages call `objectsDir`
 * @throws VibesafeHashMismatch when the file is not the object that its name says, in whatever way
 * @throws VibesafeStoreError when it cannot be read, or is larger than `maxSize`
 */
export function readLoose(objectsDir: string, id: ObjectId, maxSize: number, shownAs: string = "objects"): StoredObject | undefined {
  // Deflate grows what it cannot shrink by 5 bytes per 16 KiB (RFC 1951); twice the size is beyond any honest file.
  const file = readIfPresent(loosePath(objectsDir, id), maxSize * 2 + 4096);
  if (file === undefined) return undefined;
  return decodeLoose(file, id, loosePath(shownAs, id), maxSize);
}

/** What a loose object's header says; undefined when there is no such file. Parameters and errors like `readLoose`. */
export function looseHead(objectsDir: string, id: ObjectId, shownAs: string): ObjectHeader | undefined {
  const file = openFile(loosePath(objectsDir, id), loosePath(shownAs, id));
  if (file === undefined) return undefined;
  try {
    return headerOf(readRange(file, 0, Math.min(PROBE, file.size)), id, file.shownAs);
  } finally {
    closeFile(file);
  }
}

function headerOf(stream: Uint8Array, id: ObjectId, where: string): ObjectHeader {
  const prefix = inflatePrefix(stream);
  if (typeof prefix === "string") throw damagedObject(id, where, `zlib stream is ${prefix}`);
  const header = parseObjectHeader(prefix.bytes);
  if (header === undefined) throw damagedObject(id, where, "no object header");
  return header;
}

/** Unpacks and verifies the bytes of a loose object's file. */
export function decodeLoose(file: Uint8Array, id: ObjectId, where: string, maxSize: number): StoredObject {
  const bytes = (file.length <= maxSize ? parseStored(file) : undefined) ?? inflateLoose(file, id, where, maxSize);
  const actual = hash("sha256", bytes, "hex");
  if (actual !== id) throw misnamedObject(id, where, actual);
  const header = parseObjectHeader(bytes);
  if (header === undefined) throw damagedObject(id, where, "no object header");
  if (header.length + header.size !== bytes.length) {
    throw damagedObject(id, where, `declares ${header.size} bytes and holds ${bytes.length - header.length}`);
  }
  return { type: header.type, payload: bytes.subarray(header.length) };
}

function inflateLoose(file: Uint8Array, id: ObjectId, where: string, maxSize: number): Uint8Array {
  let inflated = file.length <= ONE_GO ? inflateStream(file, Math.min(ONE_GO_LIMIT, maxSize + 64)) : "longer";
  if (inflated === "longer") {
    const header = headerOf(file.subarray(0, PROBE), id, where);
    if (!canHold(file.length, header.size)) throw damagedObject(id, where, `declares ${header.size} bytes, more than ${file.length} can hold`);
    if (header.size > maxSize) throw largeObject(id, where, header.size, maxSize);
    inflated = inflateStream(file, header.length + header.size);
  }
  if (inflated === "longer") throw damagedObject(id, where, "holds more bytes than its header declares");
  if (typeof inflated === "string") throw damagedObject(id, where, `zlib stream is ${inflated}`);
  if (inflated.consumed !== file.length) throw damagedObject(id, where, `${file.length - inflated.consumed} bytes follow the zlib stream`);
  return inflated.bytes;
}
