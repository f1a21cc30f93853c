/**
 * Compressing, with no more state than the input needs: an engine for 32 KiB costs more than compressing 1 KiB.
 *
 * @module
 */

import { deflateSync } from "node:zlib";
import { objectHeader, type ObjectType } from "./id.ts";
import { formatStored, STORED_OVERHEAD } from "./stored.ts";

/** As git for loose objects (core.looseCompression): 6 % larger than level 6 on our own sources. */
export const LOOSE_LEVEL = 1;

/** As git for packs (pack.compression). */
export const PACK_LEVEL = 6;

/** What most file systems give a file at least: whatever fits takes no more room on the disk when it is not compressed. */
const FILE_BLOCK = 4096;

/** The file of a loose object: compressed only where that can save a block of the disk. */
export function formatLoose(type: ObjectType, payload: Uint8Array): Uint8Array {
  const header = objectHeader(type, payload.length);
  if (header.length + payload.length + STORED_OVERHEAD <= FILE_BLOCK) return formatStored([header, payload]);
  return deflate(Buffer.concat([header, payload]), LOOSE_LEVEL);
}

/** What zlib keeps back of its window: no match reaches further than the window less this (deflate.h, MIN_LOOKAHEAD). */
const LOOKAHEAD = 262;

/** One zlib stream; 16 µs for 1 KiB, against 35 with zlib's usual settings. */
export function deflate(bytes: Uint8Array, level: number): Uint8Array {
  const bits = Math.ceil(Math.log2(bytes.length + LOOKAHEAD));
  const windowBits = Math.min(15, Math.max(9, bits));
  // The buffer of symbols, 64 times 2^memLevel, as large as the input at least: one block.
  const memLevel = Math.min(8, Math.max(4, bits - 6));
  const chunkSize = Math.min(1 << 16, bytes.length + (bytes.length >> 8) + 128);
  return deflateSync(bytes, { level, windowBits, memLevel, chunkSize });
}
