/**
 * Whether a module implements its spec: exports it and nothing else, with the declared signature, and runs the pre-hole code first.
 *
 * @module
 */

import type { Node, NodeOf } from "../spec/ast.ts";
import { showSignature } from "../spec/explain/signature.ts";
import { readSignature } from "../spec/extract/signature.ts";
import type { Module } from "../spec/parse.ts";
import { printCanonical } from "../spec/print.ts";
import { declaredNames, freeNames } from "../spec/scope.ts";
import type { Signature, Spec } from "../spec/types.ts";
import type { Complain } from "./report.ts";
import { isFunctionNode, type FunctionNode, type SpecCode } from "./spec-code.ts";

/** What a module exports as the unit. */
export interface Implementation {
  readonly fn: FunctionNode;
  /** Overload signatures above it. */
  readonly overloads: readonly FunctionHeader[];
}

type FunctionHeader = NodeOf<"TSDeclareFunction">;

/** The function that `module` exports as the unit, if it exports it and nothing else. */
export function findImplementation(module: Module, name: string, complain: Complain): Implementation | undefined {
  for (const statement of module.program.body) checkExport(statement, name, complain);
  const exported = module.exports.named.get(name);
  if (exported === undefined) {
    complain("export", 0, `the module must export \`${name}\``);
    return undefined;
  }
  if (!("local" in exported)) {
    complain("export", 0, `\`${name}\` must be a function of this module, not one that it imports`);
    return undefined;
  }
  const all = module.declarations.get(exported.local) ?? [];
  const overloads = all.flatMap(({ node }) => (node.type === "TSDeclareFunction" ? [node] : []));
  const [declaration, ...others] = all.filter(({ node }) => node.type !== "TSDeclareFunction");
  if (declaration === undefined) return undefined;
  const fn = functionOf(declaration.node);
  if (others.length > 0) complain("export", declaration.node, `\`${name}\` must be declared once`);
  else if (fn === undefined || (declaration.kind !== "function" && declaration.kind !== "const")) {
    complain(
      "export",
      declaration.node,
      `\`${name}\` must be a function: \`export function ${name}\`, or \`export const ${name} =\` a function or arrow function`,
    );
  } else {
    checkReassigned(module, exported.local, fn, complain);
    return { fn, overloads };
  }
  return undefined;
}

function checkExport(statement: Node, name: string, complain: Complain): void {
  const extra = (what: string): void =>
    complain("export", statement, `exports ${what}; the module must export \`${name}\` and nothing else`);
  switch (statement.type) {
    case "ExportDefaultDeclaration":
      return extra("a default");
    case "ExportAllDeclaration":
      return extra(`what ${statement.source.value} exports`);
    case "ExportNamedDeclaration":
      if (statement.source !== null) return extra(`from ${statement.source.value}`);
      for (const { exported } of statement.specifiers) {
        const as = exported.type === "Literal" ? exported.value : exported.name;
        if (as !== name) extra(`\`${as}\``);
      }
      if (statement.declaration !== null) {
        const { values, types } = declaredNames(statement.declaration);
        for (const other of new Set([...values, ...types])) if (other !== name) extra(`\`${other}\``);
      }
  }
}

function functionOf(node: Node): FunctionNode | undefined {
  const value = node.type === "VariableDeclarator" ? node.init : node;
  return value !== null && isFunctionNode(value) && value.body !== null ? value : undefined;
}

/** A function declaration is a variable: something else could be put in its place. */
function checkReassigned(module: Module, local: string, fn: FunctionNode, complain: Complain): void {
  const inside: Node = fn.type === "FunctionDeclaration" ? { ...fn, id: null } : fn;
  const others = module.program.body.filter(({ start, end }) => end <= fn.start || start >= fn.end);
  for (const node of [inside, ...others]) {
    if (freeNames(node).assigned.has(local))
      complain("export", node, `\`${local}\` is assigned to; the function that is checked must be the one that runs`);
  }
}

/** Whether the function's signature is the spec's, by structure, and so are its overloads. */
export function checkSignature({ fn, overloads }: Implementation, spec: Spec, complain: Complain): void {
  const wanted = spec.signature;
  checkOverloads(overloads, spec, complain);
  let whole = true;
  const found = readSignature(fn, ({ message }) => {
    whole = false;
    complain("signature", fn, `${message}; the signature must be \`${showSignature(spec.name, wanted)}\``);
  });
  if (whole && JSON.stringify(ordered(found)) !== JSON.stringify(ordered(wanted))) {
    complain(
      "signature",
      fn,
      `the signature is \`${showSignature(spec.name, found)}\`; it must be \`${showSignature(spec.name, wanted)}\``,
    );
  }
  if (fn.type === "FunctionExpression" && fn.id !== null && fn.id.name !== spec.name) {
    complain("signature", fn.id, `the function calls itself \`${fn.id.name}\`; it must be \`${spec.name}\` or have no name`);
  }
}

function checkOverloads(overloads: readonly FunctionHeader[], { name, signature }: Spec, complain: Complain): void {
  const wanted = signature.overloads ?? [];
  const found = overloads.map((node) => showSignature(name, readSignature(node, ({ message }) => complain("signature", node, `in an overload ${message}`))));
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  const at = overloads[found.findIndex((text, i) => text !== wanted[i])] ?? overloads.at(-1) ?? 0;
  const lines = wanted.map((text) => `\n    export ${text};`).join("");
  if (wanted.length === 0) complain("export", at, `\`${name}\` must be declared once, without overloads`);
  else complain("signature", at, `above \`${name}\` must stand exactly these overloads, in this order:${lines}`);
}

function ordered({ async, generator, typeParameters, parameters, returns }: Signature): unknown {
  const list = parameters.map(({ name, type, optional, rest, default: value }) => [name, type, optional, rest, value]);
  return [async, generator, typeParameters, list, returns];
}

/** The function's statements; none when its body is an expression. */
export function statementsOf({ body }: FunctionNode): readonly Node[] {
  return body?.type === "BlockStatement" ? body.body.filter(({ type }) => type !== "EmptyStatement") : [];
}

/** Whether the body begins with the pre-hole code, and what follows leaves alone the names in it. Tells whether it begins so. */
export function checkPreHole(fn: FunctionNode, spec: Spec, { preHole, fn: specFn }: SpecCode, complain: Complain): boolean {
  const statements = statementsOf(fn);
  for (const [i, wanted] of preHole.entries()) {
    const found = statements[i];
    if (found !== undefined && printCanonical(found) === printCanonical(wanted)) continue;
    const instead = found === undefined ? "ends there" : `has \`${printCanonical(found)}\``;
    const place = found ?? fn.body ?? fn;
    complain(
      "pre-hole",
      place,
      `the body must begin with the spec's own code, unchanged; statement ${i + 1} must be \`${printCanonical(wanted)}\`, but the body ${instead}`,
    );
    return false;
  }
  // Function declarations and `var` further down bind in the whole body, parameters included.
  const named = [freeNames(specFn), freeNames(preHole)];
  for (const statement of statements.slice(preHole.length)) {
    const { values, types } = declaredNames(statement);
    const taken = named.flatMap((free) => [
      ...[...values].filter((name) => free.values.has(name)),
      ...[...types].filter((name) => free.types.has(name)),
    ]);
    for (const name of taken)
      complain("pre-hole", statement, `declares \`${name}\`, which the spec's own code at the beginning of the body means otherwise`);
  }
  return true;
}
