/**
 * `TextEncoder`, `TextDecoder`, `atob` and `btoa`.
 *
 * @module
 */

import { DOMException, orThrow } from "./errors.ts";
import type { RealmHost } from "./host.ts";

export function makeText(host: RealmHost): Record<string, unknown> {
  class TextEncoder {
    readonly encoding = "utf-8";

    encode(input: unknown = ""): Uint8Array {
      const text = String(input);
      const bytes = new Uint8Array(host.utf8Length(text));
      host.utf8Into(text, bytes);
      return bytes;
    }
    encodeInto(input: unknown, target: Uint8Array): { read: number; written: number } {
      const both = host.utf8Into(String(input), target);
      return { read: Math.floor(both / 2 ** 26), written: both % 2 ** 26 };
    }
  }

  class TextDecoder {
    readonly encoding: string;
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;

    constructor(label: unknown = "utf-8", options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
      this.fatal = Boolean(options.fatal);
      this.ignoreBOM = Boolean(options.ignoreBOM);
      const answer = host.decoderNew(this, String(label), this.fatal, this.ignoreBOM);
      this.encoding = orThrow(answer, (message) => Object.assign(new RangeError(message), { code: "ERR_ENCODING_NOT_SUPPORTED" }));
    }
    decode(input?: ArrayBuffer | ArrayBufferView, options: { stream?: boolean } = {}): string {
      const bytes =
        input === undefined ? undefined : ArrayBuffer.isView(input) ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength) : new Uint8Array(input);
      const answer = host.decode(this, bytes, Boolean(options.stream));
      if (answer[0] !== "=") throw Object.assign(new TypeError(answer.slice(1)), { code: "ERR_ENCODING_INVALID_ENCODED_DATA" });
      return answer.slice(1);
    }
  }

  const convert = (name: "atob" | "btoa") => (input: unknown): string => {
    const answer = host[name](String(input));
    if (answer[0] !== "=") throw new DOMException("Invalid character", "InvalidCharacterError");
    return answer.slice(1);
  };
  return { TextEncoder, TextDecoder, atob: convert("atob"), btoa: convert("btoa") };
}
