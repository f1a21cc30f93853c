/**
 * Names of refs, by git's rules (git-check-ref-format(1)), and the spelling of arbitrary text as part of one.
 *
 * @module
 */

import { VibesafeUsageError } from "../errors.ts";
import { isWellFormed } from "./text.ts";

/** Bytes that git forbids anywhere in a ref name, `%` that escapes them, and `/` that separates components. */
const FORBIDDEN = /[\0-\x20\x7f~^:?*[\\%/]/;

/** Words with single dots between them. */
const NOTHING_TO_ESCAPE = /^[\w$-]+(?:\.[\w$-]+)*$/;

/** The longest name that common file systems store, less `.lock`. */
const LONGEST_COMPONENT = 250;

/**
 * Spells text as one component of a ref name: what git forbids becomes `%` and two upper-case hex digits.
 *
 * The spelling is unique: `decodeRefComponent` takes no other back.
 *
 * @throws VibesafeUsageError when the text is empty, holds a lone surrogate or is too long for a file name
 */
export function encodeRefComponent(text: string): string {
  if (text.length <= LONGEST_COMPONENT && NOTHING_TO_ESCAPE.test(text) && !text.toLowerCase().endsWith(".lock")) return text;
  if (text === "" || !isWellFormed(text)) throw badName(text, text === "" ? "it is empty" : "it holds a lone surrogate");
  let out = "";
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    out += mustEscape(text, index) ? `%${text.charCodeAt(index).toString(16).toUpperCase().padStart(2, "0")}` : character;
  }
  if (Buffer.byteLength(out) > LONGEST_COMPONENT) throw badName(text, `it is longer than ${LONGEST_COMPONENT} bytes`);
  return out;
}

/** The text that `encodeRefComponent` spelled so, or undefined when it spells nothing so. */
export function decodeRefComponent(component: string): string | undefined {
  const text = component.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (text === "" || !isWellFormed(text) || Buffer.byteLength(component) > LONGEST_COMPONENT) return undefined;
  return encodeRefComponent(text) === component ? text : undefined;
}

/** Tells whether git takes `name` for a ref: `HEAD` and its like, or a path below `refs/`. */
export function isRefName(name: string): boolean {
  if (/^[A-Z][A-Z_]*$/.test(name)) return true;
  if (!name.startsWith("refs/") || name.endsWith("/") || name.endsWith(".") || !isWellFormed(name)) return false;
  if (name.includes("..") || name.includes("@{") || /[\0-\x20\x7f~^:?*[\\]/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"));
}

/**
 * Checks the name of a ref.
 *
 * @throws VibesafeUsageError when git would not take it
 */
export function checkRefName(name: string): void {
  if (!isRefName(name)) throw badName(name, "git does not allow it as the name of a ref");
}

function mustEscape(text: string, index: number): boolean {
  const character = text.charAt(index);
  if (FORBIDDEN.test(character)) return true;
  const next = text.charAt(index + 1);
  // A component neither begins nor ends with a dot, nor holds two in a row; the dot of `.lock` at the end, and `@{` and a lone `@`.
  if (character === ".") return index === 0 || next === "" || next === "." || text.slice(index).toLowerCase() === ".lock";
  return character === "@" && (next === "{" || text.length === 1);
}

function badName(name: string, why: string): VibesafeUsageError {
  return new VibesafeUsageError(`bad ref name ${JSON.stringify(name.slice(0, 300))}: ${why}`, { remedy: "see git-check-ref-format(1)" });
}
