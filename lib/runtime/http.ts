/**
 * `vibesafe.http`: a spec's stub in, the generated function out, and an endpoint that can be served.
 *
 * @module
 */

import type { StandardSchemaV1 } from "@standard-schema/spec";
import { VibesafeUsageError } from "../errors.ts";
import { register, registry, type Standing } from "../http/registry.ts";
import { parseContract } from "../http/contract.ts";
import { callSiteOf } from "./call-site.ts";
import { now } from "./clock.ts";
import type { Reporter } from "./dev.ts";
import type { AnyFunction } from "./evaluate.ts";
import { findAt, type Found } from "./find.ts";
import { endpointOf, type EndpointTexts } from "./full.ts";
import { developed, type FuncOptions } from "./func.ts";
import { announced, remember, type Check } from "./loaded.ts";
import { start as run } from "./prod.ts";
import { functionName } from "./unit-name.ts";

export type Method = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";

/** A place in a request, and the name there where it is another one: `header:x-api-key`. */
export type Binding = "query" | "header" | "cookie" | "body" | `${"query" | "header" | "cookie"}:${string}`;

/** What an endpoint says of itself. All of it is read from the source, so write plain literals; the schemas may be any expression. */
export interface HttpOptions extends FuncOptions {
  readonly method: Method;
  /** `/users/{id}` or `/users/:id`. */
  readonly path: string;
  readonly tags?: readonly string[];
  /** Fields that come from elsewhere than the rules say. */
  readonly bind?: Readonly<Record<string, Binding>>;
}

interface Untyped {
  readonly input?: undefined;
  readonly output?: undefined;
}

interface WithInput<I extends StandardSchemaV1> {
  /** Checks the request, and gives the function its one argument. */
  readonly input: I;
}

interface WithOutput<O extends StandardSchemaV1> {
  /** Checks what the function returns, and gives what is sent. */
  readonly output: O;
}

type Taken<I extends StandardSchemaV1> = StandardSchemaV1.InferOutput<I>;
type Given<O extends StandardSchemaV1> = StandardSchemaV1.InferInput<O> | Promise<StandardSchemaV1.InferInput<O>>;

export interface Http {
  /**
   * Declares an endpoint and gives the function that its generated code exports, as `vibesafe.func` does. `mount` and `toFetch` of
   * "vibesafe/http" serve it.
   *
   * @throws VibesafeCheckpointMissing, VibesafeHashMismatch in prod, before any generated code has run
   */
  <I extends StandardSchemaV1, O extends StandardSchemaV1, F extends (input: Taken<I>) => Given<O>>(options: HttpOptions & WithInput<I> & WithOutput<O>, fn: F): F;
  <I extends StandardSchemaV1, F extends (input: Taken<I>) => unknown>(options: HttpOptions & WithInput<I> & Pick<Untyped, "output">, fn: F): F;
  <O extends StandardSchemaV1, F extends (...args: never[]) => Given<O>>(options: HttpOptions & WithOutput<O> & Pick<Untyped, "input">, fn: F): F;
  <F extends AnyFunction>(options: HttpOptions & Untyped, fn: F): F;
}

interface AnyOptions extends HttpOptions {
  readonly input?: StandardSchemaV1 | undefined;
  readonly output?: StandardSchemaV1 | undefined;
}

/**
 * Makes `vibesafe.http`.
 *
 * @param report - is told what dev mode does
 * @param verify - verifies again what is loaded, for `/_vibesafe/health`
 */
export function createHttp(report: Reporter, verify: () => Check): Http {
  function http<F extends AnyFunction>(options: AnyOptions, stub: F): F {
    if (typeof stub !== "function" || typeof options !== "object") {
      throw new VibesafeUsageError("vibesafe.http was called without options or without a function", {
        remedy: 'write vibesafe.http({ method: "GET", path: "/…" }, async function name(…): Promise<T> { … })',
      });
    }
    const start = now();
    const site = callSiteOf(http);
    const find = (): Found => findAt(site, { name: stub.name, unit: options.unit, fn: stub });
    const found = announced(find);
    const unit = "code" in found ? found.code.unit : found.unit.id;
    const shape = { name: functionName(unit), length: stub.length };
    const handler = "code" in found ? run(found.code, shape) : developed(found.unit, stub, shape, report);
    if ("code" in found) remember(found.code, start, find);
    let texts: EndpointTexts | undefined;
    const read = (): EndpointTexts => (texts ??= endpointOf(found));
    register({
      unit,
      checkpoint: "code" in found ? found.code.checkpoint : undefined,
      contract: () => parseContract(read().contract),
      doc: () => read().doc,
      input: options.input,
      output: options.output,
      handler,
    });
    registry().verify ??= () => standings(verify());
    // The gates have checked the code against the declared signature.
    return handler as F;
  }
  return http;
}

function standings({ units }: Check): Standing[] {
  return units.map(({ unit, ok, error }) => ({ unit, ok, ...(error !== undefined && { message: error.message }) }));
}
