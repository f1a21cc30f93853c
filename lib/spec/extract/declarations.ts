/**
 * Function declarations whose doc comment is tagged `@vibesafe`.
 *
 * @module
 */

import type { Function as FunctionNode } from "oxc-parser";
import { withoutBlankEnds, type TextLine } from "../doc/text.ts";
import type { Node } from "../ast.ts";
import type { Module } from "../parse.ts";
import type { Span } from "../types.ts";
import type { StrayUse } from "./calls.ts";
import { docAmongCode } from "./doc.ts";

export interface DeclarationSpec {
  readonly node: FunctionNode;
  readonly name: string;
  readonly overloads: readonly FunctionNode[];
  /** Its doc comment without the tag. */
  readonly lines: readonly TextLine[];
}

export interface DeclarationsFound {
  readonly declarations: readonly DeclarationSpec[];
  readonly strays: readonly StrayUse[];
}

/** `@vibesafe` at the end of a line: within one it is prose. */
const TAG = /(?:^|\s)@vibesafe$/;

/** Finds the tagged functions of a module, and the tags that stand elsewhere. @param calls - specs that are written otherwise */
export function findDeclarations(module: Module, calls: readonly Span[]): DeclarationsFound {
  const declarations: DeclarationSpec[] = [];
  const strays: StrayUse[] = [];
  if (!/@vibesafe[ \t]*(?:\*\/|[\r\n])/.test(module.source)) return { declarations, strays };
  // Overload signatures since the last statement that is none, and where the first of them may have its comment.
  let group: { overloads: FunctionNode[]; space: Span } | undefined;
  let previous = 0;
  for (const statement of module.program.body) {
    const space = { start: previous, end: statement.start };
    previous = statement.end;
    const node = declaredBy(statement);
    const name = node?.id?.name;
    if (node?.type === "TSDeclareFunction" && !node.declare && name !== undefined) {
      if (group?.overloads[0]?.id?.name !== name) group = { overloads: [], space };
      group.overloads.push(node);
      continue;
    }
    const overloads = group?.overloads[0]?.id?.name === name ? group : undefined;
    group = undefined;
    const spaces = overloads === undefined ? [space] : [space, overloads.space];
    const lines = spaces.map((one) => docAmongCode(module, one)).find((found) => tagIn(found) !== -1);
    if (lines === undefined || calls.some(({ start, end }) => statement.start <= start && end <= statement.end)) continue;
    const stray = strayOf(statement, node);
    if (stray !== undefined) strays.push({ node: statement, ...stray });
    else if (node !== undefined && name !== undefined) declarations.push({ node, name, overloads: overloads?.overloads ?? [], lines: untagged(lines) });
  }
  return { declarations, strays };
}

function declaredBy(statement: Node): FunctionNode | undefined {
  const exported = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
  const node = exported ? statement.declaration : statement;
  return node?.type === "FunctionDeclaration" || node?.type === "TSDeclareFunction" ? node : undefined;
}

function strayOf(statement: Node, node: FunctionNode | undefined): Omit<StrayUse, "node"> | undefined {
  if (node === undefined) {
    return { message: "@vibesafe tags what is no function declaration", remedy: "write `export function name(…): Type {…}`, or use vibesafe.func" };
  }
  if (statement.type === "ExportDefaultDeclaration") {
    return { message: "@vibesafe tags the default export, which its shim could not name", remedy: "write `export function name(…): Type {…}`" };
  }
  if (node.body === null) return { message: "@vibesafe tags a function without a body", remedy: "write the function with `throw new VibesafeHandled();` as its body" };
  return undefined;
}

/** Line of the tag, from 0; -1 where there is none. What stands in a fence is an example of something. */
function tagIn(lines: readonly TextLine[]): number {
  let fenced = false;
  return lines.findIndex(({ text }) => {
    if (/^\s*```/.test(text)) fenced = !fenced;
    return !fenced && TAG.test(text);
  });
}

function untagged(lines: readonly TextLine[]): TextLine[] {
  const at = tagIn(lines);
  return withoutBlankEnds(lines.map((line, i) => (i === at ? { ...line, text: line.text.replace(TAG, "").trimEnd() } : line)));
}
