/**
 * The bytes of an object: `<type> <size>\0<content>`.
 *
 * @module
 */

import { VibesafeHashMismatch, VibesafeStoreError } from "../errors.ts";
import { OBJECT_TYPES, type ObjectId, type ObjectType } from "./id.ts";

export interface StoredObject {
  readonly type: ObjectType;
  readonly payload: Uint8Array;
}

export interface ObjectHeader {
  readonly type: ObjectType;
  readonly size: number;
  /** Where the content begins. */
  readonly length: number;
}

/** The longest header: `commit`, a space, 16 digits, NUL. */
export const LONGEST_HEADER = 24;

/** Largest object that is read whole, unless the caller says otherwise: 1 GiB. */
export const DEFAULT_MAX_SIZE: number = 2 ** 30;

const HEADER_PATTERN = /^([a-z]+) (0|[1-9][0-9]{0,15})\0/;

/** Reads the header at the beginning of an object's bytes; undefined when it is none. */
export function parseObjectHeader(bytes: Uint8Array): ObjectHeader | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LONGEST_HEADER)).toString("latin1");
  const match = HEADER_PATTERN.exec(start);
  const type = OBJECT_TYPES.find((known) => known === match?.[1]);
  if (match === null || type === undefined) return undefined;
  return { type, size: Number(match[2]), length: match[0].length };
}

const REMEDY = "run `vibe fsck`, then restore the file from version control";

/** The error for a file whose structure is not what it must be: a pack or an index, not an object in it. */
export function brokenFile(where: string, detail: string, cause?: unknown): VibesafeStoreError {
  return new VibesafeStoreError(`${where}: ${detail}`, { cause, remedy: REMEDY });
}

/** What is wrong with bytes, thrown by code that does not know which object they should be; never leaves the store's reader. */
export class DamagedBytes extends Error {
  override readonly name = "DamagedBytes";
}

/** The error for bytes that cannot be the object that they are kept as: they hash to another name, or are no object at all. */
export function damagedObject(id: ObjectId, where: string, detail: string, cause?: unknown): VibesafeHashMismatch {
  return new VibesafeHashMismatch(`object ${id} at ${where} does not hash to its name: ${detail}`, { cause, remedy: REMEDY });
}

/** The same, for bytes that are an object, but another. */
export function misnamedObject(id: ObjectId, where: string, actual: string): VibesafeHashMismatch {
  return damagedObject(id, where, `${WRONG_NAME}${actual}`);
}

const WRONG_NAME = "it hashes to ";

/** Tells the object under a wrong name from bytes that are no object. */
export function isMisnamed(error: VibesafeHashMismatch): boolean {
  return error.message.includes(`does not hash to its name: ${WRONG_NAME}`);
}

/** The error for an object that is larger than the caller wants. */
export function largeObject(id: ObjectId, where: string, size: number, maxSize: number): VibesafeStoreError {
  return new VibesafeStoreError(`object ${id} at ${where} declares ${size} bytes, the limit is ${maxSize}`, {
    remedy: "read it as a stream, or keep large files out of the store",
  });
}

/** Deflate makes at most 1032 bytes of one (zlib's technical details): a header that declares more lies. */
export function canHold(stored: number, size: number): boolean {
  return size <= stored * 1032 + 64;
}
