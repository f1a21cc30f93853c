/**
 * Loose objects: one zlib stream a file, in `ab/cdef…` below a folder of objects.
 *
 * @module
 */

import { hash } from "node:crypto";
import { join } from "node:path";
import { VibesafeHashMismatch } from "../errors.ts";
import { readIfPresent } from "./files.ts";
import type { ObjectId } from "./id.ts";
import { inflatePrefix, inflateStream } from "./inflate.ts";
import { brokenObject, parseObjectHeader, type StoredObject } from "./object.ts";

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
 * @throws VibesafeHashMismatch when the content is well-formed and hashes to another name
 * @throws VibesafeStoreError when it is cut short, followed by other bytes, no zlib, or larger than `maxSize`
 */
export function readLoose(objectsDir: string, id: ObjectId, maxSize: number): StoredObject | undefined {
  const path = loosePath(objectsDir, id);
  // Deflate grows what it cannot shrink by 5 bytes per 16 KiB (RFC 1951); twice the size is beyond any honest file.
  const file = readIfPresent(path, maxSize * 2 + 4096);
  if (file === undefined) return undefined;
  return decodeLoose(file, id, path, maxSize);
}

/** Inflates and verifies the bytes of a loose object's file. */
export function decodeLoose(file: Uint8Array, id: ObjectId, path: string, maxSize: number): StoredObject {
  let inflated = file.length <= ONE_GO ? inflateStream(file, Math.min(ONE_GO_LIMIT, maxSize + 64)) : "longer";
  if (inflated === "longer") {
    const prefix = inflatePrefix(file.subarray(0, PROBE));
    if (typeof prefix === "string") throw brokenObject(path, `zlib stream is ${prefix}`);
    const header = parseObjectHeader(prefix.bytes);
    if (header === undefined) throw brokenObject(path, "no object header");
    if (header.size > maxSize) throw brokenObject(path, `declares ${header.size} bytes, the limit is ${maxSize}`);
    inflated = inflateStream(file, header.length + header.size);
  }
  if (inflated === "longer") throw brokenObject(path, "holds more bytes than its header declares");
  if (typeof inflated === "string") throw brokenObject(path, `zlib stream is ${inflated}`);
  const { bytes, consumed } = inflated;
  if (consumed !== file.length) throw brokenObject(path, `${file.length - consumed} bytes follow the zlib stream`);
  const actual = hash("sha256", bytes, "hex");
  if (actual !== id) throw hashMismatch(id, path, actual);
  const header = parseObjectHeader(bytes);
  if (header === undefined) throw brokenObject(path, "no object header");
  if (header.length + header.size !== bytes.length) {
    throw brokenObject(path, `declares ${header.size} bytes and holds ${bytes.length - header.length}`);
  }
  return { type: header.type, payload: bytes.subarray(header.length) };
}

/** The error for bytes that do not hash to their name. */
export function hashMismatch(id: ObjectId, path: string, actual: string): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`object ${id} at ${path} hashes to ${actual}`, {
    remedy: "run `vibe fsck`, then restore the file from version control",
  });
}
