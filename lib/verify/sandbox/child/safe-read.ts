/**
 * Reading objects of a realm that may lie: own data properties only, no getter called, no trap run.
 *
 * @module
 */

import { types } from "node:util";

/** A value that cannot be judged, with the reason in words. */
export class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Value of an own data property; undefined for a getter, a proxy, or no property. */
export function ownData(object: object, key: PropertyKey): unknown {
  if (types.isProxy(object)) return undefined;
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  return descriptor !== undefined && "value" in descriptor ? descriptor.value : undefined;
}

/** Prototypes from the nearest on; ends at the first proxy. */
export function* prototypes(object: object): Generator<object> {
  let at = types.isProxy(object) ? null : (Object.getPrototypeOf(object) as object | null);
  while (at !== null && !types.isProxy(at)) {
    yield at;
    at = Object.getPrototypeOf(at) as object | null;
  }
}

/** Name of the class that a prototype belongs to, empty if it does not say. */
export function classNameOf(proto: object): string {
  const constructor = ownData(proto, "constructor");
  const name = typeof constructor === "function" ? ownData(constructor, "name") : undefined;
  return typeof name === "string" ? name : "";
}
