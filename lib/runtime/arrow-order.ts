/**
 * Which function without a name a call is for, in a source that runs without a source map.
 *
 * A loader that drops comments or adds lines may move a function to where another stands in the source, and the texts of the two may be
 * the same. So a place counts only once all such functions above it have been called, each at its own place. Then none can be mistaken:
 * a module calls them in their order, each once; the first that was moved would stand at no such place, or at one whose turn has not
 * come. It is refused there, and its module gets no further.
 *
 * @module
 */

import type { AnyFunction } from "./evaluate.ts";

/** Where a call runs. */
interface Place {
  /** As the engine names the script. */
  readonly script: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** A source as it is deployed. */
export interface SourceText {
  readonly text: string;
  /** Of its bytes. */
  readonly digest: string;
}

/** A spec of the source whose function has no name. */
interface Nameless {
  readonly call: { readonly start: number };
  readonly fn: { readonly start: number };
}

/** Script -> how far its calls were told. */
export type Turns = Map<string, { readonly digest: string; readonly offset: number }>;

/** Of this process. */
export const turns: Turns = new Map();

/** The function at that place, where its turn has come. @param all - every call of the source without a name, in its order */
export function inTurn<T extends Nameless>(place: Place, { text, digest }: SourceText, all: readonly T[], told: Turns): T | undefined {
  const at = offsetAt(text, place);
  const found = all.find(({ call, fn }) => call.start <= at && at <= fn.start);
  const from = toldTo(told, place.script, digest);
  if (found === undefined || all.some(({ call }) => from < call.start && call.start < found.call.start)) return undefined;
  if (from < at) told.set(place.script, { digest, offset: at });
  return found;
}

const CONST = /\bconst\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=\s*vibesafe\s*\.\s*$/u;
/** Calls that name their unit have no turn. */
const OPTIONS = String.raw`(?:func|http)\s*\(\s*(?:\{(?:(?!\bunit\b)[^{}()])*\}\s*,\s*)?`;
const ARROW = new RegExp(String.raw`${OPTIONS}(?:async\s*)?[(<]`, "y");
/** What a call of a function with a name looks like. */
const NAMED = new RegExp(String.raw`\.\s*${OPTIONS}(?:async\s+)?function\s*\*?\s*[\p{ID_Start}$_]`, "gu");
const ANY = /\bfunc\b|\bhttp\b(?!:)|\\u/;

/** How much text before a call is looked at for its const. */
const BEFORE = 300;

/** Name of the const that the arrow function at that place is for, where its turn has come; undefined where that is not plain to see in the text. */
export function constInTurn(place: Place, { text, digest }: SourceText, told: Turns = turns): string | undefined {
  const at = offsetAt(text, place);
  const name = at === -1 ? undefined : CONST.exec(text.slice(Math.max(0, at - BEFORE), at))?.[1];
  ARROW.lastIndex = at;
  if (name === undefined || !ARROW.test(text)) return undefined;
  const from = toldTo(told, place.script, digest);
  // Behind the word that was told.
  const between = text.slice(from === -1 ? 0 : from + "func".length, at).replaceAll(NAMED, "");
  if (from >= at) return name;
  if (ANY.test(between)) return undefined;
  told.set(place.script, { digest, offset: at });
  return name;
}

/** Whether it is written as an arrow function. @param text - of a function */
export function isArrow(text: string): boolean {
  return !/^(?:async\b\s*)?function\b/.test(text);
}

/** Whether a function that runs without a name was written without one: a minifier takes names away, but makes no function an arrow function. */
export function wasNameless(fn: AnyFunction | undefined): boolean {
  return fn !== undefined && isArrow(Function.prototype.toString.call(fn));
}

/** Nothing counts of what was told when the file had another text. */
function toldTo(told: Turns, script: string, digest: string): number {
  const known = told.get(script);
  return known?.digest === digest ? known.offset : -1;
}

/** -1 where the text has no such place. */
function offsetAt(text: string, { line, column }: Place): number {
  if (line < 1 || column < 1) return -1;
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  for (let i = 1; i < line; i++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return -1;
    start = end + 1;
  }
  return start + column - 1;
}
