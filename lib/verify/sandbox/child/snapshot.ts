/**
 * Copies values of the realm under test into the harness's own realm, so that comparing and printing them runs no code of theirs.
 *
 * Kept: own enumerable properties, prototypes (by identity; the intrinsic ones of both realms count as one), elements of maps and sets,
 * bytes, dates, patterns, messages of errors, cycles. Functions, promises and whatever else hides its state are kept by identity.
 * Refused: proxies and own getters; they can answer differently each time they are asked.
 *
 * @module
 */

import { inspect, types } from "node:util";
import { classNameOf, ownData, prototypes, Refusal } from "./safe-read.ts";

export interface SnapshotOptions {
  /** Prototypes of the realm under test -> those of the harness's realm. */
  readonly intrinsics: ReadonlyMap<object, object>;
  /** Text of an object that keeps its state in private fields of ours, as `URL` does. */
  readonly reveal: (value: object) => string | undefined;
}

const TYPED_ARRAYS = new Map<string, new (buffer: ArrayBuffer) => object>(
  [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array].map(
    (type) => [type.name, type],
  ),
);
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)?.get;
const viewField = (name: string): ((view: ArrayBufferView) => unknown) => {
  const ofArray = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, name)?.get;
  const ofView = Object.getOwnPropertyDescriptor(DataView.prototype, name)?.get;
  return (view) => Reflect.apply((types.isDataView(view) ? ofView : ofArray) ?? (() => undefined), view, []) as unknown;
};
const [bufferOf, offsetOf, lengthOf] = ["buffer", "byteOffset", "byteLength"].map(viewField) as [ReturnType<typeof viewField>, ReturnType<typeof viewField>, ReturnType<typeof viewField>];
const patternSource = Object.getOwnPropertyDescriptor(RegExp.prototype, "source")?.get ?? (() => "");
const patternFlags = (["hasIndices", "global", "ignoreCase", "multiline", "dotAll", "unicode", "unicodeSets", "sticky"] as const).flatMap((name, i) => {
  const get = Object.getOwnPropertyDescriptor(RegExp.prototype, name)?.get;
  return get === undefined ? [] : [[get, "dgimsuvy"[i] ?? ""] as const];
});

/** A function that copies values; what it has seen once stays the same object in later copies. */
export function makeSnapshots({ intrinsics, reveal }: SnapshotOptions): (value: unknown) => unknown {
  const stands = new Map<object, object>();

  function functionStand(value: object): object {
    const known = stands.get(value);
    if (known !== undefined) return known;
    const isClass = !types.isProxy(value) && types.isAsyncFunction(value) === false && Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
    const stand = isClass ? class {} : types.isAsyncFunction(value) ? async () => undefined : types.isGeneratorFunction(value) ? function* () {} : () => undefined;
    const name = ownData(value, "name");
    Object.defineProperty(stand, "name", { value: typeof name === "string" ? name : "" });
    stands.set(value, stand);
    return stand;
  }

  /** An object that is equal to nothing but itself, and prints like what it stands for. */
  function opaque(value: object, tag: string): object {
    const known = stands.get(value);
    if (known !== undefined) return known;
    const stand = Object.create(prototypeStand(value)) as object;
    const identity = () => tag;
    Object.defineProperty(stand, Symbol.toStringTag, { value: tag });
    Object.defineProperty(stand, Symbol(tag), { value: identity, enumerable: true });
    stands.set(value, stand);
    return stand;
  }

  function prototypeStand(value: object): object | null {
    const proto = Object.getPrototypeOf(value) as object | null;
    if (proto === null) return null;
    if (types.isProxy(proto)) throw new Refusal("its prototype is a Proxy");
    const known = intrinsics.get(proto) ?? stands.get(proto);
    if (known !== undefined) return known;
    const stand = Object.create(prototypeStand(proto)) as object;
    stands.set(proto, stand);
    const name = classNameOf(proto);
    if (name !== "") {
      const constructor = function (): void {};
      Object.defineProperty(constructor, "name", { value: name });
      Object.defineProperty(constructor, "prototype", { value: stand });
      Object.defineProperty(stand, "constructor", { value: constructor });
    }
    const tag = ownData(proto, Symbol.toStringTag);
    if (typeof tag === "string") Object.defineProperty(stand, Symbol.toStringTag, { value: tag });
    return stand;
  }

  return function snapshot(root: unknown): unknown {
    const seen = new Map<object, object>();

    const copy = (value: unknown, path: string): unknown => {
      if (typeof value === "function") {
        if (types.isProxy(value)) throw new Refusal(`${path} is a Proxy`);
        return functionStand(value);
      }
      if (typeof value !== "object" || value === null) return value;
      if (types.isProxy(value)) throw new Refusal(`${path} is a Proxy`);
      const known = seen.get(value);
      if (known !== undefined) return known;
      const made = bodyOf(value, path);
      if (made.hidden) return made.body;
      const proto = prototypeStand(value);
      if (Object.getPrototypeOf(made.body) !== proto) Object.setPrototypeOf(made.body, proto);
      seen.set(value, made.body);
      made.fill?.();
      for (const key of Reflect.ownKeys(value)) {
        const descriptor = Object.getOwnPropertyDescriptor(value, key);
        if (descriptor?.enumerable !== true || (made.elements && typeof key === "string" && /^\d+$/.test(key))) continue;
        const at = typeof key === "symbol" ? `${path}[${String(key)}]` : Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
        if (!("value" in descriptor)) throw new Refusal(`${at} is a getter, not a value`);
        Object.defineProperty(made.body, key, { value: copy(descriptor.value, at), enumerable: true, writable: true, configurable: true });
      }
      return made.body;
    };

    interface Body {
      readonly body: object;
      /** Adds what is inside, once the body is known (cycles). */
      readonly fill?: () => void;
      /** The body stands for the value by identity. */
      readonly hidden?: boolean;
      /** The body holds the indexed elements already. */
      readonly elements?: boolean;
    }

    const bodyOf = (value: object, path: string): Body => {
      if (Array.isArray(value)) {
        const body: unknown[] = [];
        body.length = value.length;
        return { body };
      }
      if (types.isMap(value)) {
        const body = new Map<unknown, unknown>();
        const add = (item: unknown, key: unknown): void => void body.set(copy(key, `${path} key`), copy(item, `${path} entry`));
        return { body, fill: () => void Reflect.apply(Map.prototype.forEach, value, [add]) };
      }
      if (types.isSet(value)) {
        const body = new Set<unknown>();
        const add = (item: unknown): void => void body.add(copy(item, `${path} element`));
        return { body, fill: () => void Reflect.apply(Set.prototype.forEach, value, [add]) };
      }
      if (types.isDate(value)) return { body: new Date(Reflect.apply(Date.prototype.getTime, value, []) as number) };
      if (types.isRegExp(value)) {
        const flags = patternFlags.map(([get, flag]) => (Reflect.apply(get, value, []) === true ? flag : "")).join("");
        const body = new RegExp(Reflect.apply(patternSource, value, []) as string, flags);
        const lastIndex = ownData(value, "lastIndex");
        if (typeof lastIndex === "number") body.lastIndex = lastIndex;
        return { body };
      }
      if (types.isNativeError(value)) return { body: errorBody(value, path) };
      if (types.isAnyArrayBuffer(value)) return { body: bytesOf(value, 0, undefined).buffer };
      if (ArrayBuffer.isView(value)) {
        const name = types.isDataView(value) ? "DataView" : String(Reflect.apply(typedArrayTag ?? (() => ""), value, []));
        const bytes = bytesOf(bufferOf(value) as ArrayBuffer, offsetOf(value) as number, lengthOf(value) as number);
        const type = name === "DataView" ? DataView : TYPED_ARRAYS.get(name);
        if (type === undefined) throw new Refusal(`${path} is a ${name}, which cannot be compared`);
        return { body: new type(bytes.buffer), elements: true };
      }
      if (types.isBoxedPrimitive(value)) return { body: Object(primitiveOf(value)) as object, elements: true };
      const shown = reveal(value);
      if (shown !== undefined) {
        const body = {};
        Object.defineProperty(body, "href", { value: shown, enumerable: true });
        return { body };
      }
      if (types.isPromise(value)) return { body: opaque(value, "Promise"), hidden: true };
      if (types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value)) return { body: opaque(value, "hidden state"), hidden: true };
      if (types.isMapIterator(value) || types.isSetIterator(value) || types.isModuleNamespaceObject(value)) return { body: opaque(value, "hidden state"), hidden: true };
      return { body: {} };
    };

    const errorBody = (value: Error, path: string): Error => {
      const message = ownData(value, "message");
      const body = new Error(typeof message === "string" ? message : "");
      const name = errorName(value);
      Object.defineProperty(body, "name", { value: name, configurable: true, writable: true });
      // Frames differ from machine to machine; without them an error prints as [RangeError: message].
      Object.defineProperty(body, "stack", { value: errorText(value), configurable: true, writable: true });
      for (const key of ["cause", "errors"]) {
        const descriptor = Object.getOwnPropertyDescriptor(value, key);
        if (descriptor === undefined || !("value" in descriptor)) continue;
        Object.defineProperty(body, key, { value: copy(descriptor.value, `${path}.${key}`), configurable: true, writable: true });
      }
      return body;
    };

    return copy(root, "the value");
  };
}

/** `name` of an error, as the nearest data property says, and of the intrinsic classes whose names are locked. */
export function errorName(error: object): string {
  const own = ownData(error, "name");
  if (typeof own === "string") return own;
  for (const proto of prototypes(error)) {
    const name = ownData(proto, "name");
    if (typeof name === "string") return name;
    // Locking the realm makes `name` of the intrinsic errors an accessor.
    const descriptor = Object.getOwnPropertyDescriptor(proto, "name");
    if (descriptor?.configurable === false && descriptor.get !== undefined) return lockedName(descriptor.get, proto);
  }
  return "Error";
}

function lockedName(get: () => unknown, proto: object): string {
  try {
    const name = Reflect.apply(get, proto, []);
    return typeof name === "string" ? name : "Error";
  } catch {
    // A getter of theirs, which could have said anything.
    return "Error";
  }
}

/** `Name: message`. */
export function errorText(error: object): string {
  const message = ownData(error, "message");
  const name = errorName(error);
  return typeof message === "string" && message !== "" ? `${name}: ${message}` : name;
}

/** Text of a snapshot as node would print it, long values cut. */
export function show(snapshot: unknown): string {
  return inspect(snapshot, { customInspect: false, depth: 6, breakLength: 80, maxArrayLength: 200, maxStringLength: 10_000, compact: 3 });
}

function bytesOf(buffer: ArrayBuffer | SharedArrayBuffer, offset: number, length: number | undefined): Uint8Array<ArrayBuffer> {
  // A view of our own realm over their buffer: `slice` would ask their species.
  return new Uint8Array(new Uint8Array(buffer, offset, length));
}

function primitiveOf(value: object): unknown {
  if (types.isNumberObject(value)) return Reflect.apply(Number.prototype.valueOf, value, []);
  if (types.isStringObject(value)) return Reflect.apply(String.prototype.valueOf, value, []);
  if (types.isBooleanObject(value)) return Reflect.apply(Boolean.prototype.valueOf, value, []);
  if (types.isBigIntObject(value)) return Reflect.apply(BigInt.prototype.valueOf, value, []);
  return Reflect.apply(Symbol.prototype.valueOf, value, []);
}
