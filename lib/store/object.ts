/**
 * The bytes of an object: `<type> <size>\0<content>`.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { OBJECT_TYPES, type ObjectType } from "./id.ts";

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

const HEADER_PATTERN = /^([a-z]+) (0|[1-9][0-9]{0,15})$/;

/** Reads the header at the beginning of an object's bytes; undefined when it is none. */
export function parseObjectHeader(bytes: Uint8Array): ObjectHeader | undefined {
  const end = bytes.subarray(0, LONGEST_HEADER).indexOf(0);
  if (end === -1) return undefined;
  const match = HEADER_PATTERN.exec(Buffer.from(bytes.buffer, bytes.byteOffset, end).toString("latin1"));
  const type = OBJECT_TYPES.find((known) => known === match?.[1]);
  if (type === undefined) return undefined;
  return { type, size: Number(match?.[2]), length: end + 1 };
}

/** The error for an object that cannot be what its name says. */
export function brokenObject(where: string, detail: string, cause?: unknown): VibesafeStoreError {
  return new VibesafeStoreError(`${where}: ${detail}`, { cause, remedy: "run `vibe fsck`, then restore the file from version control" });
}
