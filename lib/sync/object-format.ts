/**
 * The object formats that hosts speak: how they name objects. The store's own is SHA-256.
 *
 * @module
 */

import { createHash, hash } from "node:crypto";
import { VibesafeRemoteError } from "../errors.ts";
import { objectHeader, type ObjectType } from "../store/id.ts";

declare const host: unique symbol;

/** An object's id on the host: 40 hex digits where it speaks SHA-1, 64 where it speaks SHA-256. */
export type HostId = string & { readonly [host]: true };

export interface ObjectFormat {
  readonly name: "sha1" | "sha256";
  readonly idBytes: number;
  /** What git writes for "no object". */
  readonly nullId: HostId;
}

export const SHA1: ObjectFormat = { name: "sha1", idBytes: 20, nullId: "0".repeat(40) as HostId };
export const SHA256: ObjectFormat = { name: "sha256", idBytes: 32, nullId: "0".repeat(64) as HostId };

/** The format that a host's capability `object-format` names; hosts that say nothing speak SHA-1. */
export function formatNamed(name: string | undefined): ObjectFormat {
  if (name === undefined || name === "sha1") return SHA1;
  if (name === "sha256") return SHA256;
  throw new VibesafeRemoteError(`the host keeps objects by ${JSON.stringify(name.slice(0, 40))}, which vibesafe does not know`, { remedy: "use a host that speaks SHA-1 or SHA-256" });
}

/** @throws VibesafeRemoteError when `text` is no id of that format */
export function parseHostId(format: ObjectFormat, text: string): HostId {
  if (text.length === 2 * format.idBytes && /^[0-9a-f]+$/.test(text)) return text as HostId;
  throw new VibesafeRemoteError(`the host names an object ${JSON.stringify(text.slice(0, 80))}, which is no ${format.name} id`, { remedy: "check the remote's URL with `vibe remote list`" });
}

export function hostIdAt(format: ObjectFormat, bytes: Uint8Array, offset: number): HostId {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, format.idBytes).toString("hex") as HostId;
}

const ONE_SHOT = 1 << 14;

/** The id of an object as the host names it. */
export function hashFor(format: ObjectFormat, type: ObjectType, payload: Uint8Array): HostId {
  if (payload.length > ONE_SHOT) return createHash(format.name).update(objectHeader(type, payload.length)).update(payload).digest("hex") as HostId;
  const header = `${type} ${payload.length}\0`;
  const bytes = Buffer.allocUnsafe(header.length + payload.length);
  bytes.write(header, "latin1");
  bytes.set(payload, header.length);
  return hash(format.name, bytes, "hex") as HostId;
}
