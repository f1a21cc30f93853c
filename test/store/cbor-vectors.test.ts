import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeCbor, encodeCbor } from "../../lib/store/cbor.ts";
import { VibesafeStoreError } from "../../lib/errors.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => Buffer.from(text.replaceAll(" ", ""), "hex");

/** RFC 8949, Appendix A: the rows whose values are of the kinds that we write. */
const VECTORS: readonly (readonly [unknown, string])[] = [
  [0, "00"],
  [1, "01"],
  [10, "0a"],
  [23, "17"],
  [24, "1818"],
  [25, "1819"],
  [100, "1864"],
  [1000, "1903e8"],
  [1000000, "1a000f4240"],
  [1000000000000, "1b000000e8d4a51000"],
  [-1, "20"],
  [-10, "29"],
  [-100, "3863"],
  [-1000, "3903e7"],
  [false, "f4"],
  [true, "f5"],
  [null, "f6"],
  [new Uint8Array(), "40"],
  [new Uint8Array([1, 2, 3, 4]), "4401020304"],
  ["", "60"],
  ["a", "6161"],
  ["IETF", "6449455446"],
  ['"\\', "62225c"],
  ["\u00fc", "62c3bc"],
  ["\u6c34", "63e6b0b4"],
  ["\ud800\udd51", "64f0908591"],
  [[], "80"],
  [[1, 2, 3], "83010203"],
  [[1, [2, 3], [4, 5]], "8301820203820405"],
  [Array.from({ length: 25 }, (_, index) => index + 1), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"],
  [{}, "a0"],
  [{ a: 1, b: [2, 3] }, "a26161016162820203"],
  [["a", { b: "c" }], "826161a161626163"],
  [{ a: "A", b: "B", c: "C", d: "D", e: "E" }, "a56161614161626142616361436164614461656145"],
];

test("values of RFC 8949 Appendix A are spelled as there", () => {
  for (const [value, expected] of VECTORS) {
    assert.equal(hex(encodeCbor(value)), expected);
    assert.deepEqual(decodeCbor(bytes(expected)), value);
  }
});

/** The other rows of Appendix A: floats, big numbers, tags, indefinite lengths, undefined, simple values. */
const FOREIGN = `f90000 f98000 f93c00 fb3ff199999999999a fa47c35000 fb7e37e43c8800759c f97c00 f97e00 f7 f0 f8ff 1bffffffffffffffff
  c249010000000000000000 3bffffffffffffffff c349010000000000000000 c074323031332d30332d32315432303a30343a30305a c11a514b67b0
  d74401020304 d818456449455446 d82076687474703a2f2f7777772e6578616d706c652e636f6d 5f42010243030405ff 7f657374726561646d696e67ff 9fff
  9f018202039f0405ffff 83018202039f0405ff bf61610161629f0203ffff a201020304 826161bf61626163ff`.split(/\s+/);

test("what we do not write is refused with a typed error", () => {
  const spelledOtherwise = ["1800", "190001", "1a00000001", "1b0000000000000001", "3800", "7800", "780161", "9800", "b800", "5800"];
  const mapsOutOfOrder = ["a2616201616100", "a26261610161620a", "a2616101616102"];
  const broken = ["", "18", "61", "62c3", "61ff", "81", "a1", "a161", "a16161", "0000", "1c", "ff", "9bffffffffffffffff", "bb7fffffffffffffff"];
  const records = ["d9dff98361610161626163", "d9dfff8361616162", "d81c80", "d9010280", "d81d00"];
  for (const text of [...FOREIGN, ...spelledOtherwise, ...mapsOutOfOrder, ...broken, ...records]) {
    assert.throws(() => decodeCbor(bytes(text)), VibesafeStoreError, text);
  }
});

test("integers keep their value and shortest spelling at every width", () => {
  const edges = [0, 23, 24, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER];
  for (const edge of edges) {
    for (const value of [edge, -edge, -edge - 1].filter(Number.isSafeInteger)) {
      const spelled = encodeCbor(value);
      const magnitude = value < 0 ? -1 - value : value;
      const width = magnitude < 24 ? 1 : magnitude < 2 ** 8 ? 2 : magnitude < 2 ** 16 ? 3 : magnitude < 2 ** 32 ? 5 : 9;
      assert.equal(spelled.length, width, String(value));
      assert.equal(decodeCbor(spelled), value === 0 ? 0 : value);
    }
  }
  assert.equal(hex(encodeCbor(-0)), "00");
});

test("strings, arrays and maps have the shortest head at every length", () => {
  for (const length of [0, 1, 23, 24, 31, 32, 63, 64, 255, 256, 65535, 65536]) {
    const head = length < 24 ? 1 : length < 256 ? 2 : length < 65536 ? 3 : 5;
    for (const character of ["a", "ü"]) {
      const size = Buffer.byteLength(character.repeat(length));
      const spelled = encodeCbor(character.repeat(length));
      assert.equal(spelled.length - size, size < 24 ? 1 : size < 256 ? 2 : size < 65536 ? 3 : 5, `${length} ${character}`);
      assert.equal(decodeCbor(spelled), character.repeat(length));
    }
    assert.equal(encodeCbor(new Uint8Array(length)).length, head + length);
    assert.equal(encodeCbor(Array.from({ length }, () => 0)).length, head + length);
    if (length > 256) continue;
    const map = Object.fromEntries(Array.from({ length }, (_, index) => [index.toString(36).padStart(4, "0"), 0]));
    assert.equal(encodeCbor(map).length, head + 6 * length);
    assert.deepEqual(decodeCbor(encodeCbor(map)), map);
  }
});

test("what has no one spelling is refused by the encoder", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const values = [undefined, 1.5, Number.NaN, Infinity, 2 ** 53, 1n, Symbol("s"), () => 1, new Date(0), new Map(), new (class A {})()];
  for (const value of [...values, "\ud800", { "\udc00": 1 }, [undefined], { a: undefined }, cycle, { [Symbol("s")]: 1 }, new Float64Array(1)]) {
    assert.throws(() => encodeCbor(value), TypeError);
  }
  // eslint-disable-next-line no-sparse-arrays
  assert.throws(() => encodeCbor([1, , 2]), TypeError);
});

test("a key named __proto__ is a key", () => {
  const decoded = decodeCbor(encodeCbor(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')));
  assert.ok(typeof decoded === "object" && decoded !== null);
  assert.deepEqual(Object.keys(decoded), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
});

const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(null, true, false),
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 40 }).map((array) => new Uint8Array(array)),
);
const key = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "constructor", "toString", "length", ""));
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("node")), fc.dictionary(key, tie("node"), { noNullPrototype: true })),
})).node;

test("any value comes back, and key order does not matter", () => {
  fc.assert(
    fc.property(value, (item) => {
      const encoded = encodeCbor(item);
      const decoded = decodeCbor(encoded);
      assert.deepEqual(decoded, typeof item === "number" && item === 0 ? 0 : item);
      if (typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Uint8Array)) {
        assert.equal(hex(encodeCbor(Object.fromEntries(Object.entries(item).reverse()))), hex(encoded));
      }
    }),
    { numRuns: 300 },
  );
});

test("changed or random bytes give a typed error or the one value that they spell", () => {
  const accepted = (input: Uint8Array): void => {
    try {
      assert.equal(hex(encodeCbor(decodeCbor(input))), hex(input));
    } catch (error) {
      if (!(error instanceof VibesafeStoreError)) throw error;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), accepted), { numRuns: 1500 });
  fc.assert(
    fc.property(value, fc.nat(), fc.integer({ min: 1, max: 255 }), (item, position, mask) => {
      const changed = Uint8Array.from(encodeCbor(item));
      const at = position % changed.length;
      changed[at] = (changed[at] ?? 0) ^ mask;
      accepted(changed);
    }),
    { numRuns: 1000 },
  );
});

test("depth is bounded in both directions", () => {
  const nested = (depth: number): Uint8Array => Buffer.concat([new Uint8Array(depth).fill(0x81), Buffer.from([0])]);
  assert.equal(nested(128).length, encodeCbor(decodeCbor(nested(128))).length);
  assert.throws(() => decodeCbor(nested(129)), VibesafeStoreError);
  assert.throws(() => decodeCbor(nested(1_000_000)), VibesafeStoreError);
});
