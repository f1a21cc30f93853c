/**
 * Makes the intrinsics of the realm unchangeable, so that examples and properties run over what the language promises.
 *
 * @module
 */

/** Prototypes whose properties are often assigned on objects that inherit them; frozen data properties would forbid that. */
const OVERRIDDEN: readonly (readonly [name: string, keys: readonly string[] | "all"])[] = [
  ["Object", "all"],
  ["Function", ["toString", "constructor"]],
  ["Array", ["toString", "toLocaleString"]],
  ...["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "AggregateError"].map(
    (name) => [name, ["constructor", "name", "message", "toString"]] as const,
  ),
];

/** Locks the globals of these names, what they hold, and the intrinsics that have no name. */
export function lockDown(names: readonly string[]): void {
  const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, freeze, hasOwn } = Object;
  for (const [name, keys] of OVERRIDDEN) {
    const proto = (Reflect.get(globalThis, name) as { prototype: object } | undefined)?.prototype;
    if (proto === undefined) continue;
    for (const key of keys === "all" ? Object.getOwnPropertyNames(proto) : keys) {
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
    if (typeof value === "function" && hasOwn(value, "prototype")) freeze(value.prototype);
  };
  for (const value of hiddenIntrinsics()) lock(value);
  for (const name of names) {
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    if (descriptor === undefined || descriptor.configurable !== true) continue;
    if ("value" in descriptor) {
      lock(descriptor.value);
      defineProperty(globalThis, name, { ...descriptor, writable: false, configurable: false });
    } else defineProperty(globalThis, name, { ...descriptor, configurable: false });
  }

  function hiddenIntrinsics(): unknown[] {
    const functions = [function* () {}, async function () {}, async function* () {}].map((f) => getPrototypeOf(f) as { constructor: unknown; prototype?: object });
    const iterators: unknown[] = [[][Symbol.iterator](), ""[Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator](), "a".matchAll(/a/g)];
    const protos = [...iterators.map((i) => getPrototypeOf(i) as object), ...functions.map((f) => f.prototype ?? f)];
    const typedArray = getPrototypeOf(Uint8Array) as unknown;
    return [...functions, ...functions.map((f) => f.constructor), ...protos, ...protos.map((p) => getPrototypeOf(p) as object), typedArray];
  }
}
