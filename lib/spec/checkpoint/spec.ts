/**
 * `spec.cbor`: from the bytes of a spec blob back to the map that was hashed.
 *
 * @module
 */

import { VibesafeStoreError } from "../../errors.ts";
import { decodeCbor, encodeCbor } from "../../store/cbor.ts";
import { finite, flag, listOf, mapOf, nullOr, oneOf, optional, record, refuse, text, type Reader } from "./json.ts";
import type { HttpMap, Parameter, Signature, SpecDependencies, SpecMap } from "../types.ts";

/** The bytes of a spec blob. */
export function encodeSpecMap(map: SpecMap): Uint8Array {
  return encodeCbor(map);
}

/**
 * Reads the bytes of a spec blob.
 *
 * @throws VibesafeStoreError when they are no canonical CBOR, or hold another format
 */
export function decodeSpecMap(bytes: Uint8Array): SpecMap {
  return specMap(decodeCbor(bytes), "spec.cbor");
}

/** Refuses fields that are missing or unknown, then reads each; those in `maybe` may be missing. */
function exactly<T>(fields: { readonly [K in keyof T]-?: Reader<T[K]> }, maybe: readonly (keyof T)[] = []): Reader<T> {
  return (value, path) => {
    const found = record(value, path);
    const unknown = Object.keys(found).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) {
      throw new VibesafeStoreError(`${path}: unknown field ${JSON.stringify(unknown)}`, { remedy: "a newer vibesafe wrote this: upgrade" });
    }
    const result: Partial<T> = {};
    for (const key in fields) {
      if (!Object.hasOwn(found, key) && maybe.includes(key)) continue;
      if (!Object.hasOwn(found, key)) refuse(`${path}.${key}`, "a value", undefined);
      result[key] = fields[key](found[key], `${path}.${key}`);
    }
    return result as T;
  };
}

const parameter = exactly<Parameter>({ name: text, type: text, optional: flag, rest: flag, default: nullOr(text) });

const signature = exactly<Signature>(
  {
    overloads: optional(listOf(text)),
    async: flag,
    generator: flag,
    typeParameters: listOf(text),
    parameters: listOf(parameter),
    returns: text,
  },
  ["overloads"],
);

const deps = exactly<SpecDependencies>({
  names: mapOf(text),
  declarations: mapOf(exactly<SpecDependencies["declarations"][string]>({ code: text, names: mapOf(text) })),
  packages: mapOf(text),
  units: mapOf(exactly<SpecDependencies["units"][string]>({ signature: text, doc: text, names: mapOf(text) })),
});

const http = exactly<HttpMap>({ method: text, path: text, tags: listOf(text), bind: mapOf(text), input: nullOr(text), output: nullOr(text), contract: text });

const specMap = exactly<SpecMap>(
  {
    format: oneOf(1),
    vibesafe: text,
    kind: oneOf("function", "http"),
    name: text,
    signature,
    doc: text,
    body: text,
    options: exactly<SpecMap["options"]>({ allow: listOf(text) }),
    template: text,
    provider: exactly<SpecMap["provider"]>({
      kind: text,
      model: text,
      temperature: nullOr(text),
      seed: nullOr(finite),
      max_tokens: nullOr(finite),
      reasoning_effort: nullOr(text),
    }),
    deps,
    http: optional(http),
  },
  ["http"],
);
