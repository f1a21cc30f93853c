/**
 * What the sandbox's harness lends to the realm of the code under test.
 *
 * Only primitives come back over this bridge, nothing here throws, and objects of the realm are only read or filled in place: so the
 * realm never holds an object of the harness. Where a call can fail, its answer is text that begins with `!`.
 *
 * @module
 */

export interface RealmHost {
  /** Calls a method of a console whose output is kept. */
  readonly print: (method: string, args: readonly unknown[]) => void;
  /** Starts a timer; `delay` below 0 is `setImmediate`. */
  readonly startTimer: (delay: number, repeats: boolean, fire: () => void) => number;
  readonly stopTimer: (timer: number) => void;
  readonly now: () => number;
  /** Something failed outside of any statement. */
  readonly uncaught: (error: unknown) => void;
  /** Code asked for something of the machine and got an error. */
  readonly denied: () => void;
  /** Absolute, normalised URL, or `!`. */
  readonly urlParse: (text: string, base: string | undefined) => string;
  readonly urlPart: (href: string, part: string) => string;
  readonly urlWith: (href: string, part: string, value: string) => string;
  /** `[name, value, …]` as JSON. */
  readonly queryParse: (text: string) => string;
  readonly queryFormat: (json: string) => string;
  readonly utf8Length: (text: string) => number;
  /** Returns read UTF-16 units × 2^32 + written bytes, exact below 2^53. */
  readonly utf8Into: (text: string, target: Uint8Array) => number;
  readonly decoderNew: (key: object, label: string, fatal: boolean, ignoreBOM: boolean) => string;
  readonly decode: (key: object, bytes: Uint8Array | undefined, stream: boolean) => string;
  readonly atob: (text: string) => string;
  readonly btoa: (text: string) => string;
  readonly randomFill: (target: ArrayBufferView) => boolean;
  readonly randomUUID: () => string;
  /**
   * Runs a method of `crypto.subtle`; stand-ins for keys in `args` are replaced by the keys. `settle` gets what came: `bytes` (detail:
   * length) and `key` (detail: JSON of its visible parts) stay with the harness under `id`; `pair` is the JSON of two keys, the second
   * one under `id + 1`; `json` is a value; `error` is `name: message`.
   */
  readonly subtle: (method: string, args: readonly unknown[], settle: (kind: SubtleKind, detail: string, id: number) => void) => void;
  readonly subtleTake: (id: number, target: Uint8Array) => void;
  readonly subtleStand: (id: number, standIn: object) => void;
}

export type SubtleKind = "bytes" | "key" | "pair" | "json" | "error";

/** What the realm gives the harness for its own use. */
export interface RealmHandle {
  /** Makes the intrinsics unchangeable, once; user modules are evaluated before, generated code after. */
  readonly lockDown: () => void;
  /** The address of a `URL`, the query of a `URLSearchParams`; undefined for anything else. */
  readonly reveal: (value: object) => string | undefined;
  /** A `require` for node's modules. One that is not lent can be imported, but its functions throw. */
  readonly makeRequire: (lend: (name: string) => { readonly module: object } | { readonly keys: readonly string[] }) => (name: string) => unknown;
}
