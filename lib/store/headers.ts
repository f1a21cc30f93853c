/**
 * The form that commits and tags share: header lines, a blank line, the message.
 *
 * @module
 */

import { VibesafeStoreError } from "../errors.ts";
import { decodeUtf8, isWellFormed } from "./text.ts";

/** One header; a value of several lines is stored with a space before each further line. */
export interface Header {
  readonly key: string;
  readonly value: string;
}

export interface HeadedText {
  readonly headers: readonly Header[];
  readonly message: string;
}

/**
 * Splits a commit or tag.
 *
 * @throws VibesafeStoreError when there is no blank line, a line has no key, or the bytes are not UTF-8 or hold NUL
 */
export function parseHeaders(payload: Uint8Array, what: string): HeadedText {
  const text = decodeUtf8(payload, what);
  if (text.includes("\0")) throw badText(what, "holds a NUL");
  const headers: { key: string; value: string }[] = [];
  let offset = 0;
  for (;;) {
    const end = text.indexOf("\n", offset);
    if (end === -1) throw badText(what, "ends inside its headers");
    if (end === offset) return { headers, message: text.slice(end + 1) };
    const line = text.slice(offset, end);
    offset = end + 1;
    const last = headers.at(-1);
    const space = line.indexOf(" ");
    if (space === 0 && last !== undefined) last.value += `\n${line.slice(1)}`;
    else if (space > 0) headers.push({ key: line.slice(0, space), value: line.slice(space + 1) });
    else throw badText(what, `bad header line ${JSON.stringify(line.slice(0, 80))}`);
  }
}

/** Puts a commit or tag together; the inverse of `parseHeaders`. */
export function formatHeaders(text: HeadedText, what: string): Uint8Array {
  let out = "";
  for (const { key, value } of text.headers) {
    if (!/^[^ \n\0]+$/.test(key)) throw badText(what, `bad header key ${JSON.stringify(key)}`);
    out += `${key} ${value.replaceAll("\n", "\n ")}\n`;
  }
  out += `\n${text.message}`;
  if (out.includes("\0")) throw badText(what, "holds a NUL");
  if (!isWellFormed(out)) throw badText(what, "holds a lone surrogate");
  return Buffer.from(out, "utf8");
}

function badText(what: string, detail: string): VibesafeStoreError {
  return new VibesafeStoreError(`bad ${what}: ${detail}`, { remedy: "run `vibe fsck`" });
}
