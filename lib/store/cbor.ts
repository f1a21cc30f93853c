/**
 * Deterministic CBOR (RFC 8949 §4.2.1) of plain data: one value, one spelling.
 *
 * cbor-x does the decoding. Bytes from outside are walked (`cbor-scan.ts`) before it sees them: its many extensions never run.
 *
 * @module
 */

// The sub-path, because the main entry also loads streams and a native addon: 12 ms against 25, cold.
import { Encoder } from "cbor-x/encode";
import { VibesafeStoreError } from "../errors.ts";
import { encodePlain } from "./cbor-encode.ts";
import { scanCbor } from "./cbor-scan.ts";

/** Integers only; what may be a fraction is decimal text. */
export type CborValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | { readonly [key: string]: CborValue };

/** Deepest nesting of arrays and maps, in both directions. */
export const DEEPEST_CBOR = 128;

/** Most bytes that are decoded. */
export const LARGEST_CBOR: number = 2 ** 26;

const codec = new Encoder({ mapsAsObjects: false, useRecords: false, variableMapSize: true, tagUint8Array: false, bundleStrings: false });

/**
 * Encodes a value.
 *
 * @param value - plain data; unknown is allowed, so that callers need not prove it
 * @throws TypeError when there is something in it that has no one spelling: a fraction, undefined, a class's object, a lone surrogate
 */
export function encodeCbor(value: unknown): Uint8Array {
  return encodePlain(value, DEEPEST_CBOR);
}

/**
 * Decodes the one deterministic spelling of a value.
 *
 * @throws VibesafeStoreError when the bytes are any other CBOR, or none
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  if (bytes.length > LARGEST_CBOR) throw refused(`${bytes.length} bytes, the limit is ${LARGEST_CBOR}`);
  const problem = scanCbor(bytes, DEEPEST_CBOR);
  if (problem !== undefined) throw refused(problem);
  const decoded: unknown = codec.decode(bytes);
  const value = restore(decoded);
  if (Buffer.compare(encodeCbor(value), bytes) !== 0) throw refused("not the deterministic encoding");
  return value;
}

function restore(decoded: unknown): CborValue {
  if (decoded === null || typeof decoded === "boolean" || typeof decoded === "number" || typeof decoded === "string") return decoded;
  if (typeof decoded === "bigint") return Number(decoded);
  if (decoded instanceof Uint8Array) return Uint8Array.from(decoded);
  if (Array.isArray(decoded)) return decoded.map(restore);
  if (!(decoded instanceof Map)) throw refused("holds what vibesafe does not write");
  const entries = [...decoded].map(([key, item]): [string, CborValue] => [String(key), restore(item)]);
  // fromEntries defines properties: a key `__proto__` is a key.
  return Object.fromEntries(entries);
}

function refused(detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad CBOR: ${detail}`, { remedy: "run `vibe fsck`" });
}
