/**
 * The hole: `throw new VibesafeHandled()`, the last statement of a spec's function.
 *
 * @module
 */

import type { ArrowFunctionExpression, Function as FunctionNode, ThrowStatement } from "oxc-parser";
import { isHoleClass, type VibesafeNames } from "./calls.ts";
import type { Node } from "../ast.ts";
import { walkTree } from "../walk.ts";

export type SpecFunction = FunctionNode | ArrowFunctionExpression;

export interface Complaint {
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

export interface Hole {
  readonly node: ThrowStatement;
  /** Statements before it. */
  readonly before: readonly Node[];
}

const WRITE = "throw new VibesafeHandled();";

/** Finds the one hole of a function, or says what is wrong with its holes. */
export function findHole(fn: SpecFunction, names: VibesafeNames): Hole | Complaint {
  const { body } = fn;
  if (body === null || body.type !== "BlockStatement") {
    return { offset: body?.start ?? fn.start, message: "the function has no hole: its body is an expression", remedy: `write { ${WRITE} } instead` };
  }
  const holes = holesIn(fn, names);
  const [hole, second] = holes;
  if (hole === undefined) return { offset: fn.start, message: noHole(fn), remedy: `end the function with \`${WRITE}\`, imported from "vibesafe"` };
  if (second !== undefined) return { offset: second.start, message: "the function has a second hole", remedy: "leave one, as the last statement" };
  const argument = hole.argument.type === "NewExpression" ? hole.argument.arguments[0] : undefined;
  if (argument !== undefined) return { offset: argument.start, message: "the hole takes no arguments", remedy: `write \`${WRITE}\`` };
  const index = body.body.findIndex((statement) => statement === hole);
  if (index === -1) return { offset: hole.start, message: "the hole stands inside other code", remedy: `move \`${WRITE}\` to the end of the function` };
  const after = body.body.slice(index + 1).find(({ type }) => type !== "EmptyStatement");
  if (after !== undefined) {
    return { offset: after.start, message: "code stands behind the hole", remedy: `move it before \`${WRITE}\`, or out of the function` };
  }
  return { node: hole, before: body.body.slice(0, index) };
}

function holesIn(fn: Node, names: VibesafeNames): ThrowStatement[] {
  const holes: ThrowStatement[] = [];
  walkTree(fn, (node) => {
    if (node.type === "ThrowStatement" && node.argument.type === "NewExpression" && isHoleClass(node.argument.callee, names)) holes.push(node);
  });
  return holes;
}

/** Tells a hole that is merely written wrongly from none. */
function noHole(fn: SpecFunction): string {
  let mark: Node | undefined;
  walkTree(fn, (node) => {
    if (node.type === "Identifier" && (node.name === "VibesafeHandled" || node.name === "VibeCoded")) mark ??= node;
  });
  if (mark === undefined) return "the function has no hole";
  return "the function has no hole: what it names is not thrown as a new error, or not imported from \"vibesafe\"";
}
