/**
 * `structuredClone` (HTML, "StructuredSerialize") over the realm's own intrinsics.
 *
 * @module
 */

import { DOMException } from "./errors.ts";

const ERRORS: Record<string, ErrorConstructor> = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

export function structuredClone(value: unknown): unknown {
  const seen = new Map<object, object>();

  function refuse(what: unknown): never {
    throw new DOMException(`${typeof what === "object" ? "#<Object>" : String(what)} could not be cloned.`, "DataCloneError");
  }

  function keep<T extends object>(from: object, to: T): T {
    seen.set(from, to);
    return to;
  }

  function clone(from: unknown): unknown {
    if (typeof from === "function" || typeof from === "symbol") refuse(from);
    if (typeof from !== "object" || from === null) return from;
    const known = seen.get(from);
    if (known !== undefined) return known;
    if (Array.isArray(from)) return copyFields(from, keep(from, emptyArray(from.length)));
    if (from instanceof Date) return keep(from, new Date(from.getTime()));
    if (from instanceof RegExp) return keep(from, new RegExp(from.source, from.flags));
    if (from instanceof Boolean || from instanceof Number || from instanceof String || from instanceof BigInt) return keep(from, Object(from.valueOf()) as object);
    if (from instanceof ArrayBuffer) return keep(from, from.slice(0));
    if (ArrayBuffer.isView(from)) return cloneView(from);
    if (from instanceof Map) {
      const to = keep(from, new Map<unknown, unknown>());
      for (const [key, item] of from) to.set(clone(key), clone(item));
      return to;
    }
    if (from instanceof Set) {
      const to = keep(from, new Set<unknown>());
      for (const item of from) to.add(clone(item));
      return to;
    }
    if (from instanceof Error) return cloneError(from);
    if (from instanceof Promise || from instanceof WeakMap || from instanceof WeakSet || from instanceof WeakRef) refuse(from);
    return copyFields(from, keep(from, {}));
  }

  function copyFields(from: object, to: object): object {
    for (const [key, item] of Object.entries(from)) Reflect.set(to, key, clone(item));
    return to;
  }

  function cloneView(from: ArrayBufferView): object {
    const buffer = clone(from.buffer) as ArrayBuffer;
    if (from instanceof DataView) return keep(from, new DataView(buffer, from.byteOffset, from.byteLength));
    const Constructor = Object.getPrototypeOf(from).constructor as new (buffer: ArrayBuffer, offset: number, length: number) => object;
    return keep(from, new Constructor(buffer, from.byteOffset, (from as Uint8Array).length));
  }

  function cloneError(from: Error): Error {
    const to = keep(from, new (ERRORS[from.name] ?? Error)(from.message));
    if ("cause" in from) Object.defineProperty(to, "cause", { value: clone(from.cause), writable: true, configurable: true });
    Object.defineProperty(to, "stack", { value: from.stack, writable: true, configurable: true });
    return to;
  }

  return clone(value);
}

/** An array of holes. */
function emptyArray(length: number): unknown[] {
  const array: unknown[] = [];
  array.length = length;
  return array;
}
