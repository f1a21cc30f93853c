/**
 * Deterministic CBOR (RFC 8949 §4.2.1) of plain data: one value, one spelling.
 *
 * cbor-x does the encoding, and what it does not do by itself is done before it: keys sorted by their encoded bytes, integers beyond
 * 32 bits as integers. Bytes from outside are walked (`cbor-scan.ts`) before cbor-x sees them: its many extensions never run.
 *
 * @module
 */

// The sub-path, because the main entry also loads streams and a native addon: 12 ms against 25, cold.
import { Encoder } from "cbor-x/encode";
import { VibesafeStoreError } from "../errors.ts";
import { scanCbor } from "./cbor-scan.ts";
import { isWellFormed } from "./text.ts";

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
  return Uint8Array.from(codec.encode(prepare(value, "value", 0)));
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

type Prepared = null | boolean | number | bigint | string | Uint8Array | Prepared[] | Map<string, Prepared>;

function prepare(value: unknown, path: string, depth: number): Prepared {
  if (depth > DEEPEST_CBOR) throw new TypeError(`${path}: nested more than ${DEEPEST_CBOR} deep`);
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      if (!isWellFormed(value)) throw new TypeError(`${path}: a lone surrogate has no UTF-8`);
      return value;
    case "number":
      if (!Number.isSafeInteger(value)) throw new TypeError(`${path}: ${value} is no safe integer`);
      // cbor-x writes numbers beyond 32 bits as floats, and bigints as integers of 64.
      if (value > 0xffff_ffff || value < -0x1_0000_0000) return BigInt(value);
      return Object.is(value, -0) ? 0 : value;
    case "object":
      if (value === null) return null;
      if (value instanceof Uint8Array) return Uint8Array.from(value);
      if (Array.isArray(value)) return Array.from(value, (item, index) => prepare(item, `${path}[${index}]`, depth + 1));
      return prepareMap(value, path, depth);
    default:
      throw new TypeError(`${path}: a ${typeof value} has no place in CBOR here`);
  }
}

function prepareMap(value: object, path: string, depth: number): Map<string, Prepared> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError(`${path}: not a plain object`);
  if (Object.getOwnPropertySymbols(value).length > 0) throw new TypeError(`${path}: has a symbol for a key`);
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, order: Buffer.from(key, "utf8") }));
  // The encoded key begins with its length: shorter keys come first (RFC 8949 §4.2.1, keys of one type).
  entries.sort((a, b) => a.order.length - b.order.length || Buffer.compare(a.order, b.order));
  const map = new Map<string, Prepared>();
  for (const { key, item } of entries) {
    if (!isWellFormed(key)) throw new TypeError(`${path}: a lone surrogate has no UTF-8`);
    map.set(key, prepare(item, `${path}.${key}`, depth + 1));
  }
  return map;
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
