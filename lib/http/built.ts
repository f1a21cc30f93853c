/**
 * Endpoints in programs that a bundler's plugin has made: what the plugin puts where `vibesafe.http` was called.
 *
 * @module
 */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { parseContract } from "./contract.ts";
import { register, type AnyFunction } from "./registry.ts";

/** What was verified when the program was built. */
export interface Built {
  readonly unit: string;
  readonly checkpoint: string;
  readonly contract: string;
  readonly doc: string;
}

/** Registers an endpoint and gives its generated function. Called by code that the plugin writes. */
export function builtEndpoint<F extends AnyFunction>({ unit, checkpoint, contract, doc }: Built, schemas: { readonly input?: StandardSchemaV1; readonly output?: StandardSchemaV1 }, handler: F): F {
  register({ unit, checkpoint, contract: () => parseContract(contract), doc: () => doc, input: schemas.input, output: schemas.output, handler });
  return handler;
}
