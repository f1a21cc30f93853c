/**
 * Web Crypto: node's own does the work; the realm holds bytes of its own and stand-ins for keys.
 *
 * @module
 */

import { DOMException } from "./errors.ts";
import type { RealmHost } from "./host.ts";

const SUBTLE = [
  "decrypt", "deriveBits", "deriveKey", "digest", "encrypt", "exportKey", "generateKey", "importKey", "sign", "unwrapKey", "verify", "wrapKey",
];

class CryptoKey {
  constructor(visible: object) {
    Object.assign(this, visible);
    Object.freeze(this);
  }
}

export function makeCrypto(host: RealmHost): Record<string, unknown> {
  const key = (visible: object, id: number): CryptoKey => {
    const made = new CryptoKey(visible);
    host.subtleStand(id, made);
    return made;
  };
  const receive = (kind: string, detail: string, id: number): unknown => {
    if (kind === "bytes") {
      const bytes = new Uint8Array(Number(detail));
      host.subtleTake(id, bytes);
      return bytes.buffer;
    }
    const parsed: unknown = JSON.parse(detail);
    if (kind === "key") return key(parsed as object, id);
    if (kind !== "pair") return parsed;
    const [publicKey, privateKey] = parsed as [object, object];
    return { publicKey: key(publicKey, id), privateKey: key(privateKey, id + 1) };
  };
  const subtle: Record<string, unknown> = {};
  for (const method of SUBTLE) {
    const named = {
      [method]: (...args: unknown[]): Promise<unknown> =>
        new Promise((resolve, reject) => {
          host.subtle(method, args, (kind, detail, id) => {
            if (kind !== "error") return resolve(receive(kind, detail, id));
            const [name = "OperationError", ...message] = detail.split(": ");
            reject(name === "TypeError" ? new TypeError(message.join(": ")) : new DOMException(message.join(": "), name));
          });
        }),
    };
    subtle[method] = named[method];
  }
  const crypto = {
    subtle,
    getRandomValues(target: ArrayBufferView): ArrayBufferView {
      if (!host.randomFill(target)) throw new DOMException("The data argument must be an integer-type TypedArray of at most 65536 bytes", "TypeMismatchError");
      return target;
    },
    randomUUID: (): string => host.randomUUID(),
  };
  return { crypto, CryptoKey };
}
