/**
 * UTF-8, strictly.
 *
 * @module
 */

import { isAscii, isUtf8 } from "node:buffer";
import { VibesafeStoreError } from "../errors.ts";

/** Tells whether UTF-8 can hold `text`: no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * Text of UTF-8 bytes; a byte order mark is kept, nothing is replaced.
 *
 * @throws VibesafeStoreError when the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, what: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  // Of ASCII the copy is all there is to do.
  if (isAscii(bytes)) return buffer.toString("latin1");
  if (!isUtf8(bytes)) throw new VibesafeStoreError(`${what}: not UTF-8`, { remedy: "run `vibe fsck`" });
  return buffer.toString("utf8");
}
