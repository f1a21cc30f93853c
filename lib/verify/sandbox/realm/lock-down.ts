/**
 * Makes the intrinsics of the realm unchangeable, so that examples and properties run over what the language promises.
 *
 * @module
 */

/** Prototypes whose properties are often assigned on objects that inherit them; frozen data properties would forbid that. */
const OVERRIDDEN: readonly (readonly [name: string, keys: readonly string[] | "all"])[] = [
  ["Object", "all"],
  ["Function", ["toString"]],
  ["Array", ["toString", "toLocaleString"]],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "AggregateError"].map(
    (name) => [name, ["name", "message", "toString"]] as const,
  ),
];

/** The names of the language itself. */
export const LANGUAGE: readonly string[] = [
  "Object", "Function", "Array", "Number", "String", "Boolean", "Symbol", "BigInt", "Math", "JSON", "Reflect", "Proxy", "Promise", "Map", "Set", "WeakMap", "WeakSet",
  "WeakRef", "FinalizationRegistry", "Date", "RegExp", "Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "AggregateError",
  "ArrayBuffer", "SharedArrayBuffer", "DataView", "Atomics", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "Intl", "Iterator",
];

/**
 * Locks the globals of these names, what they hold, and the intrinsics that have no name.
 *
 * @param options.constructors - false: `constructor` of plain objects and errors stays assignable, as `Sub.prototype.constructor = Sub`
 *   needs it (an accessor would do as well, but costs objects their name where they are printed)
 */
export function lockDown(names: readonly string[], { constructors }: { readonly constructors: boolean }): void {
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, freeze, hasOwn, preventExtensions } = Object;
  // What is not named stays as it is. Without a prototype: there a file of the user's may have put a `value`.
  const VALUE: PropertyDescriptor = Object.assign(Object.create(null) as object, { writable: false, configurable: false });
  const ACCESS: PropertyDescriptor = Object.assign(Object.create(null) as object, { configurable: false });
  const open = new Set<unknown>();
  for (const [name, keys] of OVERRIDDEN) {
    const proto = (Reflect.get(globalThis, name) as { prototype: object } | undefined)?.prototype;
    if (proto === undefined) continue;
    if (!constructors) open.add(proto);
    for (const key of keys === "all" ? Object.getOwnPropertyNames(proto) : keys) {
      if (key === "constructor") continue;
      const descriptor = getOwnPropertyDescriptor(proto, key);
      if (descriptor === undefined || !("value" in descriptor) || descriptor.configurable !== true) continue;
      const value: unknown = descriptor.value;
      const access = {
        get: () => value,
        // What an assignment does when the inherited property is writable (ECMA-262, OrdinarySet).
        set(this: object, next: unknown) {
          if (this === proto || hasOwn(this, key)) throw new TypeError(`Cannot assign to read only property '${key}' of object`);
          defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
        },
      };
      defineProperty(proto, key, { ...access, enumerable: false, configurable: false });
    }
  }

  const lock = (value: unknown): void => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return;
    freeze(value);
    if (typeof value !== "function" || !hasOwn(value, "prototype")) return;
    const proto: unknown = value.prototype;
    if (!open.has(proto)) freeze(proto);
    else lockAllButConstructor(proto as object);
  };
  for (const value of hiddenIntrinsics()) lock(value);
  for (const name of names) {
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined || descriptor.configurable !== true) continue;
    if ("value" in descriptor) {
      // The global object itself stays open: programs may add to it.
      if (descriptor.value !== globalThis) lock(descriptor.value);
      defineProperty(globalThis, name, VALUE);
    } else defineProperty(globalThis, name, ACCESS);
  }

  function lockAllButConstructor(proto: object): void {
    for (const key of Reflect.ownKeys(proto)) {
      const descriptor = getOwnPropertyDescriptor(proto, key);
      if (descriptor === undefined || key === "constructor") continue;
      if ("value" in descriptor) defineProperty(proto, key, VALUE);
      else if (descriptor.configurable === true) defineProperty(proto, key, ACCESS);
    }
    preventExtensions(proto);
  }

  function hiddenIntrinsics(): unknown[] {
    const functions = [function* () {}, async function () {}, async function* () {}].map((f) => getPrototypeOf(f) as { constructor: unknown; prototype?: object });
    const iterators: unknown[] = [[][Symbol.iterator](), ""[Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), "a".matchAll(/a/g)];
    const protos = [...iterators.map((i) => getPrototypeOf(i) as object), ...functions.map((f) => f.prototype ?? f)];
    const typedArray = getPrototypeOf(Uint8Array) as unknown;
    return [...functions, ...functions.map((f) => f.constructor), ...protos, ...protos.map((p) => getPrototypeOf(p) as object), typedArray];
  }
}
