/**
 * A request as the endpoints see it, whatever carries it, and the reading of its parts.
 *
 * @module
 */

import { MAX_DEPTH } from "./check.ts";
import { problem, type Answer } from "./problem.ts";

export interface Incoming {
  readonly method: string;
  /** Path and query as they stand on the wire. */
  readonly target: string;
  /** @param name - in lower case */
  header(name: string): string | null;
  /** The body; undefined where it is longer than `limit` bytes. */
  text(limit: number): Promise<string | undefined>;
}

/** Segments of the path, decoded, by name. */
export type Params = Readonly<Record<string, string>>;

export const NO_PARAMS: Params = Object.freeze({});

/** Parsed JSON, or the answer to a body that is none. */
export type Body = { readonly value: unknown } | { readonly answer: Answer };

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)"?/i;

/** Reads a JSON body; one of no bytes is undefined. */
export async function readBody(incoming: Incoming, limit: number): Promise<Body> {
  const type = incoming.header("content-type");
  const wrong = type === "application/json" ? undefined : wrongType(type);
  const text = await incoming.text(limit);
  // Who makes a request by hand may have said another length.
  if (text === undefined || text.length > limit) return { answer: problem(413, `the body is longer than ${limit} bytes`) };
  if (text === "") return { value: undefined };
  if (wrong !== undefined) return { answer: problem(415, wrong) };
  const parsed = parseJson(text);
  // What was compressed is no JSON, so only then is it asked for.
  return "answer" in parsed && isEncoded(incoming) ? { answer: problem(415, "a body with a content-encoding is not read") } : parsed;
}

function wrongType(type: string | null): string | undefined {
  if (type === null) return "the body has no content-type; send application/json";
  const bare = type.split(";", 1)[0]?.trim() ?? "";
  if (!JSON_TYPE.test(bare)) return "send application/json";
  const charset = CHARSET.exec(type)?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset) ? undefined : "send it in UTF-8";
}

function isEncoded(incoming: Incoming): boolean {
  const encoding = incoming.header("content-encoding");
  return encoding !== null && encoding !== "" && encoding.toLowerCase() !== "identity";
}

function parseJson(text: string): Body {
  if (text.length > MAX_DEPTH && depthOf(text) > MAX_DEPTH) return { answer: problem(400, `the JSON is nested deeper than ${MAX_DEPTH} levels`) };
  try {
    const value: unknown = JSON.parse(text);
    // Only so can the name stand in a text of JSON.
    if (text.includes("__proto__") || text.includes("\\u")) dropProto(value);
    return { value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { answer: problem(400, "the body is no JSON") };
  }
}

/** How deep lists and objects nest at most, strings left out; no less than it is. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

/** `JSON.parse` makes own properties of the name, which code that copies objects would turn into prototypes. */
function dropProto(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
  for (const item of Object.values(value)) dropProto(item);
}

/** Values of a query by name, in their order. */
export function queryOf(target: string): URLSearchParams {
  const at = target.indexOf("?");
  const end = target.indexOf("#");
  return new URLSearchParams(at === -1 ? "" : target.slice(at + 1, end === -1 ? undefined : end));
}

/** The cookies of a request: the first of each name (RFC 6265, 5.4: the one of the longest path). */
export function cookiesOf(header: string | null): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at === -1 || cookies.has(name)) continue;
    const value = pair.slice(at + 1).trim().replace(/^"(.*)"$/, "$1");
    cookies.set(name, decoded(value) ?? value);
  }
  return cookies;
}

/** Without its percent-encoding; undefined where that is malformed. */
export function decoded(text: string): string | undefined {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}
