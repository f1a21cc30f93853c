/**
 * The endpoints of this process: declared by `vibesafe.http`, or by a bundle that was verified when it was built.
 *
 * They live on the global object under a registered symbol: the entries "vibesafe" and "vibesafe/http" are two files, and a program may
 * even have bundled one of them.
 *
 * @module
 */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Contract } from "./contract.ts";

export type AnyFunction = (...args: never[]) => unknown;

export interface Endpoint {
  /** Unit id. */
  readonly unit: string;
  /** H_chk of the code; undefined in dev, where it may change. */
  readonly checkpoint: string | undefined;
  readonly contract: () => Contract;
  /** Normalised doc text, examples included. */
  readonly doc: () => string;
  readonly input: StandardSchemaV1 | undefined;
  readonly output: StandardSchemaV1 | undefined;
  /** The generated function, or what stands for it in dev. */
  readonly handler: AnyFunction;
}

/** What verifying a unit again has found. */
export interface Standing {
  readonly unit: string;
  readonly ok: boolean;
  readonly message?: string;
}

interface Registry {
  readonly byUnit: Map<string, Endpoint>;
  readonly byFunction: WeakMap<object, Endpoint>;
  /** Set by the runtime; absent where everything was verified at build time. */
  verify?: () => readonly Standing[];
}

const KEY = Symbol.for("vibesafe.http/1");

export function registry(): Registry {
  const known: unknown = Reflect.get(globalThis, KEY);
  if (known !== undefined) return known as Registry;
  const made: Registry = { byUnit: new Map(), byFunction: new WeakMap() };
  Object.defineProperty(globalThis, KEY, { value: made });
  return made;
}

/** Makes an endpoint known to `mount` and `toFetch`; of two of one unit the later one counts, as after a hot reload. */
export function register(endpoint: Endpoint): void {
  const { byUnit, byFunction } = registry();
  byUnit.set(endpoint.unit, endpoint);
  byFunction.set(endpoint.handler, endpoint);
}

/** Endpoints to be served: functions that `vibesafe.http` gave, or modules that export such; all of the process if not given. */
export type Units = Iterable<AnyFunction> | Readonly<Record<string, unknown>>;

export function endpointsOf(units: Units | undefined): Endpoint[] {
  const { byUnit, byFunction } = registry();
  if (units === undefined) return [...byUnit.values()];
  const values = Symbol.iterator in units ? [...(units as Iterable<unknown>)] : Object.values(units);
  const found = values.flatMap((value) => (typeof value === "function" ? (byFunction.get(value) ?? []) : []));
  return [...new Set(found)];
}
