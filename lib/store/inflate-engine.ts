/**
 * One inflating engine of zlib's for all small streams: making an engine for an object of a kilobyte takes longer than inflating it, and
 * thousands of them keep the garbage collector busy.
 *
 * `reset` is node's own; that an engine's handle writes at once, without the stream around it, is not documented. Packages that npm itself
 * is made of build upon it (minizlib), and what is not as expected here leaves the work to `inflateSync`.
 *
 * @module
 */

import { constants, createInflate } from "node:zlib";

/** The most that comes out. */
const LARGEST: number = 1 << 16;

interface Handle {
  reset(): unknown;
  writeSync(flush: number, input: Uint8Array, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): unknown;
  onerror: unknown;
}

/** An engine that is used again and again. */
export interface Engine {
  readonly handle: Handle;
  /** What the last write left: room in the output, bytes of the input. */
  readonly left: Uint32Array;
  readonly output: Buffer;
}

let engine: Engine | undefined;
/** Whether engines are as expected is seen once. */
let tried = false;
let failed = false;

/** Inflates one whole stream at the beginning of `input`; undefined where it is damaged, or gives more than `limit` bytes or 64 KiB. */
export function inflateSmall(input: Uint8Array, limit: number): { bytes: Uint8Array; consumed: number } | undefined {
  if (!tried) engine = makeEngine(createInflate(), LARGEST + 1);
  tried = true;
  return engine === undefined ? undefined : runEngine(engine, input, Math.min(limit, LARGEST) + 1);
}

/** Gives an engine all of its input, from the beginning; undefined where it fails, or fills the room that it has. */
export function runEngine({ handle, left, output }: Engine, input: Uint8Array, room: number): { bytes: Uint8Array; consumed: number } | undefined {
  failed = false;
  handle.reset();
  handle.writeSync(constants.Z_FINISH, input, 0, input.length, output, 0, room);
  const [outputLeft = 0, inputLeft = 0] = left;
  if (failed || outputLeft === 0) return undefined;
  const size = room - outputLeft;
  const bytes = Buffer.allocUnsafe(size);
  output.copy(bytes, 0, 0, size);
  return { bytes, consumed: input.length - inputLeft };
}

/** The engine of a stream that nobody else uses; undefined where it is not as expected. */
export function makeEngine(stream: unknown, room: number): Engine | undefined {
  if (!isRecord(stream)) return undefined;
  const { _handle: handle, _writeState: left } = stream;
  if (!isHandle(handle) || !(left instanceof Uint32Array) || left.length !== 2) return undefined;
  handle.onerror = () => (failed = true);
  return { handle, left, output: Buffer.allocUnsafeSlow(room) };
}

function isHandle(value: unknown): value is Handle {
  return isRecord(value) && typeof value["reset"] === "function" && typeof value["writeSync"] === "function" && value["writeSync"].length <= 7;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
