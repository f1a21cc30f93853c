/**
 * Specs taken out of a source, and something else put in their place.
 *
 * @module
 */

import type { Spec } from "./types.ts";

/** A span to be replaced; an empty one is a place to insert at. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * What to replace so that `value`, an expression of the generated function, is what the spec declares: the call, or the method, which
 * the class then gets by a static block before any other static part of it.
 */
export function cutsOf({ call, method, name }: Spec, value: string): Cut[] {
  if (method === undefined) return [{ ...call, text: value }];
  const at = method.isStatic ? "this" : "this.prototype";
  const block = `static { Object.defineProperty(${at}, ${JSON.stringify(name)}, { value: ${value}, writable: true, configurable: true }); }`;
  return [{ start: method.bodyStart, end: method.bodyStart, text: ` ${block}` }, { ...call, text: "" }];
}

/** What to replace so that an http unit is `head{ input: (…), output: (…) }tail`; its schemas stay where they stand. */
export function endpointCuts({ call, http }: Spec, head: string, tail: string): Cut[] {
  const { input, output } = http ?? {};
  const schemas = Object.entries({ input, output }).flatMap(([key, schema]) => (schema === undefined ? [] : [{ key, ...schema.span }]));
  const cuts: Cut[] = [];
  let from = call.start;
  let text = `${head}{ `;
  for (const { key, start, end } of schemas.sort((a, b) => a.start - b.start)) {
    cuts.push({ start: from, end: start, text: `${text}${key}: (` });
    from = end;
    text = "), ";
  }
  return [...cuts, { start: from, end: call.end, text: `${text}}${tail}` }];
}

/** Replaces spans; the line ends in them stay. */
export function cutText(source: string, cuts: readonly Cut[]): string {
  let result = "";
  let from = 0;
  for (const { start, end, text } of [...cuts].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += source.slice(from, start) + text + source.slice(start, end).replaceAll(/[^\n]/g, "");
    from = end;
  }
  return result + source.slice(from);
}
