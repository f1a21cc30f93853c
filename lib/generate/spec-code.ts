/**
 * The syntax of a spec: its function, and the declarations of its file that this function names.
 *
 * @module
 */

import type { Node } from "oxc-parser";
import { VibesafeTypeError } from "../errors.ts";
import type { NodeOf } from "../spec/ast.ts";
import { changesOf } from "../spec/deps/changes.ts";
import { functionOf, overloadsOf } from "../spec/deps/function.ts";
import { freeNamesOf } from "../spec/deps/names.ts";
import type { Declaration, Module } from "../spec/parse.ts";
import { freeNames } from "../spec/scope.ts";
import type { HashedSpec, Spec } from "../spec/types.ts";
import { isFunction } from "../spec/walk.ts";
import type { Workspace } from "../spec/workspace.ts";

export type FunctionNode = NodeOf<"ArrowFunctionExpression"> | NodeOf<"FunctionDeclaration"> | NodeOf<"FunctionExpression">;

export interface SpecCode {
  readonly module: Module;
  /** The spec's function with nothing in its body but the pre-hole code. */
  readonly fn: Node;
  /** Overload signatures above it. */
  readonly overloads: readonly Node[];
  readonly preHole: readonly Node[];
}

/** A declaration that a reply must repeat, because the spec's file does not export it. */
export interface Repeated {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

/** Reads the spec's function from its file. @throws VibesafeTypeError when the file has changed since the spec was read */
export function specCodeOf(workspace: Workspace, spec: Spec): SpecCode {
  const module = workspace.module(spec.file);
  const node = module === undefined ? undefined : functionOf(workspace, spec);
  const found = module === undefined || node === undefined || !isFunctionNode(node) ? undefined : codeOf(module, node, overloadsOf(workspace, spec));
  if (found !== undefined) return found;
  throw new VibesafeTypeError(`${spec.file}:${spec.line}: changed while it was read`, { unit: spec.id, remedy: "run the command again" });
}

export function isFunctionNode(node: Node): node is FunctionNode {
  return isFunction(node);
}

function codeOf(module: Module, node: FunctionNode, overloads: readonly Node[]): SpecCode | undefined {
  const { body } = node;
  if (body === null || body.type !== "BlockStatement") return undefined;
  const statements = body.body.filter(({ type }) => type !== "EmptyStatement");
  // The hole is always the last statement.
  const preHole = statements.slice(0, -1);
  const without: Node = { ...body, body: preHole };
  return { module, fn: node.type === "ArrowFunctionExpression" ? { ...node, body: without } : { ...node, body: without }, overloads, preHole };
}

/**
 * The declarations that a reply must repeat: what signature, defaults and pre-hole code name, and what these declarations name in
 * turn, as far as the spec's file declares it without export. In the order of the file.
 *
 * @throws VibesafeTypeError when one of them would not be the same if it stood in two modules: a class, an enum, a namespace, a
 *   variable that changes, another unit
 */
export function repeatedDeclarations(workspace: Workspace, { spec, map }: HashedSpec): Repeated[] {
  const { module, fn, overloads } = specCodeOf(workspace, spec);
  const exported = new Set([...module.exports.named.values()].map((one) => ("local" in one ? one.local : undefined)));
  const repeated = new Map<string, Repeated>();
  const todo = [...freeNamesOf([fn]), ...freeNamesOf(overloads)];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const declarations = module.declarations.get(name);
    if (declarations === undefined || name === ownName(spec) || exported.has(name) || repeated.has(name)) continue;
    const obstacle = obstacleTo(module, name, declarations, map.deps.names[name]);
    if (obstacle !== undefined) {
      const line = module.lineOf(declarations[0]?.node.start ?? 0);
      throw new VibesafeTypeError(
        `${spec.file}:${line}: ${name} is ${obstacle}, which generated code cannot repeat, and ${spec.name} names it`,
        {
          unit: spec.id,
          remedy: `export ${name}, so that generated code can import it`,
        },
      );
    }
    repeated.set(name, { name, declarations });
    todo.push(...freeNamesOf(declarations.map(({ node }) => node)));
  }
  const place = ({ declarations }: Repeated): number => declarations[0]?.node.start ?? 0;
  return [...repeated.values()].sort((a, b) => place(a) - place(b));
}

/** The name by which a spec's own code calls the unit; a method is called through `this`. */
export function ownName({ name, method }: Spec): string | undefined {
  return method === undefined ? name : undefined;
}

/** Why a second copy of a declaration would be something else; undefined when it would not. */
function obstacleTo(module: Module, name: string, declarations: readonly Declaration[], reference: string | undefined): string | undefined {
  if (reference?.startsWith("unit:") === true) return "a unit";
  for (const { kind } of declarations) {
    if (kind === "class") return "a class";
    if (kind === "enum" || kind === "namespace") return `${kind === "enum" ? "an" : "a"} ${kind}`;
    if (kind === "alias") return "an `import =` alias";
    if (kind === "using" || kind === "await using") return "a resource";
    if (changesOf(module, name, kind).length > 0) return "a variable that changes";
  }
  return assignedIn(module).has(name) ? "a variable that changes" : undefined;
}

const assigned = new WeakMap<Module, ReadonlySet<string>>();

/** Names at the top level of a module that some code in it assigns to. */
function assignedIn(module: Module): ReadonlySet<string> {
  let names = assigned.get(module);
  if (names === undefined)
    assigned.set(module, (names = new Set(module.program.body.flatMap((statement) => [...freeNames(statement).assigned]))));
  return names;
}
