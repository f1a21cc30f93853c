/**
 * The doc comment of a spec.
 *
 * @module
 */

import { docLines, type TextLine } from "../doc/text.ts";
import { PURE_GLOBALS } from "../globals.ts";
import type { Module } from "../parse.ts";
import type { Span } from "../types.ts";

/** The lines of the doc comment nearest to the end of a space between statements, which holds no code; none when there is no comment. */
export function docBetween(module: Module, space: Span): TextLine[] {
  return nearestDoc(module, space, docCommentsIn(module.source, space));
}

/** Likewise where there may be code, such as decorators. */
export function docAmongCode(module: Module, space: Span): TextLine[] {
  const inside = module.comments.filter(({ type, value, start, end }) => type === "Block" && value.startsWith("*") && start >= space.start && end <= space.end);
  return nearestDoc(module, space, inside);
}

function nearestDoc({ source, positionOf }: Module, space: Span, comments: readonly Span[]): TextLine[] {
  const comment = comments.findLast(({ start, end }) => {
    // Behind the previous statement, on its line, a comment belongs to that one.
    return space.start === 0 || /[\r\n]/.test(source.slice(space.start, start)) || !/[\r\n]/.test(source.slice(end, space.end));
  });
  if (comment === undefined) return [];
  const { line, column } = positionOf(comment.start);
  return docLines(source.slice(comment.start, comment.end), line, column);
}

/** Where no code is nothing but a comment has a slash; a first line `#!…` is a comment too. */
function docCommentsIn(source: string, space: Span): Span[] {
  const found: Span[] = [];
  const firstLine = space.start === 0 ? /^\uFEFF?#!.*/.exec(source)?.[0].length : undefined;
  COMMENT.lastIndex = firstLine ?? space.start;
  for (let match = COMMENT.exec(source); match !== null && COMMENT.lastIndex <= space.end; match = COMMENT.exec(source)) {
    if (match[0].startsWith("/**") && match[0].length > 4) found.push({ start: match.index, end: COMMENT.lastIndex });
  }
  return found;
}

const COMMENT = /\/\*[^]*?\*\/|\/\/[^\n\r\u2028\u2029]*/g;

/**
 * Names that the examples of a unit may use: the unit, what its file imports and exports (under the exported name), pure globals, and
 * what is allowed.
 */
export function exampleScope(module: Module, name: string, allow: readonly string[]): ReadonlySet<string> {
  let shared = scopes.get(module);
  if (shared === undefined) scopes.set(module, (shared = fileScope(module)));
  const own = [...allow, name].filter((each) => !shared.has(each));
  return own.length === 0 ? shared : new Set([...shared, ...own]);
}

/** What all units of a file see. */
const scopes = new WeakMap<Module, ReadonlySet<string>>();

function fileScope(module: Module): Set<string> {
  const imported = module.imports.filter(({ typeOnly }) => !typeOnly).map(({ local }) => local);
  const exported = [...module.exports.named].filter(([, { typeOnly }]) => !typeOnly).map(([exportedName]) => exportedName);
  return new Set([...PURE_GLOBALS, ...imported, ...exported]);
}
