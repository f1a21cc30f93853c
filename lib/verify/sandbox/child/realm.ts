/**
 * A fresh realm for one unit, furnished with what the policy grants.
 *
 * @module
 */

import { constants, createContext, Script, type Context } from "node:vm";
import type { RealmHandle, RealmHost } from "../realm/host.ts";

/** The prototypes that every realm has, in one order. */
const INTRINSICS = new Script(`(() => {
  const named = [Object, Function, Array, Map, Set, Date, RegExp, Promise, WeakMap, WeakSet, Error, EvalError, RangeError, ReferenceError, SyntaxError,
    TypeError, URIError, AggregateError, ArrayBuffer, DataView, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
    Float32Array, Float64Array, BigInt64Array, BigUint64Array, Number, String, Boolean, BigInt, Symbol];
  return [...named.map((type) => type.prototype), Object.getPrototypeOf(Uint8Array.prototype)];
})()`);
const OURS = INTRINSICS.runInThisContext() as readonly object[];

export interface Realm {
  readonly context: Context;
  readonly handle: RealmHandle;
  /** Prototypes of the realm, and our own, -> our own. */
  readonly intrinsics: ReadonlyMap<object, object>;
}

export function makeRealm(furnish: Script, host: RealmHost): Realm {
  // An ordinary global object where node can make one: with interceptors, every access to a global costs a call into C++.
  const plain: unknown = Reflect.get(constants, "DONT_CONTEXTIFY");
  const global = (plain ?? Object.create(null)) as object;
  const context = createContext(global, { codeGeneration: { strings: false, wasm: false } });
  const theirs = INTRINSICS.runInContext(context) as readonly object[];
  const intrinsics = new Map<object, object>();
  OURS.forEach((ours, i) => {
    intrinsics.set(ours, ours);
    const their = theirs[i];
    if (their !== undefined) intrinsics.set(their, ours);
  });
  const { install } = furnish.runInContext(context) as { readonly install: (host: RealmHost) => RealmHandle };
  return { context, handle: install(host), intrinsics };
}
