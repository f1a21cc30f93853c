/**
 * The function of a spec in the syntax tree of its file.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { VibesafeTypeError } from "../../errors.ts";
import { isClass } from "./class-shape.ts";
import { methodFunction } from "../extract/method-function.ts";
import type { Module } from "../parse.ts";
import type { Span, Spec } from "../types.ts";
import { walkTree } from "../walk.ts";
import type { Workspace } from "../workspace.ts";

export type FunctionNode = Extract<Node, { type: FunctionType }>;

type FunctionType = "ArrowFunctionExpression" | "FunctionExpression" | "FunctionDeclaration" | "TSDeclareFunction" | "TSEmptyBodyFunctionExpression";

/** The module of a spec's file. @throws VibesafeTypeError when the file went since the spec was read */
export function moduleOf(workspace: Workspace, spec: Spec): Module {
  const module = workspace.module(spec.file);
  if (module !== undefined) return module;
  throw new VibesafeTypeError(`${spec.file}: vanished while it was read`, { unit: spec.id, remedy: "run the command again" });
}

/**
 * The function of a spec; of a method as a function of its own, with `this` as a parameter.
 *
 * @throws VibesafeTypeError when the file changed since the spec was read
 */
export function functionOf(workspace: Workspace, spec: Spec): FunctionNode {
  return functionAt(workspace, spec, spec.fn);
}

/** The overload signatures of a spec, likewise; none where it has none. */
export function overloadsOf(workspace: Workspace, spec: Spec): FunctionNode[] {
  return (spec.overloads ?? []).map((span) => functionAt(workspace, spec, span));
}

function functionAt(workspace: Workspace, spec: Spec, { start, end }: Span): FunctionNode {
  let found: FunctionNode | undefined;
  const statement = moduleOf(workspace, spec).program.body.find((one) => one.start <= start && end <= one.end);
  if (statement !== undefined) walkTree(statement, (node, ancestors) => {
    if (found !== undefined || node.end <= start || node.start >= end) return false;
    if (node.start === start && node.end === end && isFunction(node)) found = standalone(node, ancestors);
    return found === undefined;
  });
  if (found !== undefined) return found;
  throw new VibesafeTypeError(`${spec.file}:${spec.line}: changed while it was read`, { unit: spec.id, remedy: "run the command again" });
}

function standalone(node: FunctionNode, ancestors: readonly Node[]): FunctionNode {
  const method = ancestors.at(-1);
  const owner = ancestors.at(-3);
  return method?.type === "MethodDefinition" && owner !== undefined && isClass(owner) ? methodFunction(owner, method) : node;
}

/** The function without what its body says. */
export function headerOf(fn: FunctionNode): Node {
  const body = { type: "BlockStatement" as const, body: [], start: fn.end, end: fn.end };
  return fn.type === "ArrowFunctionExpression" ? { ...fn, body } : { ...fn, body };
}

const FUNCTIONS: readonly string[] = [
  "ArrowFunctionExpression",
  "FunctionExpression",
  "FunctionDeclaration",
  "TSDeclareFunction",
  "TSEmptyBodyFunctionExpression",
] satisfies FunctionType[];

function isFunction(node: Node): node is FunctionNode {
  return FUNCTIONS.includes(node.type);
}
