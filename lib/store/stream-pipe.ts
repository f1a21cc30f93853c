/**
 * Sending bytes through zlib, piece by piece.
 *
 * @module
 */

import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Sends `source` through `engine` and gives `take` what comes out.
 *
 * Of several streams that end because of one, pipeline() may tell of another than the first; this throws what went wrong first.
 */
export async function pipeThrough(source: AsyncIterable<Uint8Array>, engine: Transform, take: (chunk: Uint8Array) => void | Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  engine.on("error", (error) => failures.push(error));
  try {
    await pipeline(source, engine, async (chunks: AsyncIterable<Uint8Array>) => {
      try {
        for await (const chunk of chunks) await take(chunk);
      } catch (error) {
        failures.push(error);
        throw error;
      }
    });
  } catch (error) {
    const [first = error] = failures;
    throw first;
  }
}
