/**
 * Compressing small objects with one engine: making one for each takes longer than what it does.
 *
 * @module
 */

import { createDeflate } from "node:zlib";
import { deflate } from "../store/deflate.ts";
import { makeEngine, runEngine } from "../store/inflate-engine.ts";

/** Speed counts for more than size: whoever keeps the pack packs anew. */
const LEVEL = 1;

/** The window of an engine for objects up to this size: what is larger is worth one of its own. */
const LARGEST: number = 1 << 12;

let engine: ReturnType<typeof makeEngine>;
let tried = false;

/** One zlib stream. */
export function deflateSmall(payload: Uint8Array): Uint8Array {
  if (payload.length > LARGEST) return deflate(payload, LEVEL);
  // A window of 4 KiB and as many symbols; the room is what zlib needs at worst.
  if (!tried) engine = makeEngine(createDeflate({ level: LEVEL, windowBits: 12, memLevel: 6 }), 2 * LARGEST);
  tried = true;
  return (engine === undefined ? undefined : runEngine(engine, payload, 2 * LARGEST)?.bytes) ?? deflate(payload, LEVEL);
}
