/**
 * Whether the names in the spec's own code mean in a reply what they mean in the spec's file.
 *
 * The pre-hole code, the types and the defaults stand in the reply word for word; that says nothing as long as `parseInteger` there may
 * be another function, or `JSON` a variable.
 *
 * @module
 */

import { posix } from "node:path";
import type { Node } from "../spec/ast.ts";
import type { Declaration, Module } from "../spec/parse.ts";
import { printCanonical } from "../spec/print.ts";
import { freeNames } from "../spec/scope.ts";
import type { ImportedName, Spec } from "../spec/types.ts";
import { walkTree } from "../spec/walk.ts";
import { isOwnSpecifier } from "./check-imports.ts";
import { changedBy } from "./policy-writes.ts";
import type { Complain } from "./report.ts";
import { ownName, type SpecCode } from "./spec-code.ts";

/** What a name means at the top level of a module. */
type Binding =
  | { readonly kind: "import"; readonly imported: ImportedName }
  | { readonly kind: "declared"; readonly declarations: readonly Declaration[] }
  | { readonly kind: "global" };

/** Checks all names in the spec's code, and in what the reply repeats. Returns the nodes of the reply that repeat. */
export function checkNames(module: Module, spec: Spec, { module: own, fn, overloads }: SpecCode, complain: Complain): Node[] {
  const repeated: Node[] = [];
  const repeatedNames = new Set<string>();
  const done = new Set([ownName(spec)]);
  const todo = namesIn([fn, ...overloads]);
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (done.has(name)) continue;
    done.add(name);
    const wanted = bindingOf(own, name);
    const found = bindingOf(module, name);
    const problem = problemWith(name, wanted, found, own, spec);
    if (problem !== undefined) complain("name", placeOf(module, found, name), problem);
    else if (wanted.kind === "declared" && found.kind === "declared") {
      repeatedNames.add(name);
      repeated.push(...found.declarations.map(({ node }) => node));
      todo.push(...namesIn(wanted.declarations.map(({ node }) => node)));
    }
  }
  if (freeNames(fn).values.has(ownName(spec) ?? "")) checkSelf(module, spec, complain);
  checkUnchanged(module, repeatedNames, new Set(repeated), complain);
  return repeated;
}

/** The spec's own code calls the unit by its name: that must be what is exported. */
function checkSelf(module: Module, { name }: Spec, complain: Complain): void {
  const exported = module.exports.named.get(name);
  const other = module.declarations.get(name)?.[0];
  if (exported === undefined || !("local" in exported) || exported.local === name) return;
  complain("name", other?.node ?? 0, `\`${name}\` must name the function that is exported as \`${name}\`: the spec's own code calls it`);
}

/** What is repeated word for word and then changed is not what it was. */
function checkUnchanged(module: Module, names: ReadonlySet<string>, repeated: ReadonlySet<Node>, complain: Complain): void {
  walkTree(module.program, (node) => {
    if (repeated.has(node)) return false;
    for (const target of changedBy(node)) {
      const name = rootOf(target);
      if (name !== undefined && names.has(name)) complain("name", node, `changes \`${name}\`, which the spec's own code relies on`);
    }
    return true;
  });
}

/** `a` of `a.b[c]`. */
function rootOf(target: Node): string | undefined {
  let node = target;
  for (;;) {
    if (node.type === "MemberExpression") node = node.object;
    else if (node.type === "TSNonNullExpression" || node.type === "TSAsExpression" || node.type === "ChainExpression")
      node = node.expression;
    else return node.type === "Identifier" ? node.name : undefined;
  }
}

function namesIn(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    const { values, types } = freeNames(node);
    return [...values.keys(), ...types.keys()];
  });
}

function bindingOf(module: Module, name: string): Binding {
  const declarations = module.declarations.get(name);
  if (declarations !== undefined) return { kind: "declared", declarations };
  const imported = module.imports.find(({ local }) => local === name);
  return imported === undefined ? { kind: "global" } : { kind: "import", imported };
}

function placeOf(module: Module, found: Binding, name: string): Node | number {
  if (found.kind === "declared") return found.declarations[0]?.node ?? 0;
  if (found.kind === "global") return 0;
  return (
    module.program.body.find((node) => node.type === "ImportDeclaration" && node.specifiers.some(({ local }) => local.name === name)) ?? 0
  );
}

/** Why `name` does not mean the same in the reply; undefined when it does. */
function problemWith(name: string, wanted: Binding, found: Binding, own: Module, spec: Spec): string | undefined {
  const file = posix.basename(spec.file);
  switch (wanted.kind) {
    case "global":
      return found.kind === "global" ? undefined : `\`${name}\` is a global in the spec's own code; do not declare or import another`;
    case "import": {
      const { imported, specifier } = wanted.imported;
      if (found.kind === "import" && sameImport(wanted.imported, found.imported, own, spec)) return undefined;
      const clause = imported === "*" ? `* as ${name}` : imported === name ? `{ ${name} }` : `{ ${imported} as ${name} }`;
      return `\`${name}\` must be what it is in ${file}: import ${clause} from ${JSON.stringify(specifier)}`;
    }
    case "declared":
      return declaredProblem(name, wanted.declarations, found, own, spec);
  }
}

function declaredProblem(name: string, wanted: readonly Declaration[], found: Binding, own: Module, spec: Spec): string | undefined {
  const file = posix.basename(spec.file);
  const exportedAs = [...own.exports.named].find(([, one]) => "local" in one && one.local === name)?.[0];
  if (found.kind === "import" && isOwnSpecifier(found.imported.specifier, spec.file)) {
    const one = own.exports.named.get(found.imported.imported);
    if (one !== undefined && "local" in one && one.local === name) return undefined;
  }
  const types = wanted.every(({ kind }) => kind === "type" || kind === "interface");
  if (exportedAs !== undefined && !(types && found.kind === "declared")) {
    const clause = exportedAs === name ? name : `${exportedAs} as ${name}`;
    return `\`${name}\` must be what it is in ${file}: import ${types ? "type " : ""}{ ${clause} } from "./${file}"`;
  }
  if (found.kind === "declared" && isEqual(wanted, found.declarations)) return undefined;
  const source = [...new Set(wanted.map(({ span }) => own.source.slice(span.start, span.end).replaceAll(/\r\n?/g, "\n")))].join("\n");
  return `\`${name}\` must be declared exactly as in ${file}${exportedAs === undefined ? ", which does not export it" : ""}:\n${source}`;
}

function isEqual(wanted: readonly Declaration[], found: readonly Declaration[]): boolean {
  const text = (declarations: readonly Declaration[]): string =>
    JSON.stringify(declarations.map(({ kind, node }) => [kind, printCanonical(node)]));
  return text(wanted) === text(found);
}

function sameImport(wanted: ImportedName, found: ImportedName, own: Module, spec: Spec): boolean {
  if (found.specifier === wanted.specifier) return found.imported === wanted.imported;
  if (!isOwnSpecifier(found.specifier, spec.file)) return false;
  const one = own.exports.named.get(found.imported);
  if (one === undefined) return false;
  return "local" in one ? one.local === wanted.local : one.specifier === wanted.specifier && one.imported === wanted.imported;
}
