/**
 * The globals that generated code and examples may use without asking: ECMAScript's built-ins and the universal ones.
 *
 * @module
 */

const VALUES = ["undefined", "NaN", "Infinity"];

const FUNCTIONS = [
  "decodeURI",
  "decodeURIComponent",
  "encodeURI",
  "encodeURIComponent",
  "escape",
  "isFinite",
  "isNaN",
  "parseFloat",
  "parseInt",
  "unescape",
];

// Without `Function`, which makes code from strings.
const BUILT_INS = [
  "AggregateError",
  "Array",
  "ArrayBuffer",
  "AsyncDisposableStack",
  "Atomics",
  "BigInt",
  "BigInt64Array",
  "BigUint64Array",
  "Boolean",
  "DataView",
  "Date",
  "DisposableStack",
  "Error",
  "EvalError",
  "FinalizationRegistry",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "Int16Array",
  "Int32Array",
  "Int8Array",
  "Intl",
  "Iterator",
  "JSON",
  "Map",
  "Math",
  "Number",
  "Object",
  "Promise",
  "Proxy",
  "RangeError",
  "ReferenceError",
  "Reflect",
  "RegExp",
  "Set",
  "SharedArrayBuffer",
  "String",
  "SuppressedError",
  "Symbol",
  "SyntaxError",
  "Temporal",
  "TypeError",
  "URIError",
  "Uint16Array",
  "Uint32Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "WeakMap",
  "WeakRef",
  "WeakSet",
];

const UNIVERSAL = [
  "AbortController",
  "AbortSignal",
  "Crypto",
  "CryptoKey",
  "SubtleCrypto",
  "TextDecoder",
  "TextEncoder",
  "URL",
  "URLSearchParams",
  "atob",
  "btoa",
  "clearInterval",
  "clearTimeout",
  "console",
  "crypto",
  "queueMicrotask",
  "setInterval",
  "setTimeout",
  "structuredClone",
];

/** Sorted, without duplicates. Some are newer than the oldest supported Node. */
export const PURE_GLOBALS: readonly string[] = [...VALUES, ...FUNCTIONS, ...BUILT_INS, ...UNIVERSAL].sort();
