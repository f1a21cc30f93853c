/**
 * The function of a spec in the syntax tree of its file.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { VibesafeTypeError } from "../../errors.ts";
import type { Module } from "../parse.ts";
import type { Spec } from "../types.ts";
import { walkTree } from "../walk.ts";
import type { Workspace } from "../workspace.ts";

export type FunctionNode = Extract<Node, { type: "ArrowFunctionExpression" | "FunctionExpression" | "FunctionDeclaration" }>;

/** The module of a spec's file. @throws VibesafeTypeError when the file went since the spec was read */
export function moduleOf(workspace: Workspace, spec: Spec): Module {
  const module = workspace.module(spec.file);
  if (module !== undefined) return module;
  throw new VibesafeTypeError(`${spec.file}: vanished while it was read`, { unit: spec.id, remedy: "run the command again" });
}

/** The function expression of a spec. @throws VibesafeTypeError when the file changed since the spec was read */
export function functionOf(workspace: Workspace, spec: Spec): FunctionNode {
  let found: FunctionNode | undefined;
  const { start, end } = spec.fn;
  walkTree(moduleOf(workspace, spec).program, (node) => {
    if (found !== undefined || node.end <= start || node.start >= end) return false;
    if (node.start === start && node.end === end && isFunction(node)) found = node;
    return found === undefined;
  });
  if (found !== undefined) return found;
  throw new VibesafeTypeError(`${spec.file}:${spec.line}: changed while it was read`, { unit: spec.id, remedy: "run the command again" });
}

/** The function without what its body says. */
export function headerOf(fn: FunctionNode): Node {
  const body = { type: "BlockStatement" as const, body: [], start: fn.end, end: fn.end };
  return fn.type === "ArrowFunctionExpression" ? { ...fn, body } : { ...fn, body };
}

function isFunction(node: Node): node is FunctionNode {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression" || node.type === "FunctionDeclaration";
}
