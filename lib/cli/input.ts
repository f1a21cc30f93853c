/**
 * Reading what is piped in.
 *
 * @module
 */

import type { Io } from "./io.ts";

/** All of it. */
export async function readInput({ input }: Io): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Line by line, each as soon as it is there: who writes a line may wait for the answer before the next. */
export async function* inputLines({ input }: Io): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of input) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
